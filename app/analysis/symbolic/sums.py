"""Sums of whole numbers, and exact numbers as one sum over another."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.analysis.symbolic.terms import Sum, Term


class Ratio(NamedTuple):
    """An exact number: one sum over another, which is not 0 wherever the number is known."""

    over: Sum
    under: Sum

    @property
    def constant(self) -> Fraction | None:
        """The number where it hangs on nothing."""
        if self.over.parts or self.under.parts:
            return None
        return Fraction(self.over.constant, self.under.constant)


def whole(number: int) -> Sum:
    """A constant."""
    return Sum((), number)


def atom(term: Term) -> Sum:
    """One number by itself."""
    return Sum(((term, 1),), 0)


ONE = whole(1)


def exact(number: Decimal | Fraction | int) -> Ratio:
    """A constant as an exact number."""
    over, under = Fraction(number).as_integer_ratio()
    return Ratio(whole(over), whole(under))


def plus(*sums: Sum) -> Sum:
    """The sum of several."""
    found: dict[Term, int] = {}
    for one in sums:
        for term, coefficient in one.parts:
            found[term] = found.get(term, 0) + coefficient
    return _ordered(found.items(), sum(one.constant for one in sums))


def times(a: Sum, factor: int) -> Sum:
    """So many times a sum."""
    if factor == 1:
        return a
    if factor == 0:
        return whole(0)
    return Sum(tuple((term, c * factor) for term, c in a.parts), a.constant * factor)


def minus(a: Sum, b: Sum) -> Sum:
    """The difference."""
    return plus(a, times(b, -1))


def content(*sums: Sum) -> int:
    """The greatest whole number that divides every coefficient; 1 where all are 0."""
    return math.gcd(*(c for one in sums for _, c in one.parts), *(one.constant for one in sums)) or 1


def divided(a: Sum, by: int) -> Sum:
    """A sum divided by what divides each of its coefficients."""
    return a if by == 1 else Sum(tuple((term, c // by) for term, c in a.parts), a.constant // by)


def reduced(over: Sum, under: Sum) -> Ratio:
    """The ratio in small coefficients; the sum below it is positive where that is certain."""
    if under.high < 0:
        over, under = times(over, -1), times(under, -1)
    if not over.parts and not over.constant and under.low > 0:
        return Ratio(over, ONE)
    if under.parts and under.low > 0:
        factor = _multiple(over, under)
        if factor is not None:
            return Ratio(whole(factor.numerator), whole(factor.denominator))
    common = content(over, under)
    return Ratio(divided(over, common), divided(under, common))


def _multiple(over: Sum, under: Sum) -> Fraction | None:
    """What ``over`` is times ``under``, where it is a constant."""
    if [term for term, _ in over.parts] != [term for term, _ in under.parts]:
        return None
    factors = {Fraction(a[1], b[1]) for a, b in zip(over.parts, under.parts, strict=True)}
    if under.constant:
        factors.add(Fraction(over.constant, under.constant))
    elif over.constant:
        return None
    return factors.pop() if len(factors) == 1 else None


def opposite(a: Ratio) -> Ratio:
    """``-a``."""
    return Ratio(times(a.over, -1), a.under)


def scaled(a: Ratio, factor: int) -> Ratio:
    """So many times a number."""
    return reduced(times(a.over, factor), a.under)


def _ordered(pairs: Iterable[tuple[Term, int]], constant: int) -> Sum:
    kept = sorted(((term, c) for term, c in pairs if c), key=lambda pair: pair[0].id)
    return Sum(tuple(kept), constant)
