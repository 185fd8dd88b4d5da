"""How a cell can turn out over an extent: whether it may hold, and whether it must.

It says that a test may hold where it cannot, never the opposite; and of *must* the
other way round.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from app.analysis.possible.extents import Bound, Extent, as_number
from app.domain.unary_tests import Compare, IsKnown, IsUnknown, Range, UnaryTest, holds
from app.domain.values import ValueType

_Span: TypeAlias = tuple[Bound, bool, Bound, bool]  # low, whether it is in, high, whether it is in


class Cell:
    """One test over the extents of one name."""

    __slots__ = ("_known", "_spans", "_test", "_unknown", "_ordered")

    def __init__(self, test: UnaryTest, value_type: ValueType) -> None:
        self._test = test
        self._unknown = holds(test, None)
        self._known = test.irrelevant or (
            not test.negated and any(isinstance(one, IsKnown) for one in test.alternatives)
        )
        self._ordered = value_type.ordered and not self._known
        self._spans = _spans(test) if self._ordered else []

    def turns_out(self, extent: Extent) -> tuple[bool, bool]:
        """Whether the test may hold of a value within the extent, and whether it must."""
        may, must = self._of_known(extent) if extent.known else (False, True)
        if extent.unknown:
            may, must = may or self._unknown, must and self._unknown
        return may, must

    def without(self, extent: Extent) -> Extent:
        """What is left of the extent where the test does not hold."""
        unknown = extent.unknown and not self._unknown
        if self._known:
            return replace(extent, unknown=unknown, known=False)
        if extent.words is not None:
            words = frozenset(word for word in extent.words if not holds(self._test, word))
            return replace(extent, words=words, unknown=unknown, known=extent.known and bool(words))
        low, high = extent.low, extent.high
        if self._ordered and not self._test.negated:
            for span in self._spans:
                start, _, end, _ = span
                if end is None or (high is not None and _meets(span, high, high)):
                    high = start if high is None or (start is not None and start < high) else high
                if start is None or (low is not None and _meets(span, low, low)):
                    low = end if low is None or (end is not None and end > low) else low
        empty = low is not None and high is not None and low > high
        return replace(extent, low=low, high=high, unknown=unknown, known=extent.known and not empty)

    def _of_known(self, extent: Extent) -> tuple[bool, bool]:
        if self._known:
            return True, True
        if self._ordered:
            met = any(_meets(span, extent.low, extent.high) for span in self._spans)
            covered = any(_covers(span, extent.low, extent.high) for span in self._spans)
            return (not covered, not met) if self._test.negated else (met, covered)
        if extent.words is None:
            return True, False
        each = [holds(self._test, word) for word in extent.words]
        return any(each), all(each)


def _spans(test: UnaryTest) -> list[_Span]:
    spans: list[_Span] = []
    for one in test.alternatives:
        match one:
            case Compare(symbol, endpoint):
                end = as_number(endpoint.value)
                spans.append(_compared(symbol, end))
            case Range(low, low_included, high, high_included):
                spans.append((as_number(low.value), low_included, as_number(high.value), high_included))
            case IsKnown():
                spans.append((None, False, None, False))
            case IsUnknown():
                pass
    return spans


def _compared(symbol: str, end: Fraction | None) -> _Span:
    if symbol == "=":
        return end, True, end, True
    included = symbol in ("<=", ">=")
    return (None, False, end, included) if symbol[0] == "<" else (end, included, None, False)


def _meets(span: _Span, low: Bound, high: Bound) -> bool:
    """Whether some value between ``low`` and ``high`` lies in the span."""
    start, from_start, end, to_end = span
    if start is not None and high is not None and (high < start or (high == start and not from_start)):
        return False
    return not (end is not None and low is not None and (low > end or (low == end and not to_end)))


def _covers(span: _Span, low: Bound, high: Bound) -> bool:
    """Whether every value between ``low`` and ``high`` lies in the span."""
    start, from_start, end, to_end = span
    if start is not None and (low is None or low < start or (low == start and not from_start)):
        return False
    return end is None or not (high is None or high > end or (high == end and not to_end))
