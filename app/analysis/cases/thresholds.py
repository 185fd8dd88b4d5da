"""Every place of a ruleset where a test, or a comparison in a formula, turns from one step to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.analysis.cases.comparisons import of_formula, position_of
from app.analysis.cases.threshold import Threshold, Truth
from app.analysis.geometry.places import spans_of
from app.domain.rules import Condition, Formula, Rule
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import holds

__all__ = ["Threshold", "thresholds"]


def thresholds(ruleset: Ruleset) -> tuple[Threshold, ...]:
    """In the order of the text, those of one cell ascending."""
    found: list[Threshold] = []
    number = 0
    for step in ruleset.steps:
        if isinstance(step, Formula):
            found += of_formula(ruleset, step, number)
            continue
        for rule in step.rules:
            for condition in rule.when:
                found += _of_cell(ruleset, step.id, number, rule, condition)
        number += 1
    return tuple(found)


def _of_cell(
    ruleset: Ruleset, step: str, number: int, rule: Rule, condition: Condition
) -> Iterator[Threshold]:
    kind = ruleset.types[condition.name]
    if condition.test.irrelevant or not kind.ordered:
        return
    others = tuple(one for one in rule.when if one is not condition and not one.test.irrelevant)
    unit = Fraction(1, 10**kind.decimals)
    for first, last in spans_of(condition.test, kind):
        for low, holds_above in ((None if first is None else first - 1, True), (last, False)):
            if low is not None:
                yield Threshold(
                    step,
                    number,
                    rule.line,
                    condition.test.text,
                    condition.name,
                    (condition.name,),
                    low * unit,
                    (low + 1) * unit,
                    holds_above,
                    position_of(condition.name),
                    _all_hold(others),
                    _all_hold((condition,)),
                    rule,
                    condition,
                )


def _all_hold(conditions: Sequence[Condition]) -> Truth:
    return lambda values: all(holds(one.test, values[one.name]) for one in conditions)
