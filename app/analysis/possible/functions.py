"""The functions of formulas, on extents."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce

from app.analysis.possible.extents import (
    EITHER,
    KNOWN,
    Extent,
    any_of,
    least,
    opposite,
    plus,
    rising,
    strictly,
)
from app.domain.values import quantised


def called(function: str, given: Sequence[Extent]) -> Extent:
    """What the function yields of arguments with these extents."""
    if function == "known":
        said = [value for value, possible in ((True, given[0].known), (False, given[0].unknown)) if possible]
        return Extent(words=frozenset(said), known=bool(said))
    if function == "not":
        return strictly(given, Extent(words=frozenset(not one for one in given[0].truths())))
    if function == "least_known":
        return _least_known(given)
    if function == "greatest_known":
        return opposite(_least_known([opposite(one) for one in given]))
    return strictly(given, _FUNCTIONS[function](given) if function in _FUNCTIONS else KNOWN)


def _least_known(given: Sequence[Extent]) -> Extent:
    found = any_of([one for one in given if one.known])
    highs = [one.high for one in given if not one.unknown and one.high is not None]
    return Extent(
        found.low, min(highs) if highs else found.high, None, all(one.unknown for one in given), found.known
    )


def _greatest(a: Extent, b: Extent) -> Extent:
    return opposite(least(opposite(a), opposite(b)))


def _add_months(given: Sequence[Extent]) -> Extent:
    day, months = given
    if months.low is None or months.low < 0:
        return KNOWN
    return plus(day, Extent(months.low * 28, None if months.high is None else months.high * 31))


def _whole(function: Callable[[Fraction], int]) -> Callable[[Sequence[Extent]], Extent]:
    return lambda given: rising(given[0], lambda bound: Fraction(function(bound)))


_FUNCTIONS: Mapping[str, Callable[[Sequence[Extent]], Extent]] = {
    "min": lambda given: reduce(least, given),
    "max": lambda given: reduce(_greatest, given),
    "abs": lambda given: Extent(Fraction(0), _greatest(given[0], opposite(given[0])).high),
    "floor": _whole(math.floor),
    "ceiling": _whole(math.ceil),
    "round": lambda given: rising(given[0], lambda bound: Fraction(quantised(bound, int(given[1].low or 0)))),
    "contains": lambda given: EITHER,
    "days_between": lambda given: plus(given[1], opposite(given[0])),
    "add_days": lambda given: plus(given[0], given[1]),
    "add_months": _add_months,
    "next_business_day": lambda given: Extent(given[0].low),
}
