"""Extents: what a value can be, as bounds, a set of words, and whether it can be unknown.

Numbers and dates are exact fractions here (a date is its ordinal), so that both
are calculated with alike. An extent always holds every value that can occur;
it may hold more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from app.domain.values import Kind, Value, ValueType, quantised

Bound = Fraction | None  # None: there is no such bound
YES_AND_NO = frozenset((True, False))


@dataclass(frozen=True, slots=True)
class Extent:
    """Possible values. ``words`` (None: any) are those of a choice or yes_no; bounds are inclusive.

    ``unknown`` tells whether the value can be unknown, ``known`` whether it can
    be anything else; neither: this place is never reached. ``never_zero`` is
    what a guard has excluded and bounds cannot say.
    """

    low: Bound = None
    high: Bound = None
    words: frozenset[Value] | None = None
    unknown: bool = False
    known: bool = True
    never_zero: bool = False

    @property
    def can_be_zero(self) -> bool:
        """Whether a division by it may fail."""
        below = self.low is None or self.low <= 0
        return not self.never_zero and below and (self.high is None or self.high >= 0)

    @property
    def single(self) -> Value:
        """The one word it can be, or None."""
        return next(iter(self.words)) if self.words is not None and len(self.words) == 1 else None

    def truths(self) -> frozenset[Value]:
        """Which of yes and no it can be, unknown left aside."""
        return (YES_AND_NO if self.words is None else self.words) if self.known else frozenset()


ANYTHING = Extent(unknown=True)
KNOWN = Extent()
UNKNOWN = Extent(unknown=True, known=False)
NEVER_ZERO = Extent(never_zero=True)
EITHER = Extent(words=YES_AND_NO)


def exactly(value: Value) -> Extent:
    """The extent of one constant; of a list or text it says only that it is known."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool | str):
        return Extent(words=frozenset((value,)))
    number = as_number(value)
    return KNOWN if number is None else Extent(number, number)


def as_number(value: Value) -> Bound:
    """A number or date as a fraction; None for what has no order, and for None."""
    if isinstance(value, date):
        return Fraction(value.toordinal())
    return Fraction(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else None


def of_type(value_type: ValueType, extent: Extent) -> Extent:
    """What is left when the value is rounded to its type, and is one of its choices."""
    if value_type.ordered:
        low, high = _rounded(extent.low, value_type), _rounded(extent.high, value_type)
        return Extent(low, high, extent.words, extent.unknown, extent.known)
    if value_type.kind is Kind.CHOICE and extent.words is None:
        return replace(extent, words=frozenset(value_type.choices))
    if value_type.kind is Kind.YES_NO and extent.words is None:
        return replace(extent, words=YES_AND_NO)
    return extent


def _rounded(bound: Bound, value_type: ValueType) -> Bound:
    """Rounding never changes the order of two numbers, so it may be done to the bounds."""
    try:
        return None if bound is None else Fraction(quantised(bound, value_type.decimals))
    except OverflowError:
        return None


def met(a: Extent, b: Extent) -> Extent:
    """What is in both."""
    low = a.low if b.low is None or (a.low is not None and a.low > b.low) else b.low
    high = a.high if b.high is None or (a.high is not None and a.high < b.high) else b.high
    words = a.words if b.words is None else b.words if a.words is None else a.words & b.words
    empty = (low is not None and high is not None and low > high) or (words is not None and not words)
    return Extent(
        low, high, words, a.unknown and b.unknown, a.known and b.known and not empty,
        a.never_zero or b.never_zero,
    )  # fmt: skip


def either(a: Extent, b: Extent) -> Extent:
    """What is in one of them at least."""
    if not a.known or not b.known:
        return replace(a if a.known else b, unknown=a.unknown or b.unknown)
    return Extent(
        None if a.low is None or b.low is None else min(a.low, b.low),
        None if a.high is None or b.high is None else max(a.high, b.high),
        None if a.words is None or b.words is None else a.words | b.words,
        a.unknown or b.unknown,
        True,
        a.never_zero and b.never_zero,
    )


def any_of(several: Iterable[Extent]) -> Extent:
    """What is in one of them at least; nothing of none."""
    return reduce(either, several, Extent(known=False))


def strictly(operands: Sequence[Extent], result: Extent) -> Extent:
    """The result of an operation that is unknown with any of its operands."""
    known, unknown = result.known, result.unknown
    for one in operands:
        known, unknown = known and one.known, unknown or one.unknown
    if known is result.known and unknown is result.unknown:
        return result
    return Extent(result.low, result.high, result.words, unknown, known, result.never_zero)


def opposite(a: Extent) -> Extent:
    """``-a``."""
    low, high = None if a.high is None else -a.high, None if a.low is None else -a.low
    return Extent(low, high, None, a.unknown, a.known, a.never_zero)


def plus(a: Extent, b: Extent) -> Extent:
    """``a + b``."""
    return Extent(
        None if a.low is None or b.low is None else a.low + b.low,
        None if a.high is None or b.high is None else a.high + b.high,
    )


def times(a: Extent, b: Extent) -> Extent:
    """``a * b``."""
    if 0 in (a.low, b.low) and (a.low == a.high == 0 or b.low == b.high == 0):
        return exactly(0)
    if a.high is not None and a.high <= 0:
        return opposite(times(opposite(a), b))
    if b.high is not None and b.high <= 0:
        return opposite(times(a, opposite(b)))
    if a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0:
        return Extent(a.low * b.low, None if a.high is None or b.high is None else a.high * b.high)
    ends = [one for pair in ((a.low, a.high), (b.low, b.high)) for one in pair if one is not None]
    if len(ends) < 4:
        return KNOWN
    corners = [x * y for x in ends[:2] for y in ends[2:]]
    return Extent(min(corners), max(corners))


def reciprocal(a: Extent) -> Extent:
    """``1 / a`` where ``a`` is not 0."""
    if a.low is not None and a.low >= 0:
        return Extent(1 / a.high if a.high else Fraction(0), 1 / a.low if a.low else None)
    if a.high is not None and a.high <= 0:
        return opposite(reciprocal(opposite(a)))
    return KNOWN


def least(a: Extent, b: Extent) -> Extent:
    """The smaller of two."""
    highs = [one for one in (a.high, b.high) if one is not None]
    return Extent(
        None if a.low is None or b.low is None else min(a.low, b.low), min(highs) if highs else None
    )


def rising(a: Extent, function: Callable[[Fraction], Fraction]) -> Extent:
    """The values of a function that never falls."""
    return Extent(None if a.low is None else function(a.low), None if a.high is None else function(a.high))
