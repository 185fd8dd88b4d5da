"""Erasures, holds and keep times over HTTP ..."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.domain.people import Role
from tests.every_kind import GIVEN, TEXT
from tests.web.service import Service, serving, told

WHY = {"reason": "subject-request"}


def send(service: Service, method: str, path: str, body: Any, role: Role = Role.LEGAL) -> TestResponse:
    return service.client.open(
        path,
        method=method,
        data=json.dumps(body),
        content_type="application/json",
        headers=service.as_role(role),
    )


def erase(service: Service, customer: str = "C-1", **body: Any) -> TestResponse:
    return send(service, "POST", f"/v1/customers/{customer}/erasure", {**WHY, **body})


def test_take_away_what_was_decided_and_leave_what_stands_in_the_clear(everywhere: Service) -> None:
    key = {"Idempotency-Key": "k"}
    first = everywhere.decide(customer="C-1", reference="SO-1", headers=key)
    other = everywhere.decide(customer="C-2").headers["Location"]
    made = told(erase(everywhere, note="by letter"))
    assert (made["reason"], made["decisions"], len(made["keys"])) == ("subject-request", 1, 1)
    here = first.headers["Location"]
    for rest in ("", "/explanation", "/letters"):
        gone = everywhere.get(here + rest)
        assert gone.status_code == 410
        assert told(gone)["errors"][0]["code"] == "erased"
    assert everywhere.post(f"{here}/replay", b"").status_code == 410
    assert everywhere.decide(customer="C-1", reference="SO-1", headers=key).status_code == 410
    assert everywhere.get(other).status_code == 200
    for query in ({"customer": "C-1"}, {"reference": "SO-1"}):
        (found,) = told(everywhere.get("/v1/decisions", **query))["decisions"]
        assert found["id"] == told(first)["id"]
    everywhere.services.sequencer.drain()
    assert everywhere.get(f"{here}/proof").status_code == 200
    assert told(erase(everywhere)) == made
    again = everywhere.decide(customer="C-1").headers["Location"]
    assert everywhere.get(again).status_code == 200


def test_are_refused_where_nothing_is_kept_or_the_request_is_not_understood(service: Service) -> None:
    service.decide(customer="C-1")
    assert erase(service, "C-unknown").status_code == 404
    assert erase(service, "%20C-1").status_code == 404
    for body in (
        {"reason": "retention"},
        {"reason": "because"},
        {},
        {**WHY, "customer": "C-1"},
        {**WHY, "note": ""},
    ):
        answer = send(service, "POST", "/v1/customers/C-1/erasure", body)
        assert answer.status_code == 422, body
        assert told(answer)["errors"]


def test_reach_a_customer_whose_name_holds_a_slash(service: Service) -> None:
    here = service.decide(customer="A/B & C").headers["Location"]
    assert told(erase(service, "A%2FB%20%26%20C"))["decisions"] == 1
    assert service.get(here).status_code == 410


def test_wait_for_a_hold_to_be_released(everywhere: Service) -> None:
    everywhere.decide(customer="C-1")
    path = "/v1/customers/C-1/hold"
    none = told(everywhere.client.get(path, headers=everywhere.as_role(Role.AUDITOR)))
    assert none == {"held": False, "last": None, "at": None, "by": None, "reason": None, "entry": None}
    assert send(everywhere, "DELETE", path, {"reason": "none stands"}).status_code == 404
    placed = told(send(everywhere, "PUT", path, {"reason": "a lawsuit"}))
    assert (placed["held"], placed["last"], placed["reason"]) == (True, "held", "a lawsuit")
    assert told(send(everywhere, "PUT", path, {"reason": "another"})) == placed
    refused = erase(everywhere)
    assert refused.status_code == 409
    assert "legal hold" in told(refused)["detail"]
    released = told(send(everywhere, "DELETE", path, {"reason": "settled"}))
    assert (released["held"], released["last"]) == (False, "released")
    assert erase(everywhere).status_code == 200
    after = told(everywhere.client.get(path, headers=everywhere.as_role(Role.LEGAL)))
    assert (after["held"], after["last"], after["reason"]) == (False, "erased", None)


def test_of_every_policy_are_set_withdrawn_and_remembered(everywhere: Service) -> None:
    def put(**body: Any) -> TestResponse:
        return send(everywhere, "PUT", "/v1/retention", body)

    rules = told(put(policy="payment-terms", months=120, source="a law"))["rules"]
    assert [(one["policy"], one["months"], one["source"]) for one in rules] == [
        ("payment-terms", 120, "a law")
    ]
    assert len(told(put(policy="*", months=24, source="a rule"))["rules"]) == 2
    assert len(told(put(policy="*", months=None, source="no rule"))["rules"]) == 1
    auditor = everywhere.as_role(Role.AUDITOR)
    history = told(everywhere.client.get("/v1/retention?history=yes", headers=auditor))["rules"]
    assert [one["months"] for one in history] == [24, None, 120]
    assert everywhere.client.get("/v1/retention?history=no", headers=auditor).status_code == 422
    for wrong in (
        {"policy": "payment-terms", "source": "no months"},
        {"policy": "payment-terms", "months": 0, "source": "x"},
        {"policy": "payment-terms", "months": 12},
        {"policy": "Payment Terms", "months": 12, "source": "x"},
    ):
        assert put(**wrong).status_code == 422
    assert put(policy="none", months=12, source="x").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LEGAL])
def test_are_for_legal_alone(shared: Service, role: Role) -> None:
    for method, path, body in (
        ("POST", "/v1/customers/C-1/erasure", WHY),
        ("PUT", "/v1/customers/C-1/hold", {"reason": "x"}),
        ("DELETE", "/v1/customers/C-1/hold", {"reason": "x"}),
        ("PUT", "/v1/retention", {"policy": "*", "months": 1, "source": "x"}),
    ):
        assert send(shared, method, path, body, role).status_code == 403


def test_leave_what_would_be_recalled_unknown(tmp_path: Path) -> None:
    with serving(tmp_path, TEXT) as service:
        asked = {"reference": "INV-1", "customer": "C-1"}

        def decide(day: str) -> Any:
            return told(service.decide(GIVEN, policy="every-kind", as_of=day, **asked))

        decide("2026-01-01")
        assert decide("2026-01-02")["facts"]["stages"] == ["CALL"]
        assert erase(service).status_code == 200
        after = decide("2026-01-03")
        assert (after["facts"]["stages"], after["recalled"]) == (None, [])
