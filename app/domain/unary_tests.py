"""Unary tests: what one cell says about one fact, as S-FEEL (DMN 1.5, 9.2) defines them, and their meaning.

On an unknown fact only ``-`` and ``unknown`` hold; every other test is false,
``not(...)`` included. That is the one departure from DMN, and on purpose: a
missing fact must never satisfy a rule that its author wrote about a value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.domain.values import Value


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A constant of a test; ``parameter`` is the name it was written by, if it was."""

    value: Value
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """``< 5``, ``<= 5``, ``> 5``, ``>= 5``, or a bare constant as ``=``."""

    operator: str
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Range:
    """``[1..5)`` and its kin: a bracket includes its end, a parenthesis does not."""

    low: Endpoint
    low_included: bool
    high: Endpoint
    high_included: bool


@dataclass(frozen=True, slots=True)
class ContainsAll:
    """``all(A, B)``: the list contains every one of these choices."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IsUnknown:
    """``unknown``: nobody has said what the value is."""


@dataclass(frozen=True, slots=True)
class IsKnown:
    """``known``: any value, but a value."""


Alternative = Compare | Range | ContainsAll | IsUnknown | IsKnown


@dataclass(frozen=True, slots=True)
class UnaryTest:
    """One cell: it holds when any alternative holds, or none if ``negated``. No alternative is ``-``."""

    alternatives: tuple[Alternative, ...] = ()
    negated: bool = False
    text: str = "-"

    @property
    def irrelevant(self) -> bool:
        """Whether the cell is ``-``, which holds whatever the value."""
        return not self.alternatives

    def endpoints(self) -> Iterator[Endpoint]:
        """Every constant the test compares with, in the order written."""
        for alternative in self.alternatives:
            if isinstance(alternative, Compare):
                yield alternative.endpoint
            elif isinstance(alternative, Range):
                yield alternative.low
                yield alternative.high
            elif isinstance(alternative, ContainsAll):
                yield from (Endpoint(value) for value in alternative.values)


ANYTHING = UnaryTest()

COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(test: UnaryTest, value: Value) -> bool:
    """Whether ``value`` satisfies ``test``: the plain meaning, by which explanations speak.

    The engines do not call this: each has its own way to the same answer.
    """
    if test.irrelevant:
        return True
    if value is None:
        return not test.negated and any(isinstance(one, IsUnknown) for one in test.alternatives)
    return any(_alternative_holds(one, value) for one in test.alternatives) is not test.negated


def _alternative_holds(alternative: Alternative, value: Value) -> bool:
    match alternative:
        case Compare(symbol, endpoint):
            if isinstance(value, tuple):
                return endpoint.value in value
            return COMPARISONS[symbol](value, endpoint.value)
        case Range(low, low_included, high, high_included):
            above = value >= low.value if low_included else value > low.value
            return bool(above and (value <= high.value if high_included else value < high.value))
        case ContainsAll(values):
            return set(values) <= set(value)
        case IsKnown():
            return True
        case IsUnknown():
            return False
