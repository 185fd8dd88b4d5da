"""The first screen ..."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.domain.people import Role
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.drafts import drafted, small
from tests.pages.driving import DESK, PHONE, accessible, fits

SHOWN = {
    Role.SALES: [
        "Settled by a person",
        "Something is missing",
        "Offers that end soon",
        "Little is left of the limit",
        "Latest decisions",
    ],
    Role.CREDIT_OFFICER: [
        "Referrals for you",
        "Referrals for somebody else",
        "Rulesets to approve",
        "Runs of the day",
        "Latest decisions",
    ],
    Role.FINANCE: ["Referrals for you", "Referrals for somebody else", "Runs of the day", "Latest decisions"],
    Role.LEGAL: ["Referrals for you", "Runs of the day", "Latest decisions"],
    Role.AUDITOR: [
        "Log",
        "Came into force lately",
        "Settled milder than the rules say",
        "Asked again with other facts",
        "Latest decisions",
    ],
    Role.ADMINISTRATOR: [
        "People",
        "People with nothing to do in their role",
        "Letters to customers cannot be sent",
        "Keys that end soon",
    ],
}


@pytest.mark.parametrize("role", Role)
def test_shows_each_role_what_is_theirs(visit: Visits, role: Role) -> None:
    page = visit(role)
    page.goto("/")
    headings = page.get_by_role("heading", level=2)
    assert [one.partition("\n")[0].rstrip("0123456789+ ") for one in headings.all_inner_texts()] == SHOWN[
        role
    ]
    accessible(page)


def test_leads_to_a_decision(visit: Visits) -> None:
    page = visit(Role.SALES)
    page.goto("/")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "dark", "language"), [(PHONE, False, "zh"), (PHONE, True, "en"), (DESK, True, "zh")]
)
def test_fits_and_is_accessible(visit: Visits, width: int, dark: bool, language: str) -> None:
    page = visit(Role.CREDIT_OFFICER, width=width, dark=dark, language=language)
    page.goto("/")
    assert fits(page)
    accessible(page)


def test_is_reached_by_keyboard_past_the_menu(visit: Visits) -> None:
    page = visit(Role.CREDIT_OFFICER)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_leads_an_officer_to_a_referral(visit: Visits) -> None:
    page = visit(Role.CREDIT_OFFICER)
    page.goto("/")
    page.get_by_role("group", name="Referrals for you").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Settle it")).to_be_visible()


THREE = {
    Role.SALES: ("Settled by a person", "Offers that end soon", "Little is left of the limit"),
    Role.CREDIT_OFFICER: ("Referrals for you", "Rulesets to approve", "Runs of the day"),
    Role.FINANCE: ("Referrals for you", "Referrals for somebody else", "Runs of the day"),
    Role.AUDITOR: ("Log", "Settled milder than the rules say", "Asked again with other facts"),
    Role.ADMINISTRATOR: ("People", "People with nothing to do in their role", "Keys that end soon"),
}


@pytest.mark.parametrize("role", THREE)
def test_leads_each_role_with_one_tap_to_three_things_worth_doing(company: Company, role: Role) -> None:
    client = company.client(role)
    shown = client.get("/", buffered=True).text
    for heading in THREE[role]:
        _before, found, rest = shown.partition(heading)
        assert found, heading
        address = re.search(r'href="(/[^"#]+)"', rest)
        assert address is not None, heading
        assert client.get(address[1].replace("&amp;", "&"), buffered=True).status_code == 200, address[1]


def test_leaves_out_a_customer_near_the_limit_once_terms_were_asked_for(company: Company) -> None:
    client, near = company.client(Role.SALES), re.compile(r'customer=([^"]+)"><strong>')
    customer = near.findall(client.get("/", buffered=True).text)[0]
    sent = {"csrf": company.csrf(client), "key": "once", "customer": customer}
    sent |= {"fact.order_amount": "1000", "fact.requested_net_days": "30", "fact.prepayment": "30"}
    answer = client.post("/requests/new/payment-terms", data=sent, buffered=True)
    assert answer.status_code == 303, answer.text
    assert customer not in near.findall(client.get("/", buffered=True).text)


def test_shows_what_is_under_way_of_rulesets(visit: Visits, company: Company) -> None:
    drafted(company, "new-policy", small("new-policy"))
    page = visit(Role.CREDIT_OFFICER)
    page.goto("/")
    draft = page.get_by_label("My drafts").get_by_role("link", name="new-policy 1.0.0")
    expect(draft).to_have_attribute("href", "/rulesets/new-policy/1.0.0/checks")
