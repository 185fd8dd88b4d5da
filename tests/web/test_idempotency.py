"""A request under an idempotency key ..."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests import people
from tests.web.service import BATCH, DECISIONS, EXAMPLE, FACTS, NOON, Service, new_version, serving, told

KEY = {"Idempotency-Key": "7b1c-1"}


def test_gets_the_stored_answer_again(everywhere: Service) -> None:
    first = everywhere.decide(customer="C-1", headers=KEY)
    again = everywhere.decide(customer="C-1", headers=KEY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.data == first.data
    assert len(told(everywhere.get("/v1/decisions"))["decisions"]) == 1


def test_gets_it_on_another_day_and_under_another_version(tmp_path: Path) -> None:
    clock = [NOON]
    with serving(tmp_path, now=lambda: clock[0]) as service:
        first = service.decide(headers=KEY)
        clock[0] += timedelta(days=3)
        stricter = new_version(EXAMPLE, "1.1.0", ("value: 90", "value: 45"), ("net_days: 90", "net_days: 45"))
        service.publish(stricter, tmp_path / "rulesets")
        again = service.decide(headers=KEY)
        assert (again.status_code, again.data) == (200, first.data)
        fresh = told(service.decide())
        assert fresh["ruleset"]["version"] == "1.1.0"
        assert (fresh["as_of"], fresh["outputs"]["net_days"]) == ("2026-11-24", 45)
        assert told(again)["outputs"]["net_days"] == 90


def test_is_refused_for_another_body(everywhere: Service) -> None:
    first = everywhere.decide(headers=KEY)
    other = everywhere.decide(headers=KEY, reference="SO-2")
    assert other.status_code == 422
    assert told(first)["id"] in told(other)["detail"]
    spaced = everywhere.decide(headers=KEY, raw=json.dumps({"facts": FACTS}, indent=1).encode())
    assert spaced.status_code == 422


def test_is_another_request_for_another_caller_or_policy(tmp_path: Path) -> None:
    sibling = EXAMPLE.replace(b"policy: payment-terms", b"policy: sibling-terms")
    with serving(tmp_path, EXAMPLE, sibling) as service:
        other = people.key(service.services, people.person(service.services, "somebody-else"))
        answers = [
            service.decide(headers=KEY),
            service.decide(headers={**KEY, **people.bearer(other)}),
            service.decide(headers=KEY, policy="sibling-terms"),
        ]
        assert [one.status_code for one in answers] == [201, 201, 201]
        assert len({told(one)["id"] for one in answers}) == 3


def test_may_be_repeated_when_it_was_refused(service: Service) -> None:
    assert service.decide({}, headers=KEY).status_code == 422
    assert service.decide(headers=KEY).status_code == 201


def test_gets_one_decision_however_many_twins_it_has(everywhere: Service) -> None:
    body = json.dumps({"facts": FACTS, "customer": "C-1"}).encode()

    headers = {**KEY, **people.bearer(everywhere.key)}

    def ask(_: int) -> tuple[int, bytes]:
        answer = everywhere.app.test_client().post(
            DECISIONS, data=body, content_type="application/json", headers=headers
        )
        return answer.status_code, answer.data

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    assert sorted(status for status, _ in answers) == [200] * 15 + [201]
    assert len({data for _, data in answers}) == 1
    assert len(told(everywhere.get("/v1/decisions"))["decisions"]) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "\u00e9"])
def test_needs_a_key_of_printable_ascii(shared: Service, key: str) -> None:
    assert shared.decide(headers={"Idempotency-Key": key}).status_code == 422


def test_is_gone_once_its_subject_was_erased(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        first = service.decide(customer="C-1", headers=KEY)
        service.erase("C-1")
    with serving(tmp_path) as service:
        assert service.decide(customer="C-1", headers=KEY).status_code == 410
        for rest in ("", "/explanation", "/letters"):
            assert service.get(first.headers["Location"] + rest).status_code == 410
        assert service.post(first.headers["Location"] + "/replay", b"").status_code == 410
        assert service.decide(customer="C-1").status_code == 201


def test_is_kept_apart_in_a_batch_and_among_twins_there(everywhere: Service) -> None:
    line = json.dumps({"facts": FACTS, "idempotency_key": "run-1/1"}).encode()
    other = json.dumps({"facts": FACTS, "idempotency_key": "run-1/1", "reference": "SO-2"}).encode()
    answer = everywhere.post(BATCH, b"\n".join([line, line, other]), "application/x-ndjson")
    first, twin, refused = (json.loads(one) for one in answer.data.splitlines())
    assert (first["replayed"], twin["replayed"]) == (False, True)
    assert twin["decision"] == first["decision"]
    assert refused["problem"]["status"] == 422
    (again,) = everywhere.post(BATCH, line, "application/x-ndjson").data.splitlines()
    assert json.loads(again) == {"id": 1, "replayed": True, "decision": first["decision"]}
