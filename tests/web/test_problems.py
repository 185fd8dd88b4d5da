"""An error over HTTP ..."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from tests.web.service import BATCH, DECISIONS, FACTS, SIMULATIONS, Service, told

BODY = json.dumps({"facts": FACTS}).encode()
POSTS = (DECISIONS, SIMULATIONS, BATCH)


def test_lets_who_is_told_to_come_back_finish_what_they_send(service: Service) -> None:
    service.services.store.close()
    (service.services.settings.master_key_file.parent / "termwise.db").unlink()
    body = BytesIO(BODY)
    answer = service.client.post(
        DECISIONS, input_stream=body, content_length=len(BODY), content_type="application/json"
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert body.read() == b""


NOWHERE = ["/v1", "/v1/", "/v1/policies/", "/v1//policies", "//v1/policies", "/v1/policies/x/y"]
NOWHERE += ["/v1/decisions/", "/nope", "/v1/../healthz", "/v1/policies/%2e%2e", "/%00", "/%ff%fe", "/%25"]
NOWHERE += ["/\U0001f600", "/healthz/", "/v1/decisions/x/y/z", "/static/x", "/" + "x" * 5000]


@pytest.mark.parametrize("path", NOWHERE, ids=lambda path: path[:30])
def test_is_a_problem_where_there_is_nothing(shared: Service, path: str) -> None:
    answer = shared.client.get(path)
    assert answer.status_code == 404
    assert told(answer)["title"] == "Not Found"


@pytest.mark.parametrize("id", ["x", "0198", "%00", "%27%20or%201=1", "00000000-0000-7000-8000-000000000000"])
@pytest.mark.parametrize("rest", ["", "/explanation", "/letters", "/replay"])
def test_is_a_problem_where_there_is_no_such_decision(shared: Service, id: str, rest: str) -> None:
    method = shared.client.post if rest == "/replay" else shared.client.get
    answer = method(f"/v1/decisions/{id}{rest}")
    assert answer.status_code == 404
    assert told(answer)["detail"].startswith("There is no decision ")


@pytest.mark.parametrize(
    "id",
    ["{0}", "urn:uuid:{0}", "{{{0}}}", "{1}", " {0}", "{0}%0a", "{0}%00", "０{0}"],
    ids=lambda form: form,
)
def test_knows_a_decision_by_one_form_of_its_id(shared: Service, id: str) -> None:
    decision = told(shared.decide())["id"]
    answer = shared.client.get("/v1/decisions/" + id.format(decision, decision.replace("-", "")))
    assert answer.status_code == (200 if id == "{0}" else 404)


@pytest.mark.parametrize(
    "policy", ["%00", "Payment-terms", "payment_terms", "%E4%BB%98", "x" * 65, "%0apayment-terms"]
)
@pytest.mark.parametrize("rest", ["", "/openapi.json"])
def test_is_a_problem_where_there_is_no_such_policy(shared: Service, policy: str, rest: str) -> None:
    assert shared.client.get(f"/v1/policies/{policy}{rest}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/policies", {"GET", "HEAD"}),
        ("GET", DECISIONS, {"POST"}),
        ("PUT", BATCH, {"POST"}),
        ("PATCH", "/v1/decisions", {"GET", "HEAD"}),
        ("GET", "/v1/decisions/x/replay", {"POST"}),
        ("TRACE", "/healthz", {"GET", "HEAD"}),
        ("BREW", "/healthz", {"GET", "HEAD"}),
    ],
)
def test_names_the_methods_that_there_are(shared: Service, method: str, path: str, allowed: set[str]) -> None:
    answer = shared.client.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "media",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json", "*/*"],
)
@pytest.mark.parametrize("path", POSTS)
def test_refuses_other_media_types(shared: Service, path: str, media: str) -> None:
    answer = shared.post(path, BODY, media)
    assert answer.status_code == 415
    assert "Content-Type application/" in told(answer)["detail"]


def test_takes_a_media_type_with_parameters(shared: Service) -> None:
    assert shared.post(DECISIONS, BODY, "Application/JSON; charset=utf-8").status_code == 201


@pytest.mark.parametrize("path", POSTS)
def test_refuses_compressed_bodies(shared: Service, path: str) -> None:
    media = "application/x-ndjson" if path == BATCH else "application/json"
    assert shared.post(path, BODY, media, {"Content-Encoding": "gzip"}).status_code == 415
    assert shared.post(path, BODY, media, {"Content-Encoding": "identity"}).status_code in (200, 201)


@pytest.mark.parametrize("path", POSTS[:2])
def test_refuses_large_bodies_announced_or_not(shared: Service, path: str) -> None:
    large = b'{"facts": {}}' + b" " * 262_144
    assert shared.post(path, large).status_code == 413
    assert shared.stream(path, large).status_code == 413


@pytest.mark.parametrize("path", POSTS)
def test_refuses_a_body_that_is_shorter_than_announced(shared: Service, path: str) -> None:
    media = "application/x-ndjson" if path == BATCH else "application/json"
    answer = shared.stream(path, BODY, media, len(BODY) + 1)
    assert answer.status_code == 400
    assert "were announced" in told(answer)["detail"]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"facts"', b"{", BODY[:-1], b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("path", POSTS[:2])
def test_refuses_what_is_no_request(shared: Service, path: str, body: bytes) -> None:
    answer = shared.post(path, body)
    assert answer.status_code == 422
    assert len(told(answer)["errors"]) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/v1/policies?x=1",
        "/v1/policies/payment-terms?version=1.0.0",
        "/openapi.json?x",
        "/v1/decisions?customer=",
        "/v1/decisions?costumer=C-1",
        "/v1/decisions?policy=a&policy=b",
        "/v1/decisions?policy=%00",
        "/v1/decisions?customer=a%0ab",
        "/v1/decisions?customer=" + "x" * 201,
        "/v1/decisions?limit=0",
        "/v1/decisions?limit=1001",
        "/v1/decisions?limit=1e3",
        "/v1/decisions?limit=%D9%A1",
        "/v1/decisions?after=x",
        "/v1/decisions?since=yesterday",
        "/v1/decisions?since=0001-01-01",
        "/v1/decisions?until=9999-12-31T23:59:59Z",
        "/v1/decisions?until=2026-13-01",
        "/v1/decisions?since=2026-01-01T00:00:00+08:00",
        "/v1/decisions?since=2026-W05-1",
    ],
)
def test_is_told_where_a_query_cannot_be_meant(shared: Service, path: str) -> None:
    answer = shared.client.get(path)
    assert answer.status_code == 422
    assert told(answer)["errors"]


def test_refuses_a_query_on_what_takes_none(shared: Service) -> None:
    for path in POSTS:
        assert shared.post(f"{path}?dry_run=true", BODY).status_code == 422
    assert told(shared.get("/v1/decisions"))["decisions"] is not None
