"""When the two engines do not agree ..."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.audit import EntryKind
from app.domain.matching import ENGINE_DISAGREEMENT, ENGINE_FAILED, NoAnswer
from app.domain.values import Values
from app.engine import agreement
from app.engine.direct import DirectMatcher
from tests.web.service import BATCH, FACTS, Service, as_made, serving, told


class OneRuleOff(DirectMatcher):
    """A matcher with a planted fault: in the second step it is wrong about the first rule."""

    def holding(self, step: int, values: Values) -> int:
        held = super().holding(step, values)
        return held ^ 1 if step == 1 else held


class OutOfOrder(DirectMatcher):
    """A matcher that gives no answer."""

    def holding(self, step: int, values: Values) -> int:
        raise NoAnswer(ENGINE_FAILED, f"out of order at step {step} with {len(values)} values")


def doubts(service: Service) -> list[dict[str, Any]]:
    """The clear parts of the entries of engines' doubts."""
    entries = service.services.store.decisions.entries(EntryKind.ENGINE_DISAGREEMENT)
    return [json.loads(entry.leaf)["clear"] for entry in entries]


@pytest.mark.parametrize(
    ("matcher", "code"), [(OneRuleOff, ENGINE_DISAGREEMENT), (OutOfOrder, ENGINE_FAILED)]
)
def test_a_person_decides_and_the_log_says_so(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, matcher: type, code: str
) -> None:
    monkeypatch.setattr(agreement, "DirectMatcher", matcher)
    with serving(tmp_path, database_url=database_url) as service:
        answer = service.decide(customer="C-1")
        assert answer.status_code == 201
        decision = told(answer)
        assert (decision["outcome"], decision["outcome_kind"]) == ("refer", "referral")
        assert decision["outputs"] == {}
        (reason,) = decision["reasons"]
        assert (reason["code"], reason["rule"]) == (code, None)
        assert all(not one["effective"] and not one["decisive"] for one in decision["fired"])
        assert decision["failure"]["code"] == code
        assert as_made(service.get(answer.headers["Location"])) == answer.data
        assert told(service.get(answer.headers["Location"] + "/letters"))["letters"] == []
        assert [(one["decision"], one["code"]) for one in doubts(service)] == [(decision["id"], code)]
        metric = f'termwise_engine_doubts_total{{code="{code}",policy="payment-terms"}} 1.0'
        assert metric in service.get("/metrics").text
        found = told(service.get("/v1/decisions", reason=code))["decisions"]
        assert [one["id"] for one in found] == [decision["id"]]


def test_each_line_of_a_batch_has_its_own_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "DirectMatcher", OneRuleOff)
    with serving(tmp_path) as service:
        body = b"\n".join(
            [json.dumps({"facts": FACTS}).encode(), b"{}", json.dumps({"facts": FACTS}).encode()]
        )
        lines = [
            json.loads(line) for line in service.post(BATCH, body, "application/x-ndjson").data.splitlines()
        ]
        decided = [one["decision"]["id"] for one in lines if "decision" in one]
        assert len(decided) == 2
        assert [one["decision"] for one in doubts(service)] == decided


def test_a_simulation_is_referred_too_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "DirectMatcher", OneRuleOff)
    with serving(tmp_path) as service:
        answer = service.post("/v1/policies/payment-terms/simulations", json.dumps({"facts": FACTS}).encode())
        assert told(answer)["reasons"][0]["code"] == ENGINE_DISAGREEMENT
        assert "termwise_engine_doubts_total" in service.get("/metrics").text


def test_a_replay_with_sound_engines_tells_the_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as planted:
        planted.setattr(agreement, "DirectMatcher", OneRuleOff)
        with serving(tmp_path) as service:
            decision = told(service.decide())
    with serving(tmp_path) as service:
        replay = told(service.post(f"/v1/decisions/{decision['id']}/replay", b""))
    assert replay["result"] == "different"
    parts = {one["part"]: one for one in replay["differences"]}
    assert (parts["outcome"]["recorded"], parts["outcome"]["replayed"]) == ("refer", "counter")
    assert parts["failure"]["replayed"] is None
