"""Places: sets of values that every test of a column treats alike.

Numbers and dates are counted in ticks, the smallest steps of their type: so
``(3..4)`` of days holds nothing, and no bound is open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from app.analysis.possible.extents import Extent, as_number
from app.domain.unary_tests import Compare, IsKnown, Range, UnaryTest
from app.domain.values import WHOLE_KINDS, Kind, Value, ValueType

Rows = int  # a set of rows: bit i is row i
_EXACT = Context(prec=100)
_FIRST_DAY, _LAST_DAY = date.min.toordinal(), date.max.toordinal()


class Span(NamedTuple):
    """Ticks from ``low`` to ``high``, both included; None where there is no bound."""

    low: int | None
    high: int | None

    @property
    def empty(self) -> bool:
        """Whether it holds no tick."""
        return self.low is not None and self.high is not None and self.low > self.high


@dataclass(frozen=True, slots=True)
class Place:
    """``rows`` are those whose test holds here: in a span of numbers or dates, or at one value.

    A value of None, without a span, is the unknown. Of a list of choices the
    value is a sample: it stands for all that meet the same tests.
    """

    rows: Rows
    span: Span | None = None
    value: Value = None

    @property
    def unknown(self) -> bool:
        """Whether it is the place of the unknown."""
        return self.span is None and self.value is None


def ticks(value: Value | Fraction, value_type: ValueType) -> Fraction:
    """How many ticks a number or date is; a constant of more decimals than the type lies between two."""
    number = value if isinstance(value, Fraction) else as_number(value)
    return Fraction(number or 0) * Fraction(10**value_type.decimals)


def value_at(tick: int, value_type: ValueType) -> Value:
    """The number or date at a tick."""
    if value_type.kind is Kind.DATE:
        return date.fromordinal(tick)
    return tick if value_type.kind in WHOLE_KINDS else Decimal(tick).scaleb(-value_type.decimals, _EXACT)


def domain(extent: Extent, value_type: ValueType) -> Span:
    """All ticks of an extent."""
    low = None if extent.low is None else math.ceil(ticks(extent.low, value_type))
    high = None if extent.high is None else math.floor(ticks(extent.high, value_type))
    if value_type.kind is Kind.DATE:
        return Span(max(low or _FIRST_DAY, _FIRST_DAY), min(high or _LAST_DAY, _LAST_DAY))
    return Span(low, high)


def bounded(span: Span, value_type: ValueType) -> Span:
    """The span by the bounds that somebody set: the ends of the calendar are none."""
    if value_type.kind is not Kind.DATE:
        return span
    return Span(None if span.low == _FIRST_DAY else span.low, None if span.high == _LAST_DAY else span.high)


def spans_of(test: UnaryTest, value_type: ValueType) -> list[Span]:
    """The ticks for which a test of a number or date holds, ascending and apart."""
    found = sorted(
        (one for one in _alternatives(test, value_type) if not one.empty), key=lambda one: _from(one.low)
    )
    apart: list[Span] = []
    for one in found:
        last = apart[-1] if apart else None
        if last is None or (last.high is not None and one.low is not None and one.low > last.high + 1):
            apart.append(one)
        elif last.high is not None and (one.high is None or one.high > last.high):
            apart[-1] = Span(last.low, one.high)
    return _between(apart) if test.negated else apart


def _from(low: int | None) -> tuple[bool, int]:
    return (low is not None, low or 0)


def _between(spans: Sequence[Span]) -> list[Span]:
    """What the spans leave out."""
    found, start, more = [], None, True
    for one in spans:
        if one.low is not None:
            found.append(Span(start, one.low - 1))
        more = one.high is not None
        start = one.high + 1 if one.high is not None else None
    return [*found, Span(start, None)] if more else found


def _alternatives(test: UnaryTest, value_type: ValueType) -> Iterator[Span]:
    for one in test.alternatives:
        match one:
            case Compare(symbol, endpoint):
                at = ticks(endpoint.value, value_type)
                yield Span(
                    {"=": math.ceil(at), ">": math.floor(at) + 1, ">=": math.ceil(at)}.get(symbol),
                    {"=": math.floor(at), "<": math.ceil(at) - 1, "<=": math.floor(at)}.get(symbol),
                )
            case Range(low, low_included, high, high_included):
                first, last = ticks(low.value, value_type), ticks(high.value, value_type)
                yield Span(
                    math.ceil(first) if low_included else math.floor(first) + 1,
                    math.floor(last) if high_included else math.ceil(last) - 1,
                )
            case IsKnown():
                yield Span(None, None)
