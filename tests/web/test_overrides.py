"""Overrides are counted ..."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.people import Role
from tests.referred import LONG, REFERRED, REFUSE, WORST, holder, referred, settle, signed_in
from tests.web.service import NOON, Service, serving, told

NOTE = {"note": "Known for years."}
RULES = "safeguards"


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """A service in which two officers settled this and that, an hour apart."""
    clock = [NOON]
    with serving(tmp_path_factory.mktemp("counted"), REFERRED, now=lambda: clock[0]) as service:
        mild, strict = holder(service, "mild"), holder(service, "strict")
        headers = signed_in(service, mild)
        settle(service, referred(service), headers)  # an offer, as the rules say
        settle(service, referred(service, LONG), headers, **NOTE)  # milder than counter
        settle(service, referred(service, WORST), headers, **NOTE)  # milder than refuse
        clock[0] += timedelta(minutes=20)
        headers = signed_in(service, strict)
        last = referred(service, LONG)
        first = told(settle(service, last, headers, **REFUSE))  # stricter than counter
        settle(
            service, last, headers, follows=first["id"], outcome="counter", terms={"prepayment_due": "0.3"}
        )
        yield service, mild, strict


def overrides(service: Service, by: str, headers=None, **query):
    """The count."""
    found = service.client.get(
        "/v1/referrals/overrides", query_string={"by": by, **query}, headers=headers or {}
    )
    assert found.status_code == 200, found.text
    return told(found)["overrides"]


def test_by_person(counted) -> None:
    service, mild, strict = counted
    assert overrides(service, "person") == [
        {"person": str(mild.id), "name": "Mild", "settled": 3, "outcomes": {"offer": 3}, "overrides": 2},
        {
            "person": str(strict.id),
            "name": "Strict",
            "settled": 2,
            "outcomes": {"counter": 1, "refuse": 1},
            "overrides": 0,
        },
    ]


def test_by_rule_with_what_it_called_for_and_what_was_set_aside(counted) -> None:
    found = {one.pop("rule"): one for one in overrides(counted[0], "rule")}
    assert found == {
        f"{RULES}/term-too-long": {"settled": 1, "outcomes": {"offer": 1}, "overrides": 1},
        f"{RULES}/worst-grade": {"settled": 1, "outcomes": {"offer": 1}, "overrides": 1},
        f"{RULES}/grade-unknown": {
            "settled": 4,
            "outcomes": {"counter": 1, "offer": 2, "refuse": 1},
            "overrides": 0,
        },
    }


def test_by_reason(counted) -> None:
    found = {one["reason"]: (one["settled"], one["overrides"]) for one in overrides(counted[0], "reason")}
    assert found == {"RISK_TAKEN": (4, 2), "RISK_CONFIRMED": (1, 0)}


def test_of_a_policy_and_a_time(counted) -> None:
    service, mild, strict = counted
    assert overrides(service, "person", policy="other") == []
    until = {"until": "2026-11-21T12:20:00Z"}
    assert [one["person"] for one in overrides(service, "person", **until)] == [str(mild.id)]
    since = {"since": "2026-11-21T12:20:00Z"}
    assert [one["person"] for one in overrides(service, "person", **since)] == [str(strict.id)]


def test_for_officers_and_auditors_alone(counted) -> None:
    service = counted[0]
    assert overrides(service, "person", service.as_role(Role.AUDITOR, "auditor"))
    for role in (Role.SALES, Role.FINANCE, Role.LEGAL, Role.ADMINISTRATOR):
        answer = service.client.get("/v1/referrals/overrides", headers=service.as_role(role))
        assert answer.status_code == 403


@pytest.mark.parametrize("query", [{"by": "mood"}, {"since": "soon"}, {"until": "2026-13-01"}, {"x": "1"}])
def test_not_by_what_cannot_be_read(counted, query) -> None:
    assert counted[0].client.get("/v1/referrals/overrides", query_string=query).status_code == 422
