"""A comparison over HTTP ..."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.people import Role
from tests.web.service import EXAMPLE, FACTS, Service, faults, new_version, serving, told

PATH = "/v1/rulesets/payment-terms/comparison"
STRICT = new_version(EXAMPLE, "1.1.0", ("value: 90", "value: 60"), ("net_days: 90}", "net_days: 60}"))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("comparisons")
    with serving(folder) as service:
        service.publish(STRICT, folder / "rulesets")
        yield service


def compared(service: Service, **query: Any) -> Any:
    return told(service.get(PATH, **{"from": "1.0.0", "to": "1.1.0", **query}))


def test_tells_changes_effects_cases_and_the_text(two: Service) -> None:
    found = compared(two, lang="en")
    said = [one["said"] for one in found["changes"]]
    assert "Parameter `max_balance_days` 90 -> 60" in said
    effects = [one["said"] for one in found["effects"]]
    assert "`max_balance_days`: rule `term-too-long` now fires from 61 (before: from 91)" in effects
    assert {one["case"] for one in found["cases"]} == {
        "A long term for a good customer is countered, not refused"
    }
    assert found["cases"][0]["said"].endswith("counter; `net_days` 90 -> 60")
    assert "\n-  max_balance_days:" in found["text"]["unified"]
    (change,) = [one for one in found["changes"] if one["id"] == "max_balance_days"]
    assert (change["field"], change["from"], change["to"]) == (["value"], "90", "60")
    assert change["lines"]["from"]["first"] == change["lines"]["to"]["first"]


def test_speaks_both_languages_unless_one_is_asked_for(two: Service) -> None:
    both = compared(two)["changes"][0]["said"]
    assert set(both) == {"en", "zh"}
    assert compared(two, lang="zh")["changes"][0]["said"] == both["zh"]


def test_of_a_version_with_itself_says_that_it_is_identical(two: Service) -> None:
    found = compared(two, to="1.0.0")
    assert found["identical"] is True
    assert [found[name] for name in ("changes", "effects", "cases")] == [[], [], []]
    assert found["text"] == {"unified": "", "hunks": [], "unexplained": []}


def test_needs_two_versions_that_are_there(two: Service) -> None:
    assert two.get(PATH, **{"from": "1.0.0"}).status_code == 422
    assert faults(two.get(PATH)) == {"": "`to` is missing; it takes a version"}
    assert two.get(PATH, **{"from": "1.0.0", "to": "1.1.0", "lang": "fr"}).status_code == 422
    assert two.get(PATH, **{"from": "1.0.0", "to": "7.0.0"}).status_code == 404
    assert two.get("/v1/rulesets/nothing/comparison", **{"from": "1.0.0", "to": "1.1.0"}).status_code == 404


def test_is_for_officers_auditors_and_administrators(two: Service) -> None:
    allowed = (Role.CREDIT_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
    for role in Role:
        answer = two.client.get(f"{PATH}?from=1.0.0&to=1.1.0", headers=two.as_role(role))
        assert answer.status_code == (200 if role in allowed else 403), role


def test_leaves_nothing_in_the_log(two: Service) -> None:
    compared(two)
    before = len(two.services.store.decisions.entries())
    compared(two)
    assert len(two.services.store.decisions.entries()) == before


PROOF = f"{PATH}/proof?from=1.0.0&to=1.1.0"


def test_proves_in_which_ways_two_versions_differ(two: Service) -> None:
    found = told(two.post(f"{PROOF}&lang=en", b""))
    assert (found["verdict"], found["complete"]) == ("differs", True)
    assert found["said"].endswith("and in no other: proven.")
    outcome = next(one for one in found["regions"] if one["differs"] == "outcome")
    assert (outcome["from"]["outcome"], outcome["to"]["outcome"]) == ("offer", "counter")
    assert 60 < outcome["facts"]["requested_net_days"] <= 90
    assert outcome["rules_new"] == ["safeguards/term-too-long"]
    assert outcome["said"].startswith("offer becomes counter; for example on ")


def test_counts_the_recorded_decisions_of_each_way_as_a_rehearsal(two: Service) -> None:
    told(two.decide({**FACTS, "grade": "A", "requested_net_days": 75}))
    before = len(two.services.store.decisions.entries())
    found = told(two.post(PROOF, b""))
    assert found["recorded"]["differing"] >= 1
    (outcome,) = (one for one in found["regions"] if one["differs"] == "outcome")
    assert outcome["recorded"] >= 1
    assert set(outcome["said"]) == {"en", "zh"}
    assert len(two.services.store.decisions.entries()) == before + 1


def test_proves_that_a_version_is_equal_to_itself(two: Service) -> None:
    found = told(two.post(f"{PATH}/proof?from=1.0.0&to=1.0.0&lang=zh", b""))
    assert (found["verdict"], found["regions"]) == ("equal", [])
    assert found["said"].startswith("相同，已证明")
    assert two.post(f"{PATH}/proof?from=1.0.0", b"").status_code == 422
    assert two.post(f"{PATH}/proof?from=1.0.0&to=9.9.9", b"").status_code == 404
