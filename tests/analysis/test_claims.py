"""Every claim of a ruleset is proven, refuted or not settled, and says of which it is ..."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.analysis.checking import check
from app.analysis.settled import Settled, Status
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.agreement import Engine
from app.engine.direct import DirectMatcher
from tests.analysis.tables import findings, ruleset, table
from tests.shipped import RULESETS as FILES
from tests.small_rulesets import LABEL, rules


def claims(made: Ruleset) -> dict[str, Settled]:
    return {one.id: one for one in check(Plan(made), DirectMatcher(made)).claims}


@pytest.mark.parametrize(
    "policy", ["limit-adjustment", "insurance-advice", "concentration", "approval-authority"]
)
def test_of_a_shipped_policy_is_proven(policy: str) -> None:
    """The others are checked in test_shipped, where a claim that is not proven is a finding."""
    with Engine(FILES[policy]) as engine:
        report = check(Plan(FILES[policy]), engine.matcher)
    assert {one.status for one in report.claims if one.check != "thresholds"} == {Status.PROVEN}
    assert "conflicts" in {one.id for one in report.claims}


def test_is_refuted_with_the_facts_that_show_it() -> None:
    found = claims(ruleset(table("UNIQUE", "days", "< 10", "> 10")))
    gap = found["gaps/table"]
    assert gap.status is Status.REFUTED
    assert gap.facts[0].values["days"] == 10
    assert found["overlaps/table"].status is Status.PROVEN


def test_names_the_step_that_was_too_hard_and_what_was_tried() -> None:
    facts = "\n".join(f"{name}: {{type: days, min: 1, max: 100000}}" for name in "abc")
    cubes = f'- {{formula: cubes, type: yes_no, expression: "a ** 3 + b ** 3 = c ** 3", {LABEL}}}'
    listed = rules("list", "COLLECT", 'cubic, {cubes: "yes"}, {mark: 1}')
    made = ruleset(cubes, listed, facts=facts, baseline="a: 1\nb: 1\nc: 1")
    dead = claims(made)["dead_rules/list"]
    assert (dead.status, dead.too_hard) == (Status.NOT_SETTLED, ("cubes",))
    assert dead.tried > 300
    (found,) = findings(made, "dead_rules")
    assert found.severity == "warn"
    assert "not settled; too hard for a proof: `cubes`" in found.message


def test_looks_through_the_steps_above() -> None:
    """No row gives C, so what asks for it never holds: no table by itself can tell."""
    grades = table("FIRST", "days", "< 10 => LOW", "- => HIGH", name="grades", outputs="band")
    twice = f"- {{formula: double, type: days, expression: days * 2, {LABEL}}}"
    listed = rules("list", "COLLECT", 'odd, {double: "[19..20)", band: LOW}, {mark: 1}')
    made = ruleset(grades, twice, listed.replace("[19..20)", "21"))
    assert claims(made)["dead_rules/list"].status is Status.REFUTED
    (found,) = findings(made, "dead_rules")
    assert "`odd`" in found.message
    assert found.message.endswith("no Text `21` ever reaches it through the steps above")


def test_names_the_word_that_never_reaches_a_row() -> None:
    """LOW is given on no facts, for nothing is 2 when squared."""
    square = f"- {{formula: square, type: number, decimals: 0, expression: days * days, {LABEL}}}"
    grades = table("FIRST", "square", "2 => LOW", "- => HIGH", name="grades", outputs="band")
    below = table("FIRST", "band, signed", "LOW | yes => 1", "- | - => 2")
    first, second = findings(ruleset(square, grades, below), "dead_rules")
    assert "`grades-1`" in first.message
    assert "`row-1`" in second.message
    assert second.message.endswith("no Text `LOW` ever reaches it through the steps above")


def test_tells_an_outcome_that_always_yields_to_a_stricter_one() -> None:
    listed = rules(
        "list",
        "COLLECT",
        'late-ones, {late: "> 30"}, {outcome: counter}',
        'all-late, {late: "> 20"}, {outcome: refuse}',
        'big, {amount: "> 5"}, {outcome: counter}',
        "unknown-ones, {late: unknown}, {outcome: refer}",
    )
    assert claims(ruleset(listed))["shadowed/list"].status is Status.REFUTED
    (found,) = findings(ruleset(listed), "shadowed")
    assert found.severity == "warn"
    assert "`late-ones`" in found.message


def test_proves_that_what_is_set_once_is_never_set_twice() -> None:
    outputs = "mark: {type: number, decimals: 0}"
    first = rules("first", "COLLECT", 'one, {days: "> 20"}, {mark: 1}')
    apart = rules("second", "COLLECT", 'two, {days: "<= 20"}, {mark: 2}')
    both = rules("second", "COLLECT", 'two, {days: "<= 21"}, {mark: 2}')
    assert claims(ruleset(first, apart, outputs=outputs))["conflicts"].status is Status.PROVEN
    assert claims(ruleset(first, both, outputs=outputs))["conflicts"].status is Status.REFUTED


def test_loads_the_solver_only_where_something_is_asked_of_it() -> None:
    """A server that only decides never pays for it."""
    code = "import sys, app.factory, app.cli, app.analysis.checking; sys.exit('z3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
