"""A form that needs a fresh sign-in ..."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.cli.demo_people import PASSWORD
from app.domain.people import Role
from app.web import signing_in_again
from app.web.cookies import NAME
from tests.pages.company import Company
from tests.pages.conftest import Visits
from tests.pages.driving import PHONE, accessible, fits

LONG_AGO = -1
"""As many minutes as make every sign-in an old one."""


@pytest.fixture
def stale(company: Company, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """An administrator who signed in a while ago."""
    monkeypatch.setattr(signing_in_again, "FRESH_MINUTES", LONG_AGO)
    return company.client(Role.ADMINISTRATOR)


def sent(company: Company, client: FlaskClient, **more: str) -> dict[str, str]:
    return {
        "csrf": company.csrf(client),
        "owner": "demo-sales",
        "label": 'for "this" & that',
        "days": "30",
        **more,
    }


def hidden(text: str) -> list[tuple[str, str]]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    return [(name, unescape(value)) for name, value in found if name not in ("csrf", "next")]


def keys(company: Company) -> int:
    return len(company.services.api_keys.page(None, limit=200))


def test_keeps_what_was_sent_and_does_nothing_yet(company: Company, stale: FlaskClient) -> None:
    before = keys(company)
    answer = stale.post("/keys", data={**sent(company, stale), "scopes": ["read", "decide"]}, buffered=True)
    assert answer.status_code == 403
    kept = hidden(answer.text)
    assert ("label", 'for "this" & that') in kept
    assert [value for name, value in kept if name == "scopes"] == ["read", "decide"]
    assert keys(company) == before


def test_is_done_with_the_password(company: Company, stale: FlaskClient) -> None:
    before, old = keys(company), stale.get_cookie(NAME)
    form = {**sent(company, stale), "scopes": ["read"], signing_in_again.FIELD: PASSWORD}
    answer = stale.post("/keys", data=form, buffered=True)
    assert answer.status_code == 200
    assert "shown this once" in answer.text
    assert keys(company) == before + 1
    new = stale.get_cookie(NAME)
    assert old is not None
    assert new is not None
    assert old.value != new.value
    assert f'value="{company.csrf(stale)}"' in answer.text, "the forms of the answer are of the new session"
    assert stale.get("/keys", buffered=True).status_code == 200


def test_is_not_done_with_another_password(company: Company, stale: FlaskClient) -> None:
    before = keys(company)
    form = {**sent(company, stale), "scopes": ["read"], signing_in_again.FIELD: "a guess"}
    answer = stale.post("/keys", data=form, buffered=True)
    assert answer.status_code == 403
    assert "That is not your password." in answer.text
    assert "a guess" not in answer.text
    assert keys(company) == before


def test_takes_no_password_from_another_site(company: Company, stale: FlaskClient) -> None:
    form = {**sent(company, stale), "csrf": "another", signing_in_again.FIELD: PASSWORD}
    answer = stale.post("/keys", data=form, buffered=True)
    assert answer.status_code == 403
    assert hidden(answer.text) == []


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_goes_on_in_a_browser(visit: Visits, stale: FlaskClient, script: bool) -> None:
    page = visit(Role.ADMINISTRATOR, language="zh", width=PHONE, script=script)
    page.goto("/keys?owner=demo-sales")
    page.get_by_label("用途").fill("夜间批处理")
    page.get_by_role("button", name="生成", exact=True).click()
    if script:
        accessible(page)
        assert fits(page)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="继续").click()
    assert page.get_by_role("cell", name="夜间批处理").count()
