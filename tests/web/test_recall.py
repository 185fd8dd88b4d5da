"""A fact with recall ..."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.every_kind import GIVEN, TEXT
from tests.web.service import Service, serving, told


@pytest.fixture
def service(tmp_path: Path, database_url: str) -> Iterator[Service]:
    with serving(tmp_path, TEXT, database_url=database_url) as opened:
        yield opened


def decide(service: Service, day: str, reference: str | None = "INV-1", **more: Any) -> Any:
    facts = {**GIVEN, **more.pop("facts", {})}
    body = {"as_of": day, "reference": reference, "customer": "C-1", **more}
    return told(service.decide(facts, policy="every-kind", **body))


def test_is_filled_from_earlier_decisions_on_the_same_reference(service: Service) -> None:
    first, second, third = (decide(service, f"2026-01-0{day}") for day in (1, 2, 3))
    assert [one["outputs"]["stage"] for one in (first, second, third)] == ["CALL", "LETTER", "LETTER"]
    assert [one["facts"]["stages"] for one in (first, second, third)] == [[], ["CALL"], ["CALL", "LETTER"]]
    assert [one["facts"]["last_day"] for one in (first, second, third)] == [None, "2026-01-01", "2026-01-02"]
    assert third["recalled"] == ["last_day", "stages"]
    assert decide(service, "2026-01-03", "INV-2", customer="C-2")["facts"]["stages"] == []


def test_looks_at_earlier_days_only(service: Service) -> None:
    decide(service, "2026-01-05")
    assert decide(service, "2026-01-05")["facts"]["stages"] == []
    assert decide(service, "2026-01-04")["facts"]["stages"] == []
    assert decide(service, "2026-01-06")["facts"]["stages"] == ["CALL"]


def test_is_what_was_sent_where_something_was_sent(service: Service) -> None:
    decide(service, "2026-01-01")
    sent = decide(service, "2026-01-02", facts={"stages": [], "last_day": "2025-12-31"})
    assert (sent["facts"]["stages"], sent["facts"]["last_day"]) == ([], "2025-12-31")
    assert sent["recalled"] == []
    null = decide(service, "2026-01-02", facts={"stages": None})
    assert null["facts"]["stages"] == ["CALL"]


def test_stays_unknown_without_a_name_to_look_up(service: Service) -> None:
    decide(service, "2026-01-01")
    nameless = decide(service, "2026-01-02", None, customer=None)
    assert (nameless["facts"]["stages"], nameless["facts"]["last_day"]) == (None, None)
    assert nameless["recalled"] == []


def test_is_stored_so_that_replay_needs_no_history(service: Service) -> None:
    decide(service, "2026-01-01")
    second = decide(service, "2026-01-03")
    decide(service, "2026-01-02", facts={"stages": ["LETTER"]})
    replay = told(service.post(f"/v1/decisions/{second['id']}/replay", b""))
    assert replay == {"id": second["id"], "result": "identical", "differences": []}


def test_is_not_filled_in_a_simulation(service: Service) -> None:
    decide(service, "2026-01-01")
    body = {"facts": GIVEN, "reference": "INV-1", "as_of": "2026-01-02"}
    answer = service.post("/v1/policies/every-kind/simulations", json.dumps(body).encode())
    assert told(answer)["facts"]["stages"] is None


def test_sees_the_lines_before_it_in_one_batch(service: Service) -> None:
    lines = [
        {"id": day, "facts": GIVEN, "reference": "INV-1", "customer": "C-1", "as_of": f"2026-01-0{day}"}
        for day in (1, 2, 3)
    ]
    body = b"\n".join(json.dumps(one).encode() for one in lines)
    answer = service.post("/v1/policies/every-kind/decisions/batch", body, "application/x-ndjson")
    stages = [json.loads(line)["decision"]["outputs"]["stage"] for line in answer.data.splitlines()]
    assert stages == ["CALL", "LETTER", "LETTER"]
