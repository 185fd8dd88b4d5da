"""A row, band or outcome that no example or case reaches ..."""

from __future__ import annotations

from app.analysis.checking import check
from app.domain.evaluation import Plan
from app.engine.direct import DirectMatcher
from tests.analysis.tables import findings, ruleset, table
from tests.small_rulesets import LABEL, rules

NEVER_BOTH = f"- {{formula: again, type: days, expression: days, {LABEL}}}"


def test_is_reached_by_facts_that_are_searched_for() -> None:
    """Row 3 needs four facts and a calculated value at once: nobody comes there by chance."""
    ratio = f"- {{formula: ratio, type: percent, expression: amount / 1000, {LABEL}}}"
    made = ruleset(
        ratio,
        table(
            "FIRST",
            "ratio, days, tier, flags, due",
            "< 71.30% | - | - | - | -",
            "> 71.31% | - | - | - | -",
            "- | 207 | Z | all(P, Q, R) | < 2019-03-04",
            "- | - | - | - | -",
        ),
    )
    assert findings(made, "dead_rules") == []


def test_is_dead_where_the_steps_above_never_lead_to_it() -> None:
    made = ruleset(NEVER_BOTH, table("FIRST", "days, again", "< 10 | >= 10", "- | -"))
    (found,) = findings(made, "dead_rules")
    assert found.severity == "error"
    assert found.message.startswith("`table`: `row-1` (line ")
    assert found.message.endswith("the steps above never let Text `< 10` and Text `>= 10` come together")


def test_is_told_once_where_it_is_proved_dead() -> None:
    made = ruleset(table("FIRST", "days", "-", "< 10"))
    assert len(findings(made, "dead_rules")) == 1


def test_is_a_fault_of_a_rule_in_a_list_even_if_facts_reach_it() -> None:
    listed = rules("list", "COLLECT", 'big, {amount: "> 500"}, {outcome: refuse}')
    (found,) = findings(ruleset(listed), "examples")
    assert found.severity == "error"
    assert found.message == "rule `big` is effective in no example or case; give it fires_on or a case"
    case = "- {name: Big ones are refused, given: {amount: 501.00}, expect: {outcome: refuse}}"
    assert findings(ruleset(listed, cases=case), "examples") == []


def test_is_an_outcome_that_can_be_reached() -> None:
    listed = rules(
        "list",
        "COLLECT",
        'big, {amount: "> 500", grade: C}, {outcome: refuse}',
        'late-ones, {late: "[31..60], unknown"}, {outcome: counter}',
        'unsigned, {signed: "no"}, {outcome: refer}',
    )
    assert findings(ruleset(listed), "outcomes") == []


def test_is_an_outcome_that_no_rule_sets() -> None:
    (counter, refer, refuse) = findings(ruleset(table("COLLECT", "days", "-")), "outcomes")
    assert counter.message == "no rule sets the outcome counter"
    assert refer.message == "no rule asks for a person (outcome refer): only contradictions would"
    assert (counter.severity, refer.severity, refuse.severity) == ("error", "warn", "error")


def test_is_an_outcome_that_a_stricter_one_always_hides() -> None:
    listed = rules(
        "list",
        "COLLECT",
        'late-ones, {late: "> 30"}, {outcome: counter}',
        'all-late, {late: "> 20"}, {outcome: refuse}',
        "unknown-ones, {late: unknown}, {outcome: refer}",
    )
    (found,) = findings(ruleset(listed), "outcomes")
    assert found.message == "the outcome counter never occurs, whatever the facts"


def test_is_counted_with_what_examples_and_cases_reach() -> None:
    made = ruleset(table("FIRST", "days", "< 10", "< 20", "-"))
    report = check(Plan(made), DirectMatcher(made))
    assert report.coverage.rules == {"row-1", "row-2", "row-3"}
    assert report.coverage.outcomes == {"pass"}


def test_shows_conflicts_that_no_table_shows() -> None:
    """Two lists set one output that may be set once only: no table by itself can tell."""
    outputs = "mark: {type: number, decimals: 0}"
    first = rules("first", "COLLECT", 'one, {days: "> 20"}, {mark: 1}')
    second = rules("second", "COLLECT", 'two, {signed: "no"}, {mark: 2}')
    (found,) = findings(ruleset(first, second, outputs=outputs), "failures")
    assert found.message.startswith(
        "RULES_CONFLICT: output mark was set twice and declares no combine; on the baseline"
    )
    assert found.facts is not None
    assert found.facts.values["days"] > 20
    assert found.facts.values["signed"] is False


def test_shows_a_conflict_before_any_step_is_matched() -> None:
    outputs = "mark: {type: number, decimals: 0}"
    once, again = (
        f"- {{formula: {name}, type: number, decimals: 0, expression: days, output: mark, {LABEL}}}"
        for name in ("once", "again")
    )
    made = ruleset(once, again, outputs=outputs)
    (found,) = findings(made, "failures")
    assert found.line == made.outputs["mark"].line
