"""Runs and receivables on pages ..."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import expect

from app.domain.people import Role
from app.domain.runs import Run
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import DESK, PHONE, accessible, fits


@pytest.fixture(scope="module")
def run(company: Company) -> Run:
    """A run of collections of today, gone through."""
    runs = company.services.runs
    begun = runs.begin("collections", runs.today(), by=None, again=False)
    return runs.go(begun, 1, lambda done, total: None, lambda: False)


def test_lead_from_the_list_to_the_work_and_to_the_decision(visit: Visits, run: Run) -> None:
    page = visit(Role.FINANCE)
    page.goto("/runs")
    expect(page.get_by_role("row", name="Collections")).to_contain_text(str(run.counts["decided"]))
    expect(page.locator("#begin ~ pre")).to_contain_text("termwise run collections")
    page.get_by_role("row", name="Collections").get_by_role("link").click()
    expect(page.locator("#counts ~ dl")).to_contain_text("looked at")
    accessible(page)
    page.locator("#work tbody a[href^='/decisions/']").first.click()
    expect(page.get_by_role("heading", name="Every rule, step by step")).to_be_visible()


def test_show_the_work_of_one_owner_alone(company: Company, run: Run) -> None:
    client = company.client(Role.FINANCE)
    every = rows(client.get(f"/runs/{run.id}/worklist.csv", buffered=True).text)
    owner = every[0]["owner"]
    theirs = rows(client.get(f"/runs/{run.id}/worklist.csv?owner={owner}", buffered=True).text)
    assert theirs == [one for one in every if one["owner"] == owner]
    page = client.get(f"/runs/{run.id}?owner=nobody", buffered=True).text
    assert "Nothing here is for them." in page


def test_give_a_file_that_no_spreadsheet_takes_for_formulas(company: Company, run: Run) -> None:
    answer = company.client(Role.AUDITOR).get(f"/runs/{run.id}/worklist.csv", buffered=True)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    lines = rows(answer.text)
    assert {one["to_settle"] for one in lines} <= {"yes", "no"}
    assert not [cell for one in lines for cell in one.values() if cell.startswith(("=", "+", "@", "\t"))]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_say_that_one_was_not_finished_and_how_to_go_on(visit: Visits, company: Company) -> None:
    runs = company.services.runs
    runs.begin("monitoring", runs.today(), by=None, again=False)
    page = visit(Role.CREDIT_OFFICER)
    page.goto("/")
    expect(page.locator("#runs ~ ul")).to_contain_text("not finished")
    page.locator("#runs ~ ul").get_by_role("link", name="Monitoring").click()
    expect(page.locator(".answer")).to_contain_text("termwise run monitoring --as-of")


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(("width", "dark", "language"), [(PHONE, False, "zh"), (DESK, True, "en")])
def test_fit_and_are_accessible(visit: Visits, width: int, dark: bool, language: str) -> None:
    page = visit(Role.FINANCE, width=width, dark=dark, language=language)
    for address in ("/runs", "/receivables", "/receivables/stress"):
        page.goto(address)
        assert fits(page), address
        accessible(page)


def test_tell_the_figures_with_formula_and_benchmark_as_the_interface_does(
    visit: Visits, company: Company
) -> None:
    figures = company.client(Role.FINANCE).get("/v1/receivables/report", buffered=True).get_json()["figures"]
    page = visit(Role.FINANCE)
    page.goto("/receivables")
    table = page.get_by_role("group", name="Key figures")
    expect(table.locator("tbody tr")).to_have_count(len(figures))
    expect(table.get_by_role("row", name="DSO", exact=False).first).to_contain_text("× 90")
    days = next(one["value"] for one in figures if one["name"] == "dso")
    expect(table).to_contain_text(f"{float(days):g} days")


def test_draw_the_stress_test_and_tell_the_same_in_a_table(visit: Visits, company: Company) -> None:
    told = company.client(Role.FINANCE).get("/v1/receivables/stress", buffered=True).get_json()
    page = visit(Role.FINANCE, script=False)
    page.goto("/receivables")
    page.get_by_role("link", name="Stress test").click()
    expect(page.locator(".stress polyline")).to_have_count(len(told["scenarios"]))
    table = page.get_by_role("group", name="The same as a table")
    expect(table.locator("tbody tr")).to_have_count(len(told["expected"]))


def test_of_a_day_without_documents_say_how_they_come_in(company: Company) -> None:
    page = company.client(Role.FINANCE).get("/receivables?as_of=1999-01-01", buffered=True).text
    assert "termwise receivables import" in page
