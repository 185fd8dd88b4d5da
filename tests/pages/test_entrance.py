"""The entrance ..."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.cli.demo_people import PASSWORD
from app.domain.people import Role
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import PHONE, accessible, fits


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_lets_a_person_in_and_on_to_where_they_wanted(visit: Visits, company: Company, script: bool) -> None:
    page, wanted = visit(script=script), f"/decisions/{company.decision()}?x=1"
    page.goto(wanted)
    assert "/sign-in?next=" in page.url
    page.get_by_label("Login").fill("demo-officer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(company.url + wanted)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(wanted)
    assert "/sign-in?next=" in page.url


def test_says_the_same_of_a_wrong_login_and_a_wrong_password(visit: Visits) -> None:
    page = visit()
    for login, password in (
        ("demo-officer", "another password"),
        ("nobody", PASSWORD),
        ("demo-officer", "x"),
    ):
        page.goto("/sign-in")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text("Login and password do not go together.")
        expect(page.get_by_label("Login")).to_have_value(login)
        expect(page.get_by_label("Password")).to_have_value("")
    accessible(page)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_changes_the_language_and_stays_where_one_is(visit: Visits, company: Company, script: bool) -> None:
    page = visit(Role.CREDIT_OFFICER, script=script)
    page.goto("/?from=here")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("当前需要您处理的事项")
    expect(page).to_have_url(f"{company.url}/?from=here")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What needs you now")


def test_speaks_as_the_browser_asks(visit: Visits) -> None:
    page = visit(language="zh", width=PHONE)
    page.goto("/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert fits(page)
    accessible(page)


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "x", "/a\nb"]
)
def test_leads_nowhere_else(company: Company, elsewhere: str) -> None:
    client = company.client()
    answer = client.post("/language", data={"next": elsewhere, "language": "zh"}, buffered=True)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_takes_no_form_of_another_site(company: Company) -> None:
    form = {"login": "demo-officer", "password": PASSWORD}
    answer = company.client().post(
        "/sign-in", data=form, headers={"Origin": "https://example.com"}, buffered=True
    )
    assert answer.status_code == 403


def test_takes_no_endless_form(company: Company) -> None:
    answer = company.client().post("/sign-in", data={"login": "x" * 2_000_000}, buffered=True)
    assert answer.status_code == 413
    assert answer.mimetype == "text/html"
