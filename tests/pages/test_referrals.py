"""A referral ..."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.domain.people import Role
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import DESK, PHONE, accessible, fits

WORDS = {
    "en": {"settle": "Settle it", "holds": "What holds now", "reason": "Reason", "note": "Note"},
    "zh": {"settle": "裁定", "holds": "当前有效", "reason": "理由", "note": "备注"},
}
SECOND = "demo-officer-2"


def waiting(company: Company, who: Role | str = Role.CREDIT_OFFICER, **wanted: str) -> list[str]:
    """The ids of the referrals on the worklist as that person sees it."""
    answer = company.client(who).get("/referrals", query_string=wanted, buffered=True)
    return list(dict.fromkeys(re.findall(r'data-row href="/referrals/([0-9a-f-]{36})"', answer.text)))


def told(company: Company, id: str, who: Role | str = Role.CREDIT_OFFICER) -> dict[str, Any]:
    """The referral as the interface tells it."""
    answer = company.client(who).get(f"/v1/referrals/{id}", buffered=True).json
    assert isinstance(answer, dict)
    return answer


def sent(company: Company, id: str, who: Role | str = Role.CREDIT_OFFICER, **form: str) -> Any:
    """The answer to the form of a referral, filled in like this."""
    client = company.client(who)
    return client.post(f"/referrals/{id}", data={"csrf": company.csrf(client), **form}, buffered=True)


def row(page: Page, number: int) -> Any:
    return page.locator("a[data-row]").nth(number)


@pytest.fixture(scope="module", autouse=True)
def _opened_once(company: Company) -> None:
    """What is read at the first look is read before a browser waits for it."""
    assert waiting(company)


@pytest.mark.parametrize(("language", "script"), [("en", True), ("zh", False)])
def test_is_found_on_the_worklist_and_settled_with_a_reason(
    visit: Visits, language: str, script: bool
) -> None:
    words = WORDS[language]
    page = visit(Role.CREDIT_OFFICER, language=language, script=script, width=PHONE)
    page.goto("/referrals?mine=yes&policy=collections-s4")
    assert fits(page)
    row(page, 0).click()
    form = page.locator("form[action^='/referrals/']")
    form.locator("input[name=outcome]").last.check()
    form.get_by_label(words["reason"], exact=True).select_option(index=1)
    form.get_by_label(words["note"], exact=True).fill("Talked to the customer.")
    form.get_by_role("button", name=words["settle"]).click()
    expect(page.locator("#settled ~ ol")).to_contain_text("Talked to the customer.")
    expect(page.locator(".settle")).to_contain_text(words["holds"])
    assert fits(page)
    if script:
        accessible(page)


def test_can_be_gone_back_to_after_its_form_was_refused(visit: Visits) -> None:
    page = visit(Role.CREDIT_OFFICER)
    page.goto("/referrals?mine=yes")
    row(page, 0).click()
    address, form = page.url, page.locator("form[action^='/referrals/']")
    form.locator("input[name=until]").fill("2020-01-01")
    form.locator("input[name=outcome]").last.check()
    form.get_by_label("Reason", exact=True).select_option(index=1)
    form.get_by_role("button", name="Settle it").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.get_by_role("link", name="Log").or_(page.get_by_role("link", name="Decisions")).first.click()
    answer = page.go_back()
    assert answer is not None
    assert (answer.status, answer.request.method, page.url) == (200, "GET", address)


def test_leaves_out_what_cannot_be_meant_in_a_filter(company: Company) -> None:
    client = company.client(Role.CREDIT_OFFICER)
    answer = client.get("/referrals?least=much&state=any&mine=yes", buffered=True)
    assert answer.status_code == 422
    assert "much is no amount." in answer.text
    assert "There is no any to choose here." in answer.text
    assert "data-row" in answer.text
    for address in ("/receivables/stress?as_of=banana", "/overrides?since=banana", "/requests?policy=none"):
        assert client.get(address, buffered=True).status_code == 422, address


def test_shows_the_whole_case_on_one_page(visit: Visits, company: Company) -> None:
    page = visit(SECOND, dark=True)
    page.goto(f"/referrals/{waiting(company, SECOND, policy='credit-approval')[0]}")
    headings = [one.inner_text() for one in page.get_by_role("heading", level=2).all()]
    assert headings[:4] == ["Why it came to a person", "What the rules propose", "Facts", "Settle it"]
    assert {"What is owed", "Other decisions on this customer", "Every rule, step by step"} <= {*headings}
    expect(page.locator(".settle")).to_contain_text("any amount")
    accessible(page)


def test_beyond_the_authority_says_whose_it_is(visit: Visits, company: Company) -> None:
    page = visit(Role.CREDIT_OFFICER)
    page.goto(f"/referrals/{waiting(company, least='201,000')[0]}")
    settling = page.locator(".settle")
    expect(settling).to_contain_text("up to 200,000.00")
    expect(settling).to_contain_text("This lies beyond your authority, so it moves up.")
    expect(settling).to_contain_text("It is for: Demo second officer")
    expect(settling.locator("form")).to_have_count(0)


def test_is_told_to_finance_by_role_and_not_by_name(company: Company) -> None:
    beyond = waiting(company, Role.FINANCE, least="201,000")[0]
    page = company.client(Role.FINANCE).get(f"/referrals/{beyond}", buffered=True).text
    assert "It is for: credit officer" in page
    assert "Demo second officer" not in page


def test_that_is_not_for_the_reader_is_refused_all_the_same(company: Company) -> None:
    id = waiting(company, least="201,000")[0]
    case = told(company, id)
    outcome, reason = case["settle_with"][-1]["outcome"], next(iter(case["reasons_to_give"]))
    answer = sent(company, id, outcome=outcome, reason=reason, note="Wished.")
    assert answer.status_code == 403
    assert "This exceeds your authority" in answer.text
    assert told(company, id)["resolutions"] == []


def test_is_somebody_else_s_when_the_reader_asked_for_it(company: Company) -> None:
    officer = company.client(Role.CREDIT_OFFICER)
    id = waiting(company, policy="payment-terms")[0]
    facts = officer.get(f"/v1/decisions/{id}", buffered=True).get_json()["facts"]
    answer = officer.post(
        "/v1/policies/payment-terms/decisions",
        json={"facts": {name: one for name, one in facts.items() if one is not None}},
        headers={"Termwise-CSRF": company.csrf(officer)},
        buffered=True,
    )
    assert answer.get_json()["outcome_kind"] == "referral", answer.text
    page = officer.get(f"/referrals/{answer.get_json()['id']}", buffered=True).text
    assert "so somebody else settles it" in page
    assert "<textarea" not in page


def test_needs_a_note_where_it_is_milder_and_keeps_what_was_filled_in(
    visit: Visits, company: Company
) -> None:
    page = visit(Role.CREDIT_OFFICER)
    page.goto(f"/referrals/{waiting(company, policy='payment-terms', customer='C-1047')[0]}")
    page.get_by_role("radio").first.check()
    page.get_by_label("Reason", exact=True).select_option("STRATEGIC_CUSTOMER")
    page.get_by_role("button", name="Settle it").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("A note is needed")
    alert.get_by_role("link").click()
    expect(page.get_by_label("Note", exact=True)).to_be_focused()
    expect(page.get_by_role("radio").first).to_be_checked()
    accessible(page)


def test_names_a_term_that_does_not_go_with_the_answer(company: Company) -> None:
    id = waiting(company, policy="credit-approval", mine="yes")[0]
    form = {"outcome": "decline", "reason": next(iter(told(company, id)["reasons_to_give"]))}
    answer = sent(company, id, **form, **{"fact.credit_limit": "50,000"})
    assert answer.status_code == 422
    assert "is set with" in answer.text
    without = sent(company, id, **{**form, "outcome": "approve"})
    assert "is needed with" in without.text
    beyond = sent(company, id, **{**form, "outcome": "approve", "fact.credit_limit": "900,000,000"})
    assert beyond.status_code in (403, 422)
    assert told(company, id)["resolutions"] == []


def test_sent_twice_is_settled_once(company: Company) -> None:
    id = waiting(company, mine="yes", policy="collections-s3-strict")[0]
    case = told(company, id)
    outcome, reason = case["settle_with"][-1]["outcome"], next(iter(case["reasons_to_give"]))
    form = {"outcome": outcome, "reason": reason, "note": "Once.", "follows": ""}
    assert [sent(company, id, **form).status_code for _ in range(2)] == [303, 303]
    assert len(told(company, id)["resolutions"]) == 1
    another = sent(company, id, SECOND, **form)
    assert another.status_code == 409
    assert "Once." in another.text


def test_is_reached_by_keys(visit: Visits) -> None:
    page = visit(SECOND)
    page.goto("/referrals")
    page.keyboard.press("j")
    expect(row(page, 0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(row(page, 1)).to_be_focused()
    page.locator("#customer").press("j")
    expect(page.locator("#customer")).to_have_value("j")


def test_is_left_out_by_what_is_asked_for(company: Company) -> None:
    every = waiting(company)
    large = waiting(company, least="150,000")
    assert 0 < len(large) < len(every)
    assert waiting(company, days="1") == []
    assert waiting(company, owner="legal") == []
    of_one = {"policy": "credit-approval"}  # few enough for one page
    mine = waiting(company, mine="yes", **of_one)
    assert {*mine} < {*waiting(company, **of_one)}
    assert not {*mine} & {*large}
    assert waiting(company, state="nonsense", days="soon") == every


@pytest.mark.parametrize(("width", "dark", "language"), [(PHONE, False, "zh"), (DESK, True, "en")])
def test_list_fits_and_is_accessible(visit: Visits, width: int, dark: bool, language: str) -> None:
    page = visit(Role.CREDIT_OFFICER, width=width, dark=dark, language=language)
    page.goto("/referrals")
    assert fits(page)
    accessible(page)
