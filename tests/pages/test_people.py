"""People and keys ..."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from app.domain.people import Authority, Role
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import DESK, PHONE, accessible, fits


def test_are_made_given_authority_and_sent_away(visit: Visits, company: Company) -> None:
    page = visit(Role.ADMINISTRATOR)
    page.goto("/people")
    page.get_by_text("Somebody new").click()
    page.get_by_label("Name").fill("Somebody Else")
    page.get_by_label("Login").fill("somebody")
    page.get_by_label("Role").select_option("credit-officer")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="The new password, shown this once")).to_be_visible()
    made = company.person("somebody")
    page.goto(f"/people/{made.id}")
    page.get_by_text("Give or change an authority").click()
    page.get_by_label("Question").select_option("payment-terms")
    page.get_by_label("Amount up to").fill("50,000")
    page.get_by_label("Days up to").fill("60")
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_role("cell", name="50,000.00 CNY")).to_be_visible()
    page.get_by_role("button", name="Take it away: payment-terms").click()
    expect(page.get_by_text("Nothing: referrals go to somebody else.")).to_be_visible()
    page.get_by_label("State").select_option("no")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("header", has_text="may not sign in")).to_be_visible()
    assert not company.person("somebody").active


def test_keep_what_an_authority_is_for_where_its_bounds_change(company: Company) -> None:
    people, one = company.services.people, company.person(Role.LEGAL)
    ready = company.services.policies.in_force("payment-terms", company.services.deciding.now())
    outcome = ready.ruleset.outcomes[0].id
    people.set_authority(one.id, Authority("payment-terms", outcomes=frozenset([outcome])), by=None)
    client = company.client(Role.ADMINISTRATOR)
    form = {"csrf": company.csrf(client), "policy": "payment-terms", "amount": "500", "days": ""}
    assert client.post(f"/people/{one.id}/authority", data=form, buffered=True).status_code == 303
    held = people.standing(one.id).authority["payment-terms"]
    assert held.amount == 500
    assert held.outcomes == {outcome}


def test_say_what_is_wrong_with_a_form(company: Company) -> None:
    client = company.client(Role.ADMINISTRATOR)
    form = {"csrf": company.csrf(client), "name": "A", "login": "A B", "role": "sales", "language": "en"}
    for wrong in ({}, {"role": "king"}, {"name": ""}, {"login": "demo-auditor"}):
        answer = client.post("/people", data={**form, **wrong}, buffered=True)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    officer = company.person(Role.CREDIT_OFFICER)
    for path, given in (
        (f"/people/{officer.id}/authority", {"policy": "payment-terms", "amount": "much"}),
        (f"/people/{officer.id}/authority", {"policy": "payment-terms", "days": "x"}),
        (f"/people/{officer.id}/customers", {"customer": "C-1"}),
        (f"/people/{officer.id}", {"revision": str(officer.revision)}),
    ):
        assert (
            client.post(
                path,
                data={**form, **given} if "authority" in path else {"csrf": form["csrf"], **given},
                buffered=True,
            ).status_code
            == 422
        )
    stale = {"csrf": form["csrf"], "name": "Another", "revision": "77"}
    assert client.post(f"/people/{officer.id}", data=stale, buffered=True).status_code == 422


def test_do_not_change_their_own_role(company: Company) -> None:
    client, me = company.client(Role.ADMINISTRATOR), company.person(Role.ADMINISTRATOR)
    text = client.get(f"/people/{me.id}", buffered=True).text
    assert "nobody changes their own role" in text
    assert 'name="role"' not in text
    form = {"csrf": company.csrf(client), "revision": str(me.revision), "role": "credit-officer"}
    answer = client.post(f"/people/{me.id}", data=form, buffered=True)
    assert answer.status_code == 422
    assert company.person(Role.ADMINISTRATOR).role is Role.ADMINISTRATOR


def test_see_themselves_and_nobody_else(company: Company) -> None:
    client = company.client(Role.SALES)
    me, other = company.person(Role.SALES), company.person(Role.AUDITOR)
    assert client.get(f"/people/{me.id}", buffered=True).status_code == 200
    assert client.get(f"/people/{other.id}", buffered=True).status_code == 404
    form = {"csrf": company.csrf(client), "old": "not it", "password": "another password", "repeated": "x"}
    for repeated in ("x", "another password"):
        answer = client.post(f"/people/{me.id}/password", data={**form, "repeated": repeated}, buffered=True)
        assert answer.status_code == 422


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_get_a_key_that_is_told_once_and_can_be_revoked(
    visit: Visits, company: Company, script: bool
) -> None:
    page, label = visit(Role.ADMINISTRATOR, script=script), f"nightly {script}"
    page.goto("/keys?owner=demo-sales")
    page.get_by_label("What it is for").fill(label)
    page.get_by_label("ask for decisions").check()
    page.get_by_role("button", name="Make it").click()
    secret = page.locator("pre").inner_text()
    assert company.services.signing_in.principal_of_key(secret).person == company.person(Role.SALES)
    page.goto("/keys")
    assert secret not in page.content()
    page.get_by_role("button", name=f"Revoke: {label}").click()
    expect(page.get_by_role("row", name=re.compile(label)).get_by_text("revoked")).to_be_visible()


def test_get_no_key_beyond_their_role(company: Company) -> None:
    client = company.client(Role.ADMINISTRATOR)
    form = {
        "csrf": company.csrf(client),
        "owner": "demo-auditor",
        "label": "x",
        "days": "30",
        "scopes": ["decide"],
    }
    wrongs: tuple[dict[str, Any], ...] = (
        {},
        {"owner": "nobody"},
        {"scopes": []},
        {"days": "x"},
        {"days": "4000"},
    )
    for wrong in wrongs:
        assert client.post("/keys", data={**form, **wrong}, buffered=True).status_code == 422


@pytest.mark.parametrize(("width", "language", "dark"), [(PHONE, "zh", False), (DESK, "en", True)])
def test_fit_and_are_accessible(
    visit: Visits, company: Company, width: int, language: str, dark: bool
) -> None:
    page = visit(Role.ADMINISTRATOR, width=width, language=language, dark=dark)
    for path in ("/people", f"/people/{company.person(Role.SALES).id}", "/keys?owner=demo-sales"):
        page.goto(path)
        assert fits(page)
        accessible(page)
