"""An example or case that does not come out as written ..."""

from __future__ import annotations

from app.analysis.examples import run_samples
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.direct import DirectMatcher
from tests.analysis.tables import ruleset
from tests.small_rulesets import LABEL

RULE = f"""
- rules: list
  hit_policy: COLLECT
  list:
  - id: late-ones
    {LABEL}
    when: {{late: "> longest"}}
    then: {{outcome: refuse}}
    source: x
    fires_on: {{late: LATE}}
    not_on: {{late: 30}}
  - {{id: unknown-ones, {LABEL}, when: {{late: unknown}}, then: {{outcome: refer}}, source: x}}
"""
PARAMETERS = "longest: {type: days, value: 30}"


def made(late: int = 31, cases: str = "") -> Ruleset:
    given = {"cases": cases} if cases else {}
    return ruleset(RULE.replace("LATE", str(late)), parameters=PARAMETERS, **given)


def said(one: Ruleset) -> list[str]:
    return [found.message for found in run_samples(Plan(one), DirectMatcher(one))[0]]


def test_is_no_finding_where_it_does() -> None:
    assert said(made()) == []


def test_is_told_with_the_rule_its_threshold_and_their_lines() -> None:
    (message,) = said(made(late=29))
    assert "rule `late-ones` (line" in message
    assert "`fires_on` does not hold; it did not fire: late is 29, and the test is `> longest`" in message
    assert "longest = 30 (line" in message


def test_is_told_with_what_set_the_outcome_instead() -> None:
    case = "- {name: A late one passes, given: {late: 40}, expect: {outcome: pass}}"
    (message,) = said(made(cases=case))
    assert message.startswith("case `A late one passes` (line")
    assert "expected outcome pass, got refuse, set by rule `late-ones`" in message


def test_counts_what_was_effective_and_decided() -> None:
    one = made()
    _, coverage = run_samples(Plan(one), DirectMatcher(one))
    assert coverage.rules == {"late-ones"}
    assert coverage.outcomes == {"refuse", "pass"}
