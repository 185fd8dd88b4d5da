"""The functions of the calendar on whole numbers: days as ordinals, months as counts.

Each only rises or only falls in each of its arguments where the others stay, so that what
it yields at two places says what it can yield between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from app.domain import calendar

FIRST, LAST = date.min.toordinal(), date.max.toordinal()
Bounds = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Function:
    """``of`` gives the value; ``rising`` says of each argument whether the value rises (1) or falls (-1)."""

    name: str
    of: Callable[..., int]
    rising: tuple[int, ...]

    def bounds(self, arguments: Sequence[Bounds]) -> Bounds:
        """The least and the greatest value."""
        pairs = zip(arguments, self.rising, strict=True)
        ends = [(low, high) if rises > 0 else (high, low) for (low, high), rises in pairs]
        return self.of(*(low for low, _ in ends)), self.of(*(high for _, high in ends))


def _day(ordinal: int) -> date:
    return date.fromordinal(max(FIRST, min(LAST, ordinal)))


def add_months(day: int, months: int) -> int:
    """The day so many months later; 0 before the calendar begins and one past its last day behind its end."""
    if day < FIRST or day > LAST:
        return 0 if day < FIRST else LAST + 1
    months = max(-200_000, min(200_000, months))
    found = calendar.add_months(_day(day), months)
    return found.toordinal() if found is not None else (0 if months < 0 else LAST + 1)


def whole_months_between(start: int, end: int) -> int:
    """Whole months from one day to another."""
    return calendar.whole_months_between(_day(start), _day(end))


ADD_MONTHS = Function("add_months", add_months, (1, 1))
MONTHS_BETWEEN = Function("whole_months_between", whole_months_between, (-1, 1))


@cache
def business_day(holidays: frozenset[date]) -> Function:
    """``next_business_day`` for one list of holidays; the same object for the same list."""

    def of(day: int) -> int:
        found = calendar.next_business_day(_day(day), holidays)
        return LAST + 1 if found is None else found.toordinal()

    return Function("next_business_day", of, (1,))
