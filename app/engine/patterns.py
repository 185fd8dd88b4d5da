"""The rules of a step as disjoint patterns over small integers: all that durable_rules sees of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.rules import Condition, MatchStep, Rule
from app.domain.unary_tests import UnaryTest
from app.domain.values import Kind, ValueType
from app.engine.flags import flag_column
from app.engine.ranks import HIGHEST, LOWEST, Column, Pattern, Run, ordered_column, word_column

PATTERNS_PER_RULE = 500
PATTERNS_PER_STEP = 5_000


class TooManyPatterns(Invalid):
    """A rule or a step needs more disjoint alternatives than an engine should carry."""

    def __init__(self, what: str, number: int, line: int, remedy: str) -> None:
        message = told(
            "{what} (line {line}) has {number} disjoint alternatives; {remedy}",
            what=what,
            line=line,
            number=number,
            remedy=remedy,
        )
        super().__init__(message, [Problem(message, line=line)])


def columns_of(step: MatchStep, types: Mapping[str, ValueType]) -> list[Column]:
    """The columns that some rule of the step tests, in the order first tested.

    Their attributes are c0, c1, ... throughout the step: durable_rules knows a
    property by a 32-bit hash of its name, and no two of these share one.
    """
    tests: dict[str, dict[UnaryTest, None]] = {}
    for rule in step.rules:
        for one in _tested(rule):
            tests.setdefault(one.name, {})[one.test] = None
    columns: list[Column] = []
    first = 0
    for name, cells in tests.items():
        columns.append(_column(name, types[name], first, tuple(cells)))
        first += len(columns[-1].attributes)
    return columns


def patterns_of(step: MatchStep, columns: Sequence[Column]) -> list[tuple[int, Pattern]]:
    """The patterns of all rules, each with the number of its rule; raises ``TooManyPatterns``."""
    by_name = {column.name: column for column in columns}
    found = [(number, one) for number, rule in enumerate(step.rules) for one in _patterns(rule, by_name)]
    if len(found) > PATTERNS_PER_STEP:
        raise TooManyPatterns(f"`{step.id}`", len(found), step.line, "split it into steps")
    return found


def _patterns(rule: Rule, columns: Mapping[str, Column]) -> list[Pattern]:
    """Disjoint patterns of which one meets the facts exactly when the rule holds."""
    choices = [columns[one.name].patterns[one.test] for one in _tested(rule)]
    number = 1
    for choice in choices:
        number *= len(choice)
    if number > PATTERNS_PER_RULE:
        raise TooManyPatterns(told("rule `{rule}`", rule=rule.id), number, rule.line, "split it into several")
    joined = [_joined(parts) for parts in product(*choices)]
    return [pattern for pattern in joined if all(low <= high for low, high in pattern.values())]


def _tested(rule: Rule) -> Iterator[Condition]:
    return (one for one in rule.when if one.test.alternatives)


def _joined(parts: Sequence[Pattern]) -> Pattern:
    """All of ``parts`` at once; of an attribute that stands in several, the ranks in all of them."""
    whole: dict[str, Run] = {}
    for part in parts:
        for attribute, (low, high) in part.items():
            lowest, highest = whole.get(attribute, (LOWEST, HIGHEST))
            whole[attribute] = (max(low, lowest), min(high, highest))
    return whole


def _column(name: str, value_type: ValueType, first: int, tests: Sequence[UnaryTest]) -> Column:
    if value_type.kind is Kind.CHOICES:
        return flag_column(name, first, tests)
    if value_type.kind in (Kind.CHOICE, Kind.YES_NO):
        return word_column(name, f"c{first}", tests, value_type.choices)
    return ordered_column(name, f"c{first}", tests)
