"""Ways forward under small rulesets ..."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.analysis.alternatives.finding import Finder, Found
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.direct import DirectMatcher
from schemas.ruleset.sensitive import sensitive_names
from tests.small_rulesets import LABEL, TODAY, rules, ruleset

FACTS = """
amount: {type: money, min: 0.01, changeable: {direction: down, step: 1_000.00}}
prepaid: {type: percent, min: 0%, max: 100%, changeable: {direction: up, step: 5%}}
guarantee: {type: money, min: 0, changeable: {direction: up, step: 1_000.00}, unknown: allowed}
cover: {type: money, min: 0, unknown: allowed, sensitive: yes}
"""
BASELINE = "amount: 10_000.00\nprepaid: 10%"


def formula(name: str, kind: str, expression: str) -> str:
    return f'- {{formula: {name}, type: {kind}, expression: "{expression}", {LABEL}}}\n'


def find(made: Ruleset, most_work: int = 10_000, **changed: Any) -> Found:
    plan, matcher = Plan(made), DirectMatcher(made)
    facts = {**made.baseline, **{name: Decimal(value) for name, value in changed.items()}}
    unchanged = plan.evaluate(matcher, facts, TODAY)
    names = [name for name, one in made.facts.items() if one.changeable is not None]
    finder = Finder(plan, sensitive_names(made.facts, made.outputs, made.steps))
    bar = made.severities[unchanged.outcome]
    return finder.find(unchanged, names, bar, quick=matcher, sure=matcher, most_work=most_work)


def changes(found: Found) -> list[dict[str, str]]:
    return [{one.fact.name: str(one.after) for one in way.changes} for way in found.ways]


def test_more_facts_are_changed_only_where_that_takes_fewer_steps() -> None:
    steps = rules(
        "safeguards",
        "COLLECT",
        'large, {amount: "> 9_000.00", prepaid: "< 50%"}, {outcome: counter}',
        'unsecured, {amount: "> 2_000.00", prepaid: "< 30%"}, {outcome: counter}',
    )
    found = find(ruleset(steps, facts=FACTS, baseline=BASELINE))
    assert changes(found) == [
        {"prepaid": "0.5000"},
        {"amount": "2000.00"},
        {"amount": "9000.00", "prepaid": "0.3000"},
    ]
    assert [way.steps for way in found.ways] == [8, 8, 5]


def test_every_milder_outcome_has_its_least_change() -> None:
    steps = rules(
        "safeguards",
        "COLLECT",
        'most, {prepaid: "< 20%"}, {outcome: refuse}',
        'some, {prepaid: "< 60%"}, {outcome: counter}',
    )
    found = find(ruleset(steps, facts=FACTS, baseline=BASELINE))
    assert changes(found) == [{"prepaid": "0.2000"}, {"prepaid": "0.6000"}]
    assert [way.evaluation.outcome for way in found.ways] == ["counter", "pass"]


def test_rules_that_contradict_each_other_are_no_way_forward() -> None:
    """Between 50 and 80 % two rows of a UNIQUE table hold, and a person would decide."""
    steps = """
    - table: terms
      hit_policy: UNIQUE
      inputs: [prepaid]
      outputs: [outcome]
      rows:
      - {id: low, when: ["< 50%"], then: [refuse], source: x}
      - {id: middle, when: ["[50%..80%]"], then: [counter], source: x}
      - {id: again, when: ["[50%..80%)"], then: [""], source: x}
    """
    found = find(ruleset(steps, facts=FACTS, baseline=BASELINE))
    assert changes(found) == [{"prepaid": "0.8000"}, {"prepaid": "0.8500"}]


def test_what_cannot_be_reached_is_proven_without_trying_it_out() -> None:
    steps = rules("safeguards", "COLLECT", "always, {cover: unknown}, {outcome: refuse}")
    found = find(ruleset(steps, facts=FACTS, baseline=BASELINE))
    assert (found.ways, found.settled) == ((), True)
    assert found.work <= 3


def test_a_fact_without_upper_bound_is_raised_as_far_as_it_takes() -> None:
    steps = formula("secured", "yes_no", "known(guarantee) and guarantee >= 1234 * amount") + rules(
        "safeguards", "COLLECT", 'open, {secured: "no"}, {outcome: refuse}'
    )
    found = find(ruleset(steps, facts=FACTS, baseline=BASELINE), most_work=500)
    assert {"guarantee": "12340000.00"} in changes(found)
    assert found.settled


def test_at_the_limit_of_work_nothing_is_claimed() -> None:
    steps = formula("odd", "number", "amount * prepaid - floor(amount * prepaid / 7) * 7") + rules(
        "safeguards", "COLLECT", 'odd-one, {odd: "not(3.14)"}, {outcome: refuse}'
    )
    found = find(ruleset(steps, facts=FACTS, baseline=BASELINE), most_work=50)
    assert (found.ways, found.settled, found.work) == ((), False, 50)


def test_a_way_says_when_its_number_would_tell_of_something_sensitive() -> None:
    """The insurer covers 4,000: an order of so much works, and whoever learns the number learns the cover."""
    steps = formula("covered", "yes_no", "known(cover) and cover >= amount") + rules(
        "safeguards",
        "COLLECT",
        'uncovered, {covered: "no", prepaid: "< 50%"}, {outcome: refuse}',
        'small, {amount: "<= 500.00"}, {outcome: counter}',
    )
    made = ruleset(steps, facts=FACTS, baseline=BASELINE)
    found = find(made, cover="4000.00")
    assert changes(found) == [{"amount": "4000.00"}, {"prepaid": "0.5000"}]
    assert [way.tells for way in found.ways] == [frozenset({"covered"}), frozenset()]


def test_a_number_that_works_without_the_sensitive_fact_tells_nothing_of_it() -> None:
    steps = (
        formula("room", "money", "if known(cover) then max(cover, 5000) else 5000")
        + formula("within", "yes_no", "room >= amount")
        + rules("safeguards", "COLLECT", 'beyond, {within: "no"}, {outcome: refuse}')
    )
    made = ruleset(steps, facts=FACTS, baseline=BASELINE)
    assert [way.tells for way in find(made, cover="1000.00").ways] == [frozenset()]
    assert [way.tells for way in find(made, cover="7000.00").ways] == [frozenset({"within"})]
