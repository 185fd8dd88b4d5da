"""A ruleset's pages ..."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.domain.people import Principal, Role
from app.web.pages import static_files
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import PHONE, accessible, fits

TERMS = "/rulesets/payment-terms/1.0.0"
PARTS = ("", "/rules", "/facts", "/cases", "/text", "/checks", "/rehearsal")
MOST_BYTES = 100_000 - sum(
    len((static_files.FOLDER / name).read_bytes())
    for name in ("termwise.css", "partial.js", "own_address.js")
)
"""What is left for a page beside its style sheet and script."""
PATIENCE = 60_000
"""Milliseconds that a busy machine may take to read or prove."""


def test_lead_from_a_rule_to_its_line(visit: Visits) -> None:
    page = visit(Role.CREDIT_OFFICER)
    page.goto("/rulesets", timeout=PATIENCE)  # reads all of them once
    page.get_by_role("link", name="Payment terms").click()
    page.get_by_role("link", name="1.0.0").first.click()
    page.get_by_role("link", name="Rules", exact=True).click()
    with page.expect_response(re.compile("find=")):
        page.get_by_role("searchbox").fill("term-too-long")
    rule = page.locator("#term-too-long")
    expect(rule).to_contain_text("over 90 days (Longest balance term)")
    expect(page.locator(".calculated")).to_have_count(0)
    rule.get_by_role("link", name="line").click()
    expect(page.locator("li:target")).to_contain_text("term-too-long")


@pytest.mark.parametrize("part", PARTS)
def test_are_accessible_on_a_phone_in_chinese(visit: Visits, part: str) -> None:
    page = visit(Role.CREDIT_OFFICER, language="zh", width=PHONE)
    page.goto(TERMS + part)
    expect(page.get_by_role("heading", level=1)).to_contain_text("付款条件")
    fits(page)
    accessible(page)


@pytest.mark.parametrize("policy", ["credit-approval", "collections-escalation"])
def test_stay_below_a_hundred_kilobytes(company: Company, policy: str) -> None:
    client = company.client(Role.AUDITOR)
    for part in PARTS:
        answer = client.get(f"/rulesets/{policy}/1.0.0{part}", buffered=True)
        assert (answer.status_code, len(answer.data) < MOST_BYTES) == (200, True), part


def test_have_every_line_of_the_text_on_one_of_its_pages(company: Company) -> None:
    client, base = company.client(Role.AUDITOR), "/rulesets/credit-approval/1.0.0/text"
    version = company.services.versions.one("credit-approval", "1.0.0")
    number = company.services.versions.text(version).decode().count("\n")
    parts = re.findall(r'href="[^"]+/text\?line=(\d+)"', client.get(base, buffered=True).text)
    shown = []
    for line in parts:
        answer = client.get(f"{base}?line={line}", buffered=True)
        assert len(answer.data) < MOST_BYTES
        shown += re.findall(r'<li id="L(\d+)"', answer.text)
    assert shown == [str(one) for one in range(1, number + 1)]
    assert f'id="L{number}"' in client.get(f"{base}?line={number}", buffered=True).text


def test_are_printed_without_menu_and_buttons_but_with_the_rules(visit: Visits, company: Company) -> None:
    page = visit(Role.CREDIT_OFFICER)
    page.emulate_media(media="print")
    page.goto(f"{TERMS}/rules")
    for hidden in (".top", ".parts", ".actions", "search"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("heading", name="Terms by grade")).to_be_visible()
    page.goto(f"/decisions/{company.decision(policy='payment-terms')}")
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_show_all_steps_over_their_pages(company: Company) -> None:
    client = company.client(Role.AUDITOR)
    ruleset = company.services.policies.in_force("credit-approval", company.services.deciding.now()).ruleset
    base = "/rulesets/credit-approval/1.0.0/rules"
    shown: list[str] = []
    following: str | None = base
    while following is not None:
        text = client.get(following, buffered=True).text
        shown += re.findall(r'<h2 id="([^"]+)"', text)
        found = re.search(r'href="([^"]+)" rel="next"', text)
        following = found and found[1]
    assert shown == [step.id for step in ruleset.steps]


def test_say_formulas_in_words(company: Company) -> None:
    client = company.client(Role.AUDITOR)
    text = re.sub(r"</?b>", "", client.get(f"{TERMS}/rules", buffered=True).text)
    assert "Order amount ≥ Large order from (500,000.00\u00a0CNY)" in text
    assert "× (100% − Prepayment offered)" in text
    assert (
        "if Law of the contract is known then Law of the contract, otherwise if Known to be foreign" in text
    )


def test_say_what_is_wrong_with_a_text_that_does_not_load(company: Company) -> None:
    officer = Principal(company.person(Role.CREDIT_OFFICER))
    made = company.services.drafting.create(officer, "insurance-advice", "1.9.0", source="1.0.0")
    text = company.services.versions.text(made).replace(b"type: days", b"type: daze", 1)
    company.services.drafting.edit(officer, "insurance-advice", "1.9.0", text, seen=None)
    client = company.client(Role.CREDIT_OFFICER)
    for part in PARTS:
        answer = client.get(f"/rulesets/insurance-advice/1.9.0{part}", buffered=True)
        assert answer.status_code == 200, part
        if part != "/history":
            assert re.search(r'text\?line=\d+#L\d+">line \d+</a>: ', answer.text), part


def test_give_the_text_as_it_is(company: Company) -> None:
    client = company.client(Role.AUDITOR)
    version = company.services.versions.one("payment-terms", "1.0.0")
    assert client.get(f"{TERMS}/file", buffered=True).data == company.services.versions.text(version)


def test_have_a_page_for_each_rule_of_some_version_and_for_no_other(company: Company) -> None:
    client, rules = company.client(Role.AUDITOR), "/rulesets/payment-terms/rules"
    assert client.get(f"{rules}/base-terms/good?weeks=52", buffered=True).status_code == 200
    answer = client.get(f"{rules}/base-terms/best-of-all", buffered=True)
    assert (answer.status_code, "has a rule base-terms/best-of-all" in answer.text) == (404, True)


def test_run_the_checks_where_they_stand(visit: Visits, company: Company) -> None:
    page = visit(Role.AUDITOR)
    page.goto("/rulesets/collections-s4/1.0.0/checks")
    page.get_by_role("link", name="Run the checks").click()
    expect(page.get_by_text("Nothing stands in the way of submitting it")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("cell", name="proven").first).to_be_visible()
    expect(page).to_have_url(f"{company.url}/rulesets/collections-s4/1.0.0/checks")
    accessible(page)
