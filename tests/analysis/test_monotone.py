"""What is declared of better facts ..."""

from __future__ import annotations

from app.analysis.checking import Report, check
from app.analysis.settled import Settled, Status
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.direct import DirectMatcher
from tests.analysis.tables import ruleset, table
from tests.small_rulesets import LABEL, rules

SHARE = f"- {{formula: share, type: percent, expression: amount / days, {LABEL}}}"


def report(made: Ruleset) -> Report:
    return check(Plan(made), DirectMatcher(made))


def claim(made: Ruleset) -> Settled:
    (one,) = (each for each in report(made).claims if each.check == "monotone")
    return one


def declared(*steps: str, better: str) -> Ruleset:
    return ruleset(*steps, checks=f"monotone: [{{better: {{{better}}}, never_worse: outcome}}]")


def test_is_proved_through_quotients_and_tables() -> None:
    banded = table("FIRST", "share", "< 10 => pass", "< 20 => counter", "- => refuse", outputs="outcome")
    for better in ("amount: down", "days: up"):
        assert claim(declared(SHARE, banded, better=better)).status is Status.PROVEN, better


def test_is_refuted_by_two_sets_of_facts() -> None:
    banded = table("FIRST", "share", "< 10 => pass", "[12..13) => refuse", "- => counter", outputs="outcome")
    made = declared(SHARE, banded, better="amount: down")
    found = claim(made)
    assert found.status is Status.REFUTED
    before, after = found.facts
    assert before.values["amount"] > after.values["amount"]
    assert {name for name in before.values if before.values[name] != after.values[name]} == {"amount"}
    outcomes = [
        Plan(made).evaluate(DirectMatcher(made), one.values, one.as_of).outcome for one in found.facts
    ]
    assert outcomes == ["counter", "refuse"]
    (finding,) = (one for one in report(made).findings if one.check == "monotone")
    assert finding.severity == "error"
    assert "makes counter into refuse" in finding.message


def test_is_of_yes_and_no_too() -> None:
    unsigned = rules("list", "COLLECT", 'unsigned, {signed: "no"}, {outcome: refer}')
    assert claim(declared(unsigned, better="signed: up")).status is Status.PROVEN
    assert claim(declared(unsigned, better="signed: down")).status is Status.REFUTED


def test_says_nothing_of_a_fact_that_becomes_unknown() -> None:
    unknown = rules("list", "COLLECT", 'late-ones, {late: "unknown, > 30"}, {outcome: refer}')
    assert claim(declared(unknown, better="late: down")).status is Status.PROVEN
