"""A representative ..."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.domain.people import Role
from app.services.recording import Wanted
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import PHONE, accessible, fits
from tests.pages.selling import ANOTHER, NEAR, ORDER, POLICY, fill_in, near_limit

WORDS = {
    "en": (
        "Ask for terms",
        "Payment terms",
        "Ask for the decision",
        "Look for ways forward",
        "Ask like this",
    ),
    "zh": ("申请条件", "付款条件", "提交并获取决策", "查找可行方案", "按此方案申请"),
}
COUNTERED, OFFERED = {"en": "Countered", "zh": "还价"}, {"en": "Offered", "zh": "同意"}


@pytest.fixture(scope="module")
def customer(company: Company) -> str:
    return near_limit(company)


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_asks_is_countered_takes_the_first_way_and_is_offered(
    visit: Visits, language: str, script: bool
) -> None:
    ask, policy, decide, look, again = WORDS[language]
    axe = script and language == "zh"
    page = visit(Role.SALES, language=language, width=PHONE, script=script)
    page.goto("/")
    page.get_by_role("link", name=ask).first.click()
    page.fill("#find", "near")
    page.press("#find", "Enter")
    page.get_by_role("link", name=NEAR, exact=True).click()
    page.get_by_role("link", name=policy, exact=True).click()
    expect(page.locator("#known")).to_be_visible()
    assert page.locator("#fact-customer_is_foreign").count() == 0, "what the file knows is not asked"
    fill_in(page, **ORDER)
    looked_at(page, axe=axe)
    page.get_by_role("button", name=decide).click()
    verdict = page.locator(".verdict .outcome")
    expect(verdict).to_contain_text(COUNTERED[language])
    first = page.url
    if not script:
        page.get_by_role("link", name=look).click()
    expect(page.locator(".ways .card").first).to_contain_text(OFFERED[language])
    looked_at(page, axe=axe)
    page.locator(".ways").get_by_role("button", name=again).first.click()
    expect(verdict).to_contain_text(OFFERED[language])
    assert page.url != first
    expect(page.locator(f'.answer a[href="{first[first.index("/decisions") :]}"]')).to_be_visible()
    page.goto("/requests")
    expect(page.locator(".requests .outcome").nth(0)).to_contain_text(OFFERED[language])
    expect(page.locator(".requests .outcome").nth(1)).to_contain_text(COUNTERED[language])
    looked_at(page, axe=axe)


def looked_at(page: Page, *, axe: bool) -> None:
    """No page is wider than the phone; and axe finds nothing, where it may run: it is itself a script."""
    assert fits(page), page.url
    if axe:
        accessible(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_is_told_at_the_field_what_it_takes_and_keeps_what_was_typed(
    visit: Visits, customer: str, language: str
) -> None:
    page = visit(Role.SALES, language=language, width=PHONE)
    page.goto(f"/requests/new/{POLICY}?customer={customer}")
    fill_in(page, **{**ORDER, "order_amount": "a lot", "requested_net_days": "400"})
    page.get_by_role("button", name=WORDS[language][2]).click()
    wrong = {"en": ("An amount in CNY", "to 365"), "zh": ("CNY 金额", "365")}[language]
    expect(page.locator("#fact-order_amount-wrong")).to_contain_text(wrong[0])
    expect(page.locator("#fact-requested_net_days-wrong")).to_contain_text(wrong[1])
    expect(page.locator("#fact-order_amount")).to_have_value("a lot")
    expect(page.locator("#fact-prepayment")).to_have_value("30")
    expect(page.locator(".problems")).to_be_focused()
    page.locator(".problems").get_by_role("link").first.click()
    expect(page.locator("#fact-order_amount")).to_be_focused()
    if language == "zh":
        assert not re.search("[a-z]{4}", page.locator(".problems").inner_text())
    accessible(page)


def test_tries_without_a_decision(visit: Visits, company: Company, customer: str) -> None:
    before = company.decision(Role.SALES)
    page = visit(Role.SALES, width=PHONE)
    page.goto(f"/requests/new/{POLICY}?customer={customer}")
    fill_in(page, **ORDER)
    page.get_by_role("button", name="Only try it").click()
    expect(page.locator("#tried .outcome")).to_contain_text("Countered")
    expect(page.locator("#fact-order_amount")).to_have_value("120000")
    assert company.decision(Role.SALES) == before
    accessible(page)


def test_decides_once_however_often_a_form_is_sent(company: Company, customer: str) -> None:
    client = company.client(Role.SALES)
    facts = {f"fact.{name}": text for name, text in ORDER.items()}
    form = {"csrf": company.csrf(client), "key": "the-same", "customer": customer, **facts}
    answers = [client.post(f"/requests/new/{POLICY}", data=form, buffered=True) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    other = client.post(f"/requests/new/{POLICY}", data={**form, "fact.prepayment": "50"}, buffered=True)
    assert other.headers["Location"] != answers[0].headers["Location"]


def test_takes_the_place_of_one_that_waits(company: Company) -> None:
    client, me = company.client(Role.SALES), str(company.person(Role.SALES).id)
    wanted = Wanted(requested_by=me, outcome_kind="referral")
    found = company.services.auditing.search(wanted, after=None, limit=9).decisions
    open_ones = [one["id"] for one in found if company.services.settling.standing(UUID(one["id"])) is None]
    old, by_form = open_ones[:2]
    answer = client.post(f"/requests/again/{old}", data={"csrf": company.csrf(client)}, buffered=True)
    assert answer.status_code == 303, answer.text
    new = answer.headers["Location"].partition("?")[0]
    assert f'href="/decisions/{old}"' in client.get(new, buffered=True).text, "the new one names the old"
    assert f'href="{new}"' in client.get(f"/decisions/{old}", buffered=True).text, "and the other way round"
    officer = company.client(Role.CREDIT_OFFICER).get(f"/referrals/{old}", buffered=True).text
    assert "It was asked anew instead" in officer
    policy = client.get(f"/v1/decisions/{by_form}").get_json()["policy"]
    form = client.get(f"/requests/new/{policy}?again={by_form}", buffered=True).text
    assert f'name="replaces" value="{by_form}"' in form


def test_is_told_that_nothing_is_filed_and_who_may_be_meant(company: Company, customer: str) -> None:
    sales, form = company.client(Role.SALES), f"/requests/new/{POLICY}?customer="
    misspelt = sales.get(form + "C-NEER/1", buffered=True).text
    assert "Nothing is filed about C-NEER/1" in misspelt
    assert f'href="/requests/new/{POLICY}?customer=C-NEAR/1"' in misspelt
    assert "Nothing is filed" not in sales.get(form + customer, buffered=True).text


def test_finds_a_customer_by_a_part_of_the_name(visit: Visits, customer: str) -> None:
    page = visit(Role.SALES, width=PHONE)
    page.goto("/requests/new")
    page.fill("#find", customer[2:].lower())
    expect(page.locator("#found a")).to_have_count(1)
    accessible(page)


def test_is_not_shown_the_file_of_another_s_customer(company: Company, customer: str) -> None:
    sales, officer = (company.client(role) for role in (Role.SALES, Role.CREDIT_OFFICER))
    form = f"/requests/new/{POLICY}?customer="
    assert 'id="known"' in sales.get(form + customer, buffered=True).text
    assert 'id="known"' in officer.get(form + ANOTHER, buffered=True).text
    theirs = sales.get(form + ANOTHER, buffered=True)
    assert theirs.status_code == 403
    assert "Somebody else looks after this customer." in theirs.text
    assert 'id="known"' not in theirs.text


def test_takes_the_same_way_forward_once_after_a_step_back(company: Company, customer: str) -> None:
    client = company.client(Role.SALES)
    form = {"csrf": company.csrf(client), "customer": customer}
    asked = {f"fact.{name}": text for name, text in ORDER.items()}
    before = client.post(f"/requests/new/{POLICY}", data={**form, "key": "once", **asked}, buffered=True)
    id = before.headers["Location"].rpartition("/")[2]
    ways = [
        client.post(
            f"/requests/again/{id}", data={**form, "key": key, "fact.prepayment": "50"}, buffered=True
        )
        for key in ("first", "second")
    ]
    assert [one.status_code for one in ways] == [303, 303]
    assert ways[0].headers["Location"] == ways[1].headers["Location"]


def test_leads_back_to_the_form_where_the_session_ended(company: Company, customer: str) -> None:
    form = f"/requests/new/{POLICY}?customer={customer}"
    stranger = company.client()
    sent = stranger.post(form, headers={"Referer": f"http://localhost{form}"}, buffered=True)
    assert sent.status_code == 303
    asked = stranger.get(sent.headers["Location"], buffered=True).text
    assert "Your session has ended" in asked
    assert f'value="{form}"' in asked
    elsewhere = stranger.post(form, headers={"Referer": "http://elsewhere.example/x"}, buffered=True)
    assert "elsewhere" not in elsewhere.headers["Location"]
