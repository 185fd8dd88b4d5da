"""The pages about customers ..."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.domain.people import Role
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import PHONE, accessible, fits
from tests.pages.selling import ANOTHER, NEAR, near_limit


@pytest.fixture(scope="module")
def customer(company: Company) -> str:
    return near_limit(company)


def test_show_a_representative_their_own_and_nothing_that_is_sensitive(
    company: Company, customer: str
) -> None:
    sales = company.client(Role.SALES)
    assert ANOTHER not in sales.get("/customers?find=another", buffered=True).text
    assert sales.get(f"/customers/{ANOTHER}", buffered=True).status_code == 404
    text = sales.get(f"/customers/{customer}", buffered=True).text
    assert "500,000.00" in text
    for hidden in ("Credit grade", 'id="owed"', 'id="signals"'):
        assert hidden not in text
    assert "70,000.00\xa0CNY" in text.partition('id="left"')[2].partition("</section>")[0]
    assert sales.get(f"/customers/{customer}/facts/grade", buffered=True).status_code == 404


@pytest.mark.parametrize(("role", "language"), [(Role.SALES, "zh"), (Role.CREDIT_OFFICER, "en")])
def test_lead_from_the_list_to_what_was_filed_when(
    visit: Visits, customer: str, role: Role, language: str
) -> None:
    page = visit(role, language=language, width=PHONE)
    page.goto("/customers")
    page.fill("#find", NEAR[:4])
    page.get_by_role("link", name=customer, exact=True).click()
    expect(page.locator("#file")).to_be_visible()
    assert fits(page)
    accessible(page)
    page.locator('a[href$="/facts/credit_limit"]').click()
    expect(page.get_by_role("table")).to_contain_text("500,000.00")
    assert fits(page)
    accessible(page)


def test_show_what_is_owed_as_figures_and_bars(visit: Visits, company: Company) -> None:
    owing = next(iter(company.services.receivables.measuring.all(company.services.customers.filing.today())))
    page = visit(Role.CREDIT_OFFICER)
    page.goto(f"/customers/{owing.account.customer}")
    expect(page.locator("#owed ~ svg.bar")).to_have_count(2)
    accessible(page)


def test_say_what_to_do_where_nothing_is_filed(company: Company) -> None:
    company.services.portfolios.assign(company.person(Role.SALES).id, "C-NEW", by=None)
    text = company.client(Role.SALES).get("/customers/C-NEW", buffered=True).text
    assert "A request says what is missing" in text
    assert 'href="/requests/new?customer=C-NEW"' in text
