"""Who may open which page ..."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.access import TABLE
from app.domain.people import Role
from app.web.pages.page import Page
from app.web.pages.site import PAGES
from tests.pages.company import Company

COLUMNS = (Role.SALES, Role.CREDIT_OFFICER, Role.FINANCE, Role.LEGAL, Role.AUDITOR, Role.ADMINISTRATOR)
RIGHTS = Path(__file__).with_name("rights.txt").read_text("utf-8")
NOWHERE = str(UUID("01a20051-00f2-7152-b6ef-edbc9b86c1d4"))


def by_hand() -> dict[str, list[str]]:
    """The reach of each role by page, as written down; one word where it is open."""
    lines = [line.split() for line in RIGHTS.splitlines() if line and not line.startswith("#")]
    return {f"{method} {path}": reaches for method, path, *reaches in lines}


def address(page: Page) -> str:
    """Its path with something in each place that is not there."""
    return re.sub(
        r"{[a-z]+}", "1.0.0", page.path.replace("{id}", NOWHERE).replace("{policy}", "payment-terms")
    )


GUARDED = [page for page in PAGES if not page.open]


def test_is_written_down_by_hand_for_every_page() -> None:
    written = {
        page.call: ["open"] if page.open else [str(TABLE[page.action][role]) for role in COLUMNS]
        for page in PAGES
    }
    assert by_hand() == written


@pytest.mark.parametrize("page", GUARDED, ids=lambda page: page.call)
def test_is_as_written_for_every_role(page: Page, company: Company) -> None:
    for role, reach in zip(COLUMNS, by_hand()[page.call], strict=True):
        client = company.client(role)
        form = None if page.method == "get" else {"csrf": company.csrf(client)}
        answer = client.open(address(page), method=page.method, data=form, buffered=True)
        assert answer.status_code < 500
        assert (answer.status_code == 403) == (reach == "none"), (role, answer.status)
        assert answer.mimetype == "text/html" or answer.status_code == 200  # a file, too, may be given


@pytest.mark.parametrize("page", GUARDED, ids=lambda page: page.call)
def test_leads_a_stranger_to_the_entrance(page: Page, company: Company) -> None:
    answer = company.client().open(address(page), method=page.method, buffered=True)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


CHANGING = [page for page in GUARDED if page.method != "get"]


@pytest.mark.parametrize("page", CHANGING, ids=lambda page: page.call)
def test_is_refused_without_the_word_of_our_own_form(page: Page, company: Company) -> None:
    client = company.client(next(role for role in COLUMNS if TABLE[page.action][role] != "none"))
    for form in ({}, {"csrf": "another"}):
        answer = client.open(address(page), method=page.method, data=form, buffered=True)
        assert answer.status_code == 403


def test_is_the_same_for_another_s_decision_and_for_none(company: Company) -> None:
    client = company.client(Role.SALES)
    theirs, another = company.decision(Role.SALES), company.beyond_sales()
    assert client.get(f"/decisions/{theirs}", buffered=True).status_code == 200
    answers = {client.get(f"/decisions/{id}", buffered=True).status_code for id in (another, NOWHERE)}
    assert answers == {404}
