"""Admission ..."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from app.settings.rooms import FOLLOWING, LONG, USUAL, Room
from app.web.admission import Admission, kinds
from app.web.places import Places
from tests.web.service import BATCH, DECISIONS, FACTS, Service, serving, told
from tests.web.test_places import until

PATIENCE = 60.0
BODY = json.dumps({"facts": FACTS}).encode()
LINES = (BODY + b"\n") * 150


class Slow(BytesIO):
    """A body whose end its sender keeps back."""

    def __init__(self) -> None:
        super().__init__(BODY)
        self.end = threading.Event()

    def readinto(self, buffer: Any) -> int:
        assert self.end.wait(PATIENCE)
        return super().readinto(buffer)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that works on two requests at a time and lets one more wait, for as long as it takes."""
    folder = tmp_path_factory.mktemp("small")
    with serving(folder, TERMWISE_THREADS="2", TERMWISE_QUEUE="1") as service:
        for kind in (USUAL, LONG, FOLLOWING):
            places(service, kind).patience = PATIENCE
        yield service


def places(service: Service, kind: str = USUAL) -> Places:
    admission = service.app.wsgi_app
    assert isinstance(admission, Admission)
    return admission.places[kind]


def opened(service: Service, path: str, **request: Any) -> TestResponse:
    """The answer to the officer's request; unless it is ``buffered``, of its body little is read yet."""
    client = FlaskClient(service.app, service.app.response_class)
    return client.open(path, headers={"Authorization": f"Bearer {service.key}"}, **request)


@contextmanager
def taken(service: Service, number: int) -> Iterator[list[Future[TestResponse]]]:
    """So many decisions asked for, whose bodies end when this does."""
    bodies = [Slow() for _ in range(number)]

    def ask(body: Slow) -> TestResponse:
        sent = {"input_stream": body, "content_length": len(BODY), "content_type": "application/json"}
        return opened(service, DECISIONS, method="POST", buffered=True, **sent)

    with ThreadPoolExecutor(number) as pool:
        try:
            asked = [pool.submit(ask, body) for body in bodies]
            until(lambda: places(service).inside + places(service).waiting == number)
            yield asked
        finally:
            for body in bodies:
                body.end.set()


def test_turns_away_at_once_when_all_places_are_taken_and_serves_all_afterwards(small: Service) -> None:
    before = places(small).turned_away
    with taken(small, 3) as asked:
        answer = small.decide(headers={"Request-Id": "mine-1"})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Request-Id"] == "mine-1"
        assert answer.mimetype == "application/problem+json"
        problem = told(answer)
        assert (problem["status"], problem["instance"], problem["request_id"]) == (503, DECISIONS, "mine-1")
        assert "Nothing was done; try again" in problem["detail"]
        assert small.get("/v1/policies").status_code == 503
        assert small.client.head("/v1/policies").data == b""
        browser = FlaskClient(small.app, small.app.response_class, use_cookies=False)
        asked_by = {"Accept": "text/html", "Accept-Language": "zh-CN,zh;q=0.9", "Request-Id": "mine-2"}
        page = browser.get("/decisions", headers=asked_by)
        assert (page.status_code, page.mimetype) == (503, "text/html")
        assert "目前请求过多" in page.text
        assert "mine-2" in page.text
        chosen = browser.get("/decisions", headers={**asked_by, "Cookie": "termwise_language=en"})
        assert "Too many are asking at this moment" in chosen.text
        assert places(small).turned_away == before + 5
        assert not any(one.done() for one in asked)
    assert [one.result(PATIENCE).status_code for one in asked] == [201, 201, 201]
    assert small.decide().status_code == 201
    assert (places(small).inside, places(small).waiting) == (0, 0)


def test_always_lets_in_who_asks_how_it_is(small: Service) -> None:
    with taken(small, 3):
        assert small.get("/healthz").status_code == 200
        assert small.client.head("/healthz").status_code == 200
        assert small.get("/readyz").status_code == 200
        text = small.get("/metrics").text
    assert 'termwise_requests_inside{kind="usual"} 2.0' in text
    assert 'termwise_requests_waiting{kind="usual"} 1.0' in text
    assert f'termwise_requests_turned_away_total{{kind="usual"}} {places(small).turned_away}.0' in text


def test_lets_decisions_in_beside_a_follower_and_a_batch(small: Service) -> None:
    small.services.sequencer.drain()
    query = {"after": small.services.store.events.head(), "wait": 20}
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(opened, small, "/v1/events", query_string=query, buffered=True)
        until(lambda: places(small, FOLLOWING).inside == 1)
        batch = opened(small, BATCH, method="POST", data=LINES, content_type="application/x-ndjson")
        with taken(small, 2) as asked:  # every place of a decision is still free
            still = (places(small, FOLLOWING).inside, places(small, LONG).inside, places(small).inside)
        batch.close()
        small.services.sequencer.drain()
        assert still == (1, 1, 2)
        assert [one.result(PATIENCE).status_code for one in asked] == [201, 201]
        assert following.result(PATIENCE).status_code == 200
    assert (places(small, FOLLOWING).inside, places(small, LONG).inside) == (0, 0)


@pytest.mark.parametrize("parts", [0, 1, 1000])
def test_gives_a_batch_s_place_back_when_its_client_hangs_up(small: Service, parts) -> None:
    answer = opened(small, BATCH, method="POST", data=LINES, content_type="application/x-ndjson")
    assert places(small, LONG).inside == 1
    for _, _ in zip(range(parts), answer.iter_encoded(), strict=False):
        pass
    answer.close()
    assert places(small, LONG).inside == 0


def test_gives_the_place_back_when_the_application_fails() -> None:
    def failing(environ, start_response):
        raise RuntimeError("on purpose")

    admission = Admission(failing, {USUAL: Places(Room(1, 0), 0.0)}, [])
    for _ in range(2):
        with pytest.raises(RuntimeError, match="on purpose"):
            admission(EnvironBuilder(path="/v1/policies").get_environ(), lambda *_: lambda _: None)
    assert admission.places[USUAL].inside == 0


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("POST /v1/policies/payment-terms/decisions", USUAL),
        ("POST /v1/policies/payment-terms/decisions/batch", LONG),
        ("POST /v1/policies/a/b/decisions/batch", USUAL),
        ("GET /v1/policies/payment-terms/decisions/batch", USUAL),
        ("POST /v1/rulesets/payment-terms/versions/1.1.0/rehearsal", LONG),
        ("HEAD /v1/audit/export", LONG),
        ("GET /v1/events", FOLLOWING),
        ("HEAD /readyz", None),
        ("GET /metrics", None),
        ("GET /healthz/", USUAL),
        ("GET /nowhere", USUAL),
    ],
)
def test_knows_which_places_a_call_takes(call, kind) -> None:
    method, path = call.split()
    assert kinds()({"REQUEST_METHOD": method, "PATH_INFO": path}) == kind
