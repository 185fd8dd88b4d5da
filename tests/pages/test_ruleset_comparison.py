"""Two versions side by side ..."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.domain.people import Principal, Role
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import PHONE, accessible, fits

POLICY = "payment-terms"
SIDES = "from=1.0.0&to=1.1.0"
PATIENCE = 60_000
"""Milliseconds that a rehearsal or a proof may take on a busy machine."""
NINETY = b"{outcome: offer, reasons: [], net_days: 90, not_fired: [term-too-long]}"
SIXTY = b"{outcome: counter, reasons: [TERM_TOO_LONG], net_days: 60, fired: [term-too-long]}"
"""What a case expects of a wish for ninety days, with either limit."""


@pytest.fixture(scope="module", autouse=True)
def shorter(company: Company) -> None:
    """A draft whose longest balance term is sixty days, with a case that says so."""
    officer = Principal(company.person(Role.CREDIT_OFFICER))
    made = company.services.drafting.create(officer, POLICY, "1.1.0", source="1.0.0")
    text = re.sub(
        rb"(max_balance_days: +\{type: days, value: )90", rb"\g<1>60", company.services.versions.text(made)
    )
    assert NINETY in text
    text = text.replace(NINETY, SIXTY)
    company.services.drafting.edit(officer, POLICY, "1.1.0", text, seen=None)


def test_are_told_in_words_by_case_and_by_line(visit: Visits) -> None:
    page = visit(Role.AUDITOR)
    page.goto(f"/rulesets/{POLICY}/comparison?{SIDES}", timeout=PATIENCE)
    expect(page.get_by_role("row", name="Longest balance term 90 days 60 days line 286")).to_be_visible()
    longer = page.get_by_role("row", name="exceeds the longest, grades A and B Requested term")
    expect(longer).to_contain_text("over 60 days (Longest balance term)")
    expect(page.get_by_text("Case: Ninety days for the balance are within policy")).to_have_count(1)
    for row in (
        "Expected: Outcome Offered as requested Countered with other terms",
        "Expected: Reasons none … days were asked for",
        "Expected: Term of the balance 90 days 60 days",
        "Expected: Rules that hold – The balance term exceeds the longest",
        "Expected: Rules that do not hold The balance term exceeds the longest, grades A and B –",
    ):
        expect(page.get_by_role("row", name=row)).to_be_visible()
    within = page.get_by_role("listitem").filter(has_text="Ninety days for the balance are within policy")
    expect(within).to_contain_text(re.compile("Offered as requested.*Countered with other terms", re.DOTALL))
    expect(within).to_contain_text("Term of the balance: 90 days → 60 days")
    expect(page.locator("tr.come").filter(has_text="max_balance_days")).to_have_count(1)
    accessible(page)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_are_rehearsed_on_past_decisions(visit: Visits, script: bool) -> None:
    page = visit(Role.CREDIT_OFFICER, language="zh", width=PHONE, script=script)
    page.goto(f"/rulesets/{POLICY}/1.1.0/rehearsal")
    page.get_by_role("button", name="演练", exact=True).click()
    expect(page.get_by_role("img", name="流向图")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("rowheader", name="尾款账期", exact=True)).to_be_visible()
    page.locator("#list + .table a, #list ~ .table a").first.click()
    expect(page).to_have_url(re.compile("/decisions/[0-9a-f-]+$"))


def test_come_with_the_list_as_a_file(company: Company) -> None:
    client = company.client(Role.AUDITOR)
    form = {"csrf": company.csrf(client), "form": "csv"}
    answer = client.post(f"/rulesets/{POLICY}/1.1.0/rehearsal", data=form, buffered=True)
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("id,customer,reference,as_of,from,to,")


def test_are_refused_days_that_are_none(company: Company) -> None:
    client = company.client(Role.AUDITOR)
    form = {"csrf": company.csrf(client), "since": "last quarter"}
    answer = client.post(f"/rulesets/{POLICY}/1.1.0/rehearsal", data=form, buffered=True)
    assert (answer.status_code, "2026-01-31" in answer.text) == (422, True)


def test_are_proved_for_every_customer(visit: Visits) -> None:
    page = visit(Role.CREDIT_OFFICER, width=PHONE)
    page.goto(f"/rulesets/{POLICY}/comparison?{SIDES}", timeout=PATIENCE)
    page.get_by_role("button", name="Prove it").click()
    expect(page.get_by_text("and in no other: proven")).to_be_visible(timeout=PATIENCE)
    fits(page)
    accessible(page)
