"""Signing in over HTTP ..."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.domain.people import Role
from tests import people
from tests.web.service import Service, serving, told

PASSWORD = "a long enough password"
SESSIONS, ME, OUT = "/v1/sessions", "/v1/me", "/v1/sessions/current"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service")) as opened:
        opened.services.people.create("someone", "Some one", Role.CREDIT_OFFICER, PASSWORD, by=None)
        yield opened


def browser(service: Service) -> Any:
    """A client without a key, that keeps cookies as a browser does."""
    return service.app.test_client()


def sign_in(client: Any, password: str = PASSWORD, login: str = "someone", **more: Any) -> TestResponse:
    response: TestResponse = client.post(SESSIONS, json={"login": login, "password": password}, **more)
    return response


def cookies(response: TestResponse) -> dict[str, str]:
    """What is set, by name: the rest of the header."""
    return dict(line.split("=", 1) for line in response.headers.getlist("Set-Cookie"))


def test_gives_a_cookie_that_no_script_reads_and_no_other_site_sends(shared: Service) -> None:
    response = sign_in(browser(shared))
    assert response.status_code == 201
    assert told(response)["person"]["login"] == "someone"
    given = cookies(response)
    assert set(given) == {"termwise_session", "termwise_device"}
    for value in given.values():
        assert "HttpOnly" in value
        assert "SameSite=Strict" in value
    assert "Path=/;" in given["termwise_session"]
    assert "Path=/v1/sessions;" in given["termwise_device"]
    assert given["termwise_session"].startswith(told(response)["token"])


def test_gives_cookies_for_tls_only_outside_development(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass  # makes the keys that production has been given
    with serving(
        tmp_path, TERMWISE_ENVIRONMENT="production", TERMWISE_LOG_ORIGIN="termwise.local/log"
    ) as service:
        service.services.people.create("someone", "Some one", Role.SALES, PASSWORD, by=None)
        given = cookies(sign_in(browser(service)))
    assert set(given) == {"__Host-termwise_session", "__Secure-termwise_device"}
    assert all("Secure" in value for value in given.values())


def test_lets_the_browser_read_at_once_and_change_with_the_csrf_token(shared: Service) -> None:
    client = browser(shared)
    csrf = told(sign_in(client))["csrf"]
    me = told(client.get(ME))
    assert me["person"]["login"] == "someone"
    assert me["signed_in_at"] is not None
    assert "decide" in me["may"]
    assert client.delete(OUT).status_code == 403
    assert client.delete(OUT, headers={"Termwise-CSRF": "x" * 43}).status_code == 403
    left = client.delete(OUT, headers={"Termwise-CSRF": csrf})
    assert left.status_code == 200
    assert "termwise_session=;" in left.headers["Set-Cookie"]
    assert client.get(ME).status_code == 401


def test_gives_a_token_that_a_program_sends_by_itself(shared: Service) -> None:
    token = told(sign_in(browser(shared)))["token"]
    headers = people.bearer(token)
    client = browser(shared)
    assert client.get(ME, headers=headers).status_code == 200
    assert client.delete(OUT, headers=headers).status_code == 200
    assert client.get(ME, headers=headers).status_code == 401


def test_again_in_one_browser_ends_the_session_before(shared: Service) -> None:
    client = browser(shared)
    first = told(sign_in(client))["token"]
    second = told(sign_in(client))["token"]
    assert client.get(ME).status_code == 200
    assert browser(shared).get(ME, headers=people.bearer(second)).status_code == 200
    assert browser(shared).get(ME, headers=people.bearer(first)).status_code == 401


def test_is_refused_from_a_page_of_another_site(shared: Service) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert sign_in(browser(shared), headers=headers).status_code == 403


def test_that_fails_says_one_thing_and_then_when_to_try_again(shared: Service) -> None:
    there = {"REMOTE_ADDR": "198.51.100.7"}
    answers = [
        sign_in(browser(shared), "not the password", login, environ_base=there)
        for login in ("someone", "nobody")
        for _ in range(6)
    ]
    assert [one.status_code for one in answers] == [401, 401, 401, 401, 401, 429] * 2
    told_of = [{**told(one), "request_id": ""} for one in answers]
    assert told_of[0] == told_of[4] == told_of[6]
    assert told_of[5] == told_of[11]
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"
    assert "Set-Cookie" not in answers[0].headers
    assert 0 < int(answers[5].headers["Retry-After"]) <= 900
    assert sign_in(browser(shared)).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"login": "someone"},
        {"login": "someone", "password": ""},
        {"login": "someone", "password": "x" * 257},
        {"login": 1, "password": PASSWORD},
        {"login": "someone", "password": PASSWORD, "role": "administrator"},
    ],
)
def test_takes_login_and_password_and_nothing_else(shared: Service, body: Any) -> None:
    assert browser(shared).post(SESSIONS, json=body).status_code == 422


def test_leaves_neither_password_nor_token_in_the_log_of_requests(
    shared: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        client = browser(shared)
        answer = told(sign_in(client))
        client.get(ME)
        sign_in(browser(shared), "not the password")
    for secret in (PASSWORD, "not the password", answer["token"], answer["csrf"]):
        assert secret not in caplog.text


def test_counts_by_the_address_that_a_named_proxy_saw(tmp_path: Path) -> None:
    with serving(tmp_path, TERMWISE_PROXIES="127.0.0.1") as service:
        service.services.people.create("someone", "Some one", Role.SALES, PASSWORD, by=None)

        def status(forwarded: str, password: str = "not the password") -> int:
            return sign_in(browser(service), password, headers={"X-Forwarded-For": forwarded}).status_code

        assert [status("198.51.100.7") for _ in range(6)][-1] == 429
        assert status("203.0.113.9, 198.51.100.7") == 429
        assert status("198.51.100.7, 203.0.113.9") == 401
        assert status("198.51.100.8", PASSWORD) == 201


def test_believes_nobody_else_about_where_it_came_from(shared: Service) -> None:
    there = {"REMOTE_ADDR": "198.51.100.20"}
    statuses = [
        sign_in(
            browser(shared),
            "not the password",
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
            environ_base=there,
        ).status_code
        for number in range(6)
    ]
    assert statuses[-1] == 429
