"""Facts carried over to another version are those that were known, or there is a reason why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.services.comparing.carrying import NotComparable, carried
from app.services.policies import Ready
from schemas.json_values import json_values
from schemas.ruleset import load

RULESET = load((Path(__file__).resolve().parents[1] / "rulesets" / "every-feature.yaml").read_bytes())
READY = Ready(RULESET)
GIVEN = json_values(RULESET.baseline)


def why(given: dict[str, object], recalls: frozenset[str] = frozenset()) -> dict[str, str]:
    found = carried(READY, given, recalls)
    assert isinstance(found, NotComparable)
    return dict(found.because)


def test_what_was_known_is_typed_again_and_what_was_not_stays_unknown():
    assert carried(READY, GIVEN) == RULESET.baseline
    assert carried(READY, {**GIVEN, "gone": None}) == RULESET.baseline
    assert carried(READY, {name: value for name, value in GIVEN.items() if name != "tier"})["tier"] is None


def test_a_known_fact_that_the_version_has_not_is_in_the_way():
    assert why({**GIVEN, "gone": "1"}) == {"gone": "`gone` is known, and 2.10.0 has no such fact"}


def test_a_fact_that_is_needed_or_out_of_bounds_is_in_the_way():
    rest = {name: value for name, value in GIVEN.items() if name != "grade"}
    assert set(why({**rest, "answer_time": 100})) == {"grade", "answer_time"}


def test_what_would_have_been_recalled_is_known_to_nobody():
    rest = {name: value for name, value in GIVEN.items() if name != "last_limit"}
    assert set(why(rest, frozenset({"customer"}))) == {"last_limit"}
    assert carried(READY, rest, frozenset({"reference"})) == RULESET.baseline
    assert carried(READY, rest) == RULESET.baseline


def test_a_value_of_another_type_is_in_the_way():
    assert set(why({**GIVEN, "grade": "Z"})) == {"grade"}
    changed = Ready(replace(RULESET, facts={**RULESET.facts, "grade": RULESET.facts["amount"]}))
    assert isinstance(carried(changed, GIVEN), NotComparable)
