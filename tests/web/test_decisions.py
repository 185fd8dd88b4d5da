"""A decision over HTTP ..."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.lifecycle import State
from app.domain.people import Role
from tests.web.service import EXAMPLE, FACTS, NOON, Service, as_made, faults, serving, told


def test_is_made_recorded_and_read_back_byte_for_byte(everywhere: Service) -> None:
    made = everywhere.decide(customer="C-1042", reference="SO-881")
    assert made.status_code == 201
    assert made.headers["Location"] == f"/v1/decisions/{told(made)['id']}"
    read = everywhere.get(made.headers["Location"])
    assert (read.status_code, as_made(read)) == (200, made.data)


def test_tells_outcome_outputs_reasons_rules_and_every_value(shared: Service) -> None:
    decision = told(shared.decide(customer="C-1042", reference="SO-881", as_of="2026-11-20"))
    assert decision["policy"] == "payment-terms"
    assert decision["ruleset"]["version"] == "1.0.0"
    assert decision["as_of"] == "2026-11-20"
    assert (decision["requested_by"], decision["role"]) == (str(shared.officer.id), "credit-officer")
    assert decision["asked_by"] is None
    assert (decision["outcome"], decision["outcome_kind"]) == ("counter", "conditional")
    assert decision["outputs"] == {"net_days": 90, "prepayment_due": "0.0000"}
    assert decision["reasons"] == [
        {
            "code": "TERM_TOO_LONG",
            "text": {"en": "The longest term we can give is 90 days.", "zh": "我方最长账期为90天。"},
            "rule": "safeguards/term-too-long",
            "principal": True,
        }
    ]
    assert [(one["step"], one["rule"], one["decisive"]) for one in decision["fired"]] == [
        ("base-terms", "best-within-limit", False),
        ("safeguards", "term-too-long", True),
    ]
    assert decision["fired"][1]["read"] == {"requested_net_days": 120}
    assert decision["facts"] == {**FACTS, "prepayment": "0.1000"}
    assert decision["derived"] == {"utilisation": "0.3000"}


def test_takes_unknown_as_null_or_left_out_alike(shared: Service) -> None:
    left_out = {name: value for name, value in FACTS.items() if name != "grade"}
    answers = [told(shared.decide(facts)) for facts in (left_out, {**FACTS, "grade": None})]
    assert [one["outcome"] for one in answers] == ["refer", "refer"]
    assert [one["facts"]["grade"] for one in answers] == [None, None]


@pytest.mark.parametrize(
    ("zone", "hour", "today"),
    [("UTC", 23, "2026-11-21"), ("Asia/Shanghai", 23, "2026-11-22"), ("America/New_York", 2, "2026-11-20")],
)
def test_is_as_of_today_where_the_business_is(tmp_path: Path, zone: str, hour: int, today: str) -> None:
    instant = datetime(2026, 11, 21, hour, 30, tzinfo=UTC)
    with serving(tmp_path, now=lambda: instant, TERMWISE_TIMEZONE=zone) as service:
        decision = told(service.decide())
    assert decision["as_of"] == today
    assert decision["decided_at"] == f"2026-11-21T{hour:02}:30:00.000000Z"


def test_is_refused_in_another_currency(shared: Service) -> None:
    answer = shared.decide(currency="EUR")
    assert answer.status_code == 422
    assert "decides in CNY, not in EUR" in faults(answer)["/currency"]
    assert shared.decide(currency="CNY").status_code == 201


def test_is_refused_on_facts_that_are_wrong_with_one_entry_each(shared: Service) -> None:
    facts: dict[str, Any] = {"grade": "Z", "credit_limt": 1, "prepayment": 0.5, "order_amount": "10000"}
    answer = shared.decide(facts)
    assert answer.status_code == 422
    assert set(faults(answer)) == {
        "/facts/credit_limt",
        "/facts/credit_limit",
        "/facts/exposure",
        "/facts/grade",
        "/facts/prepayment",
        "/facts/requested_net_days",
    }


def test_keeps_a_role_from_giving_what_is_not_its_to_give(shared: Service) -> None:
    answer = shared.decide(headers=shared.as_role(Role.SALES))
    assert answer.status_code == 422
    assert set(faults(answer)) == {"/facts/grade", "/facts/credit_limit", "/facts/exposure"}
    officer = shared.decide(headers=shared.as_role(Role.CREDIT_OFFICER), facts={**FACTS, "exposure": "1"})
    assert set(faults(officer)) == {"/facts/exposure"}
    assert shared.decide().status_code == 201  # a key with the scope decide:file


def test_needs_a_policy_that_is_there_and_in_force(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        unknown = service.decide(policy="payment-term")
        assert unknown.status_code == 404
        assert told(unknown)["detail"] == "There is no policy payment-term; did you mean payment-terms?"
        draft = EXAMPLE.replace(b"policy: payment-terms", b"policy: draft-terms")
        folder = tmp_path / "rulesets" / "draft-terms"
        folder.mkdir()
        (folder / "1.0.0.yaml").write_bytes(draft)
        service.services.publishing.synchronise(tmp_path / "rulesets", "operator")
        waiting = service.decide(policy="draft-terms")
        assert waiting.status_code == 409
        assert told(waiting)["detail"] == "No version of draft-terms is in force; activate one first."
        assert told(service.get("/v1/policies"))["policies"][0] == {
            "policy": "draft-terms",
            "title": None,
            "active": None,
        }
        (event,) = service.services.policies.versions("draft-terms")
        assert event.state is State.DRAFT


def test_is_not_made_when_it_cannot_be_recorded(tmp_path: Path) -> None:
    with serving(tmp_path, now=lambda: NOON) as service:
        service.services.store.close()
        answer = service.decide()
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        batch = service.post(
            "/v1/policies/payment-terms/decisions/batch", b'{"facts": {}}', "application/x-ndjson"
        )
        assert told(batch)["problem"]["status"] in (422, 503)
    with serving(tmp_path) as service:
        assert told(service.get("/v1/decisions"))["decisions"] == []
