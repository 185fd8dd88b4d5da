"""The search over decisions ..."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from uuid import UUID

import pytest
from playwright.sync_api import expect

from app.domain.people import Role
from app.services.log.sought import Sought
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import DESK, PHONE, accessible, fits

POLICY = "payment-terms"


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_finds_and_leads_to_a_decision(visit: Visits, company: Company, script: bool) -> None:
    page, id = visit(Role.AUDITOR, script=script), company.decision(policy=POLICY)
    customer = company.services.auditing.decision(UUID(id))["customer"]
    page.goto("/decisions")
    page.get_by_label("Customer").fill(customer)
    page.get_by_label("Question").select_option(POLICY)
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(f"customer={customer}"))
    found = page.get_by_role("row").filter(has_text=customer)
    expect(found.first).to_be_visible()
    assert found.count() == page.get_by_role("row").count() - 1
    found.first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="On record")).to_be_visible()


def test_finds_by_a_rule_of_a_decision(company: Company) -> None:
    client, id = company.client(Role.AUDITOR), company.decision(policy=POLICY)
    (summary,) = [one for one in company._found(None, policy=POLICY) if one["id"] == id]
    for rule in summary["rules"][:2]:
        found = client.get("/decisions", query_string={"policy": POLICY, "rule": rule}, buffered=True)
        assert f"/decisions/{id}" in found.text
    assert f"/decisions/{id}" not in client.get("/decisions?rule=no/such", buffered=True).text


def test_goes_on_from_page_to_page(company: Company) -> None:
    client, seen, address = company.client(Role.AUDITOR), set[str](), "/decisions"
    while address:
        text = client.get(address, buffered=True).text
        ids = set(re.findall(r'<td><a href="/decisions/([0-9a-f-]+)"', text))
        assert ids
        assert not ids & seen
        seen |= ids
        following = re.search(r'href="(/decisions\?[^"]*after=[^"]+)"[^>]*rel="next"', text)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == {one["id"] for one in company._found(None)}


def test_says_what_it_cannot_read(company: Company) -> None:
    client = company.client(Role.AUDITOR)
    for query in ({"since": "tomorrow"}, {"outcome_kind": "good"}, {"customer": "a\tb\x01"}, {"after": "x"}):
        answer = client.get("/decisions", query_string=query, buffered=True)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


def test_keeps_quiet_in_the_browser_about_a_day_that_is_none(visit: Visits) -> None:
    page = visit(Role.AUDITOR, language="zh", width=PHONE)
    page.goto("/decisions?since=banana")
    expect(page.get_by_role("alert")).to_contain_text("“banana”不是日期")
    assert fits(page)
    accessible(page)


def test_leaves_out_a_filter_that_it_cannot_read_and_keeps_the_rest(company: Company) -> None:
    client, id = company.client(Role.AUDITOR), company.decision(policy=POLICY)
    asked = {"policy": POLICY, "since": "banana", "outcome_kind": "good"}
    answer = client.get("/decisions", query_string=asked, buffered=True)
    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="since-wrong"' in answer.text
    assert "banana is no day. A day is written as 2026-01-31." in answer.text
    assert "There is no good to choose here." in answer.text
    assert f"/decisions/{id}" in answer.text
    form = {"csrf": company.csrf(client), **asked, "form": "csv"}
    assert client.post("/decisions/export", data=form, buffered=True).status_code == 422


def test_says_in_its_place_what_went_wrong_with_a_part_of_the_page(visit: Visits) -> None:
    page = visit(Role.AUDITOR)
    page.goto("/decisions")
    page.route("**/decisions?**", lambda route: route.abort())
    page.get_by_label("Customer").fill("C-1001")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_contain_text("The service cannot be reached.")
    page.unroute("**/decisions?**")
    page.context.clear_cookies()
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended.")
    expect(page.get_by_label("Customer")).to_have_value("C-1001")
    page.get_by_role("link", name="Sign in again").click()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_does_not_let_sales_find_by_rules(company: Company) -> None:
    client = company.client(Role.SALES)
    plain, asked = (client.get(f"/decisions{query}", buffered=True) for query in ("", "?rule=a/b&reason=C"))
    assert "Rule that held" not in plain.text
    assert asked.text.count("<tr>") == plain.text.count("<tr>")


def test_is_taken_out_safely_and_that_is_recorded(company: Company) -> None:
    client = company.client(Role.AUDITOR)
    form = {"csrf": company.csrf(client), "policy": POLICY, "form": "csv"}
    rows = list(csv.DictReader(StringIO(client.post("/decisions/export", data=form, buffered=True).text)))
    lines = client.post("/decisions/export", data={**form, "form": "ndjson"}, buffered=True).text.splitlines()
    ids = [one["id"] for one in company._found(None, policy=POLICY)]
    assert [row["id"] for row in rows] == [json.loads(line)["id"] for line in lines] == ids
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    company.services.sequencer.drain()
    recorded = company.services.entries.page(Sought(), 2, newest=True).entries
    for one in recorded:
        assert one.placed.entry is not None
        clear = json.loads(one.placed.entry.leaf)["clear"]
        assert (clear["decisions"], clear["filters"]) == (len(ids), ["policy"])
        assert one.by == str(company.person(Role.AUDITOR).id)


@pytest.mark.parametrize(("width", "language", "dark"), [(PHONE, "zh", False), (DESK, "en", True)])
def test_fits_and_is_accessible(visit: Visits, width: int, language: str, dark: bool) -> None:
    page = visit(Role.AUDITOR, width=width, language=language, dark=dark)
    page.goto("/decisions?rule=a/b")
    assert fits(page)
    page.goto("/decisions")
    assert fits(page)
    accessible(page)
