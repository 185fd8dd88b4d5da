"""Between which numbers a formula's value lies, as far as constants, parameters and declared bounds tell.

Only as clever as guards of divisions in credit policies need: where it cannot
tell, there is no bound. It never claims a bound that could be passed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.domain import expressions as tree


class Bounds(NamedTuple):
    """The least and the greatest possible value, None where there is no such bound."""

    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def exclude_zero(self) -> bool:
        """Whether the value can never be 0."""
        return (self.low is not None and self.low > 0) or (self.high is not None and self.high < 0)


UNBOUNDED = Bounds()


def bounds(node: tree.Expression, of_name: Callable[[str], Bounds]) -> Bounds:
    """The bounds of an expression whose names have the bounds that ``of_name`` tells."""

    def of(part: tree.Expression) -> Bounds:
        return bounds(part, of_name)

    match node:
        case tree.Constant(value) if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return Bounds(Fraction(value), Fraction(value))
        case tree.Name(name):
            return of_name(name)
        case tree.Negative(operand):
            return _minus(of(operand))
        case tree.Arithmetic("+", left, right):
            return _plus(of(left), of(right))
        case tree.Arithmetic("-", left, right):
            return _plus(of(left), _minus(of(right)))
        case tree.Arithmetic("*", left, right):
            return _times(of(left), of(right))
        case tree.Conditional(_, then, otherwise):
            return _either(of(then), of(otherwise))
        case tree.Call(function, arguments) if function in _FUNCTIONS:
            return _FUNCTIONS[function]([of(one) for one in arguments])
    return UNBOUNDED


def _minus(a: Bounds) -> Bounds:
    return Bounds(None if a.high is None else -a.high, None if a.low is None else -a.low)


def _plus(a: Bounds, b: Bounds) -> Bounds:
    return Bounds(
        None if a.low is None or b.low is None else a.low + b.low,
        None if a.high is None or b.high is None else a.high + b.high,
    )


def _times(a: Bounds, b: Bounds) -> Bounds:
    if a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0:
        return Bounds(a.low * b.low, None if a.high is None or b.high is None else a.high * b.high)
    return UNBOUNDED


def _either(a: Bounds, b: Bounds) -> Bounds:
    return Bounds(
        None if a.low is None or b.low is None else min(a.low, b.low),
        None if a.high is None or b.high is None else max(a.high, b.high),
    )


def _least(several: list[Bounds]) -> Bounds:
    highs = [one.high for one in several if one.high is not None]
    lows = [one.low for one in several]
    known = [low for low in lows if low is not None]
    return Bounds(min(known) if len(known) == len(lows) else None, min(highs, default=None))


def _greatest(several: list[Bounds]) -> Bounds:
    return _minus(_least([_minus(one) for one in several]))


def _any_of(several: list[Bounds]) -> Bounds:
    found = several[0]
    for one in several[1:]:
        found = _either(found, one)
    return found


def _rounded(several: list[Bounds]) -> Bounds:
    """Rounded, whichever way and to however many places: within the whole numbers around."""
    low, high = several[0]
    return Bounds(
        None if low is None else Fraction(math.floor(low)),
        None if high is None else Fraction(math.ceil(high)),
    )


_FUNCTIONS: Mapping[str, Callable[[list[Bounds]], Bounds]] = {
    "min": _least,
    "max": _greatest,
    "least_known": _any_of,
    "greatest_known": _any_of,
    "floor": _rounded,
    "ceiling": _rounded,
    "round": _rounded,
    "abs": lambda several: Bounds(Fraction(0)),
}
