"""``otherwise`` is not a back door: what may be unknown and could be decisive must be asked about."""

from __future__ import annotations

import pytest

from app.domain.errors import Invalid
from schemas.ruleset import load
from tests.small_rulesets import rules, text

FACTS = """
late: {type: days, unknown: allowed}
limit: {type: money, unknown: allowed}
amount: {type: money}
"""
USE = "- {formula: use, type: percent, expression: amount / limit, label: {en: Use, zh: 使用率}}"
STRICT = 'refuses, {late: "> 30"}, {outcome: refuse}'
THROUGH = 'refuses, {use: "> 100%"}, {outcome: counter}'


def messages(*steps: str, otherwise: str = "pass") -> list[str]:
    try:
        load(text("\n".join(steps), facts=FACTS, baseline="amount: 5", otherwise=otherwise))
    except Invalid as refused:
        return [problem.message for problem in refused.problems]
    return []


def said(fact: str, through: str = "") -> str:
    with_it = f", and `{through}` with it" if through else ""
    return (
        f"rules `tried`, rule `refuses`: `{fact}` may be unknown{with_it}, and then this rule is silent; "
        "add a rule that tests it for `unknown`, or require the fact"
    )


def test_a_stricter_rule_that_falls_silent_is_told() -> None:
    assert messages(rules("tried", "COLLECT", STRICT)) == [said("late")]


def test_a_stricter_rule_that_falls_silent_through_a_formula_is_told() -> None:
    assert messages(USE, rules("tried", "COLLECT", THROUGH)) == [said("limit", "use")]


@pytest.mark.parametrize(
    "asking",
    [
        rules("asking", "COLLECT", "asks, {late: unknown}, {outcome: refer}"),
        rules("asking", "COLLECT", 'asks, {late: "unknown, > 60"}, {outcome: refer}'),
        rules("asking", "COLLECT", "asks, {late: known}, {}"),
        "- {formula: asked, type: yes_no, expression: known(late), label: {en: A, zh: A}}",
        "- {formula: worst, type: days, expression: 'greatest_known(late, 0)', label: {en: W, zh: W}}",
    ],
)
def test_asking_anywhere_is_enough(asking: str) -> None:
    assert messages(asking, rules("tried", "COLLECT", STRICT)) == []


def test_asking_about_the_formula_itself_is_enough() -> None:
    asking = rules("asking", "COLLECT", "asks, {use: unknown}, {outcome: refer}")
    assert messages(USE, rules("tried", "COLLECT", THROUGH), asking) == []


def test_a_formula_that_asks_for_itself_is_no_back_door() -> None:
    careful = USE.replace("amount / limit", "'if known(limit) and limit > 0 then amount / limit else 1000%'")
    assert messages(careful, rules("tried", "COLLECT", THROUGH)) == []


def test_a_band_for_the_unknown_asks() -> None:
    card = """
- scorecard: score
  source: x
  characteristics:
  - {fact: late, bands: [{id: any-lateness, when: known, points: 1}], unknown: {id: no-lateness, points: 0}}
"""
    assert messages(card, rules("tried", "COLLECT", STRICT)) == []


def test_a_rule_no_stricter_than_otherwise_may_fall_silent() -> None:
    assert messages(rules("tried", "COLLECT", 'passes, {late: "< 5"}, {outcome: pass}')) == []
    assert messages(rules("tried", "COLLECT", 'notes, {late: "> 5"}, {}')) == []
    assert messages(rules("tried", "COLLECT", STRICT), otherwise="refuse") == []


def test_each_fact_is_told_once() -> None:
    strict = [f'refuses-{n}, {{late: "> {n}"}}, {{outcome: refuse}}' for n in (30, 60, 90)]
    assert len(messages(rules("tried", "COLLECT", *strict))) == 1
