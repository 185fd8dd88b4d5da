"""A simulation ..."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.domain.audit import EntryKind
from tests.web.service import EXAMPLE, FACTS, SIMULATIONS, Service, faults, new_version, serving, told


def simulate(service: Service, **envelope: Any) -> Any:
    return service.post(SIMULATIONS, json.dumps({"facts": FACTS, **envelope}).encode())


def test_answers_like_a_decision_and_is_none(everywhere: Service) -> None:
    answer = told(simulate(everywhere, customer="C-1", reference="SO-1", as_of="2026-01-31"))
    decision = told(everywhere.decide(customer="C-1", reference="SO-1", as_of="2026-01-31"))
    assert answer.pop("simulated_at")
    only_recorded = {"id", "decided_at", "requested_by", "role", "asked_by", "recalled", "receipt"}
    assert decision.pop("replaces") is None
    assert answer == {name: value for name, value in decision.items() if name not in only_recorded}
    assert len(told(everywhere.get("/v1/decisions"))["decisions"]) == 1


def test_leaves_an_entry_that_says_who_asked(everywhere: Service) -> None:
    simulate(everywhere)
    (entry,) = everywhere.services.store.decisions.entries(EntryKind.SIMULATION)
    clear = json.loads(entry.leaf)["clear"]
    assert (clear["policy"], clear["outcome"], clear["role"]) == (
        "payment-terms",
        "counter",
        "credit-officer",
    )
    assert everywhere.get(f"/v1/decisions/{entry.id}").status_code == 404


def test_may_name_any_version(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        stricter = new_version(EXAMPLE, "1.1.0", ("value: 90", "value: 45"), ("net_days: 90", "net_days: 45"))
        service.publish(stricter, tmp_path / "rulesets")
        days = {
            version: told(simulate(service, version=version))["outputs"]["net_days"]
            for version in ("1.0.0", "1.1.0", None)
        }
        assert days == {"1.0.0": 90, "1.1.0": 45, None: 45}
        missing = simulate(service, version="2.0.0")
        assert missing.status_code == 404
        assert told(missing)["detail"] == "payment-terms has no version 2.0.0; it has 1.0.0, 1.1.0."


def test_is_refused_where_a_decision_would_be(shared: Service) -> None:
    assert set(faults(simulate(shared, facts={**FACTS, "grade": 1}))) == {"/facts/grade"}
    assert set(faults(simulate(shared, currency="EUR"))) == {"/currency"}
    assert shared.post(SIMULATIONS, b'{"facts": {}, "id": 1}').status_code == 422
