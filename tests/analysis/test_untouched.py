"""A threshold is touched where an example or case stands on the last value of either side ..."""

from __future__ import annotations

import pytest

from app.analysis.checking import check
from app.analysis.settled import Status
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.direct import DirectMatcher
from tests.analysis.tables import findings, ruleset, table
from tests.small_rulesets import rules


def case(given: str) -> str:
    return f"- {{name: A case, given: {{{given}}}, expect: {{outcome: pass}}}}"


def status(made: Ruleset) -> Status | None:
    claims = check(Plan(made), DirectMatcher(made)).claims
    return next((one.status for one in claims if one.check == "thresholds"), None)


ROWS = table("FIRST", "days", "< 30", "[30..60)", "-")


def test_and_is_told_where_none_does() -> None:
    (found,) = findings(ruleset(ROWS), "thresholds")
    assert found.severity == "warn"
    assert found.message.startswith("`table`: no example or case stands at 2 of its 2 thresholds: ")
    assert "Text `< 30` (line " in found.message
    assert status(ruleset(ROWS)) is Status.REFUTED


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 1), (28, 2), (31, 2), (59, 1), (60, 1)])
def test_once_however_many_rows_turn_there(days: int, left: int) -> None:
    (found,) = findings(ruleset(ROWS, cases=case(f"days: {days}")), "thresholds")
    assert f"at {left} of its 2 thresholds" in found.message


def test_also_of_what_is_calculated() -> None:
    double = "- {formula: double, type: days, expression: days * 2, label: {en: Double, zh: 双}}"
    made = ruleset(double, table("FIRST", "double", "<= 39", "-"), cases=case("days: 20"))
    assert findings(made, "thresholds") == []
    assert status(made) is Status.PROVEN


def test_by_the_examples_of_a_rule() -> None:
    listed = rules("list", "COLLECT", 'late-ones, {days: "> 30"}, {mark: 1}')
    assert status(ruleset(listed)) is Status.REFUTED
    shown = listed.replace("source: x", "source: x, not_on: {days: 30}")
    assert shown != listed
    assert status(ruleset(shown)) is Status.PROVEN


@pytest.mark.parametrize(("asked", "severities"), [("error", ["error"]), ("warn", ["warn"]), ("off", [])])
def test_as_gravely_as_the_ruleset_asks(asked: str, severities: list[str]) -> None:
    made = ruleset(ROWS, checks=f"thresholds: {asked}")
    assert [str(one.severity) for one in findings(made, "thresholds")] == severities


def test_and_where_there_are_none_nothing_is_claimed() -> None:
    assert status(ruleset(table("FIRST", "grade", "A", "-"))) is None
