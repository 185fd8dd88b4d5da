"""Abuse ..."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.errors import TooManyAttempts
from app.domain.people import Role
from app.web import logs
from app.web.limits import LIMITS, MOST_BUCKETS, Limit, Limits
from tests import people
from tests.web.service import BATCH, DECISIONS, FACTS, SIMULATIONS, Service, serving, told

BODY = json.dumps({"facts": FACTS}).encode()
SECRET = "Z3cr3tT0ken"


def code(answer: Any) -> str:
    return str(told(answer)["errors"][0]["code"])


def browser(service: Service, role: Role = Role.CREDIT_OFFICER) -> tuple[Any, str]:
    """A client with the session's cookie alone, and the session's CSRF token."""
    whose = people.person(service.services, f"some-{role}", role)
    token = people.session(service.services, whose)
    client = service.app.test_client()
    client.set_cookie("termwise_session", token)
    return client, service.services.signing_in.csrf(token)


def test_through_a_browser_needs_the_token_of_the_session(shared: Service) -> None:
    client, csrf = browser(shared)
    for headers in ({}, {"Termwise-CSRF": ""}, {"Termwise-CSRF": "x"}, {"Termwise-CSRF": browser(shared)[1]}):
        answer = client.post(SIMULATIONS, data=BODY, content_type="application/json", headers=headers)
        assert (answer.status_code, code(answer)) == (403, "csrf")
    assert client.get("/v1/policies").status_code == 200
    right = {"Termwise-CSRF": csrf}
    answer = client.post(SIMULATIONS, data=BODY, content_type="application/json", headers=right)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Origin", "https://elsewhere.example"),
        ("Origin", "null"),
        ("Origin", "http://["),
        ("Origin", "http://localhost.elsewhere.example"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ],
)
def test_from_another_site_is_refused_even_with_the_token(shared: Service, header: str, value: str) -> None:
    client, csrf = browser(shared)
    headers = {"Termwise-CSRF": csrf, header: value}
    answer = client.post(SIMULATIONS, data=BODY, content_type="application/json", headers=headers)
    assert (answer.status_code, code(answer)) == (403, "cross-site")
    signing_in = client.post(
        "/v1/sessions", data=b"{}", content_type="application/json", headers={header: value}
    )
    assert (signing_in.status_code, code(signing_in)) == (403, "cross-site")


def test_of_an_own_page_is_none(shared: Service) -> None:
    client, csrf = browser(shared)
    own = {"Termwise-CSRF": csrf, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    answer = client.post(SIMULATIONS, data=BODY, content_type="application/json", headers=own)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic b2ZmaWNlcjp4",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer termwise_0_x",
        "bearer \u00e9",
        "Bearer a b",
    ],
)
def test_with_no_proof_at_all_is_not_known(shared: Service, header: str) -> None:
    client, _ = browser(shared)  # a cookie beside it does not help
    answer = client.get("/v1/policies", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_of_metrics_is_for_this_machine_and_for_those_who_watch(shared: Service) -> None:
    client = shared.app.test_client()
    assert client.get("/metrics").status_code == 200
    passed_on = {"X-Forwarded-For": "192.0.2.7"}
    assert client.get("/metrics", headers=passed_on).status_code == 401
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 401
    for role in Role:
        watches = role in (Role.AUDITOR, Role.ADMINISTRATOR)
        answer = client.get("/metrics", headers={**passed_on, **shared.as_role(role)})
        assert answer.status_code == (200 if watches else 403)


FEW = {**LIMITS, "person": Limit(5, 2, "requests of one person"), "lines": Limit(20, 1, "lines of batches")}


def test_by_asking_too_often_is_slowed_down(tmp_path: Path) -> None:
    clock = [0.0]
    with serving(tmp_path, limits=Limits(lambda: clock[0], FEW)) as service:
        mine, other = (service.as_role(Role.AUDITOR, name) for name in ("one", "other"))

        def ask(headers: dict[str, str]) -> int:
            return service.client.get("/v1/me", headers=headers).status_code

        assert [ask(mine) for _ in range(7)] == [200] * 5 + [429] * 2
        assert (ask(other), ask(people.bearer(service.key))) == (200, 200)
        assert service.client.get("/v1/me", headers=mine).headers["Retry-After"] == "1"
        clock[0] += 1
        assert [ask(mine) for _ in range(3)] == [200] * 2 + [429]


def test_by_simulating_about_one_customer_is_stopped(tmp_path: Path) -> None:
    clock = [0.0]
    with serving(tmp_path, limits=Limits(lambda: clock[0])) as service:
        rep = people.person(service.services, "rep", Role.SALES)
        for customer in ("C-1", "C-2"):
            service.services.portfolios.assign(rep.id, customer, by=None)

        def simulated(customer: str, facts: Mapping[str, object] = FACTS) -> int:
            clock[0] += 1
            body = json.dumps({"facts": facts, "customer": customer, "on_behalf_of": "rep"}).encode()
            return service.post(SIMULATIONS, body).status_code

        assert [simulated("C-1", {}) for _ in range(11)] == [422] * 11  # of which nothing came

        assert [simulated("C-1") for _ in range(11)] == [200] * 10 + [429]
        assert simulated("C-2") == 200
        clock[0] += 360
        assert [simulated("C-1"), simulated("C-1")] == [200, 429]
        assert (
            service.post(SIMULATIONS, json.dumps({"facts": FACTS, "customer": "C-1"}).encode()).status_code
            == 200
        )


def test_by_batches_counts_their_lines(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(lambda: 0.0, FEW)) as service:
        for lines, status in ((15, 200), (6, 429), (5, 200), (1, 429)):
            answer = service.post(BATCH, b"{}\n" * lines, "application/x-ndjson")
            assert answer.status_code == status


def test_by_ever_new_names_takes_no_memory_and_frees_nobody() -> None:
    clock = [0.0]
    limits = Limits(lambda: clock[0], {"few": Limit(4, 1 / 10_000, "tries")})
    limits.take("few", "mine", 4)
    for number in range(MOST_BUCKETS + 10_000):
        clock[0] += 1
        limits.take("few", number)
    assert len(limits._buckets["few"]) <= MOST_BUCKETS
    with pytest.raises(TooManyAttempts):
        limits.take("few", "mine", 4)


def test_meets_headers_that_forbid_what_is_not_needed(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        headers = service.get("/v1/policies").headers
        assert headers["X-Frame-Options"] == "DENY"
        assert (
            headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        )
        assert "Strict-Transport-Security" not in headers
        assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-1.2_3", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("a b", False),
        ("", False),
        ("a\u00e9", False),
        ('a"b', False),
    ],
)
def test_of_request_ids_gets_one_of_ours(shared: Service, given: str, kept: bool) -> None:
    answer = shared.client.get("/v1/strange", headers={"Request-Id": given})
    id = answer.headers["Request-Id"]
    assert told(answer)["request_id"] == id
    assert (id == given) == kept
    assert kept or re.fullmatch("[0-9a-f]{16}", id)


def test_of_logs_finds_no_secret_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    before = [(name, *_state(name)) for name in ("termwise", "app")]
    logs.configure("INFO")
    try:
        with serving(tmp_path) as service:
            _everywhere(service)
            theirs = people.bearer(service.key)
            monkeypatch.setattr(service.services.auditing, "search", _broken)
            broken = FlaskClient(service.app).get(f"/v1/decisions?customer={SECRET}", headers=theirs)
            assert broken.status_code == 500
            key = service.key
    finally:
        for name, handlers, level, propagate in before:
            logger = logging.getLogger(name)
            logger.handlers[:], logger.propagate = handlers, propagate
            logger.setLevel(level)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert len([line for line in lines if line["message"] == "request"]) > 20
    assert {"at", "level", "request", "route", "status", "milliseconds", "principal", "key"} <= lines[
        0
    ].keys()
    (fault,) = (line for line in lines if "error" in line)
    assert fault["error"]["kind"] == "builtins.RuntimeError"
    assert fault["request"]
    for secret in (SECRET, key, key.split("_", 2)[2], "100000", "termwise_session"):
        assert secret not in written.getvalue()


def _state(name: str) -> tuple[list[logging.Handler], int, bool]:
    logger = logging.getLogger(name)
    return list(logger.handlers), logger.level, logger.propagate


def _broken(*_: Any, **__: Any) -> None:
    raise RuntimeError(f"met {SECRET}")


def _everywhere(service: Service) -> None:
    """A secret in every place where something can be sent."""
    client = service.client
    facts = {**FACTS, "grade": SECRET, SECRET: SECRET}
    for body in (
        {"facts": facts},
        {"facts": FACTS, "customer": SECRET, "reference": SECRET},
        {SECRET: SECRET},
    ):
        for path in (DECISIONS, SIMULATIONS, BATCH):
            media = "application/x-ndjson" if path == BATCH else "application/json"
            service.post(path, json.dumps(body).encode(), media, {"Idempotency-Key": SECRET}).close()
    for path in (
        f"/v1/policies/{SECRET}",
        f"/v1/policies/{SECRET.lower()}",
        f"/v1/decisions/{SECRET}",
        f"/{SECRET}",
        f"/v1/decisions?customer={SECRET}&reference={SECRET}&policy={SECRET}",
        f"/v1/decisions?{SECRET}={SECRET}",
    ):
        for method in ("GET", "POST", SECRET.upper()):
            client.open(path, method=method)
    for headers in (
        {"Authorization": f"Bearer {SECRET}"},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": "", "Cookie": f"termwise_session={SECRET}"},
        {"Request-Id": f"{SECRET} {SECRET}"},
        {"Termwise-CSRF": SECRET, "Origin": SECRET},
        {"User-Agent": SECRET, "Referer": SECRET, "Accept-Language": SECRET},
    ):
        client.get("/v1/policies", headers=headers)
        client.post(SIMULATIONS, data=BODY, content_type="application/json", headers=headers)
    sign_in = json.dumps({"login": SECRET, "password": SECRET}).encode()
    service.post("/v1/sessions", sign_in)
