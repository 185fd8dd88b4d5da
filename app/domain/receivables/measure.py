"""What a measure is: a name, words for people, its formula and source, and the function that yields it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any

from app.domain.receivables.account import Account, Item
from app.domain.values import Text

HUNDREDTH, SHARE = Decimal("0.01"), Decimal("0.0001")


class Unit(StrEnum):
    """What a measure counts in. Shares are of 1, rounded half-even to four places; days_2 has two places."""

    MONEY = "money"
    DAYS = "days"
    MEAN_DAYS = "mean days"
    COUNT = "count"
    SHARE = "share"
    YES_NO = "yes or no"


@dataclass(frozen=True, slots=True)
class Given:
    """What a measure is told beside the account.

    ``since`` is the first day of its window, None for all there is. ``days`` is a threshold of lateness,
    ``before`` the days of history that it compares with, and ``least`` how many documents it needs of these
    to say anything. ``limit``, ``secured`` and ``transit`` are
    hundredths and come from the customer file; None is unknown. ``transit`` stands for all cash in transit.
    """

    since: date | None = None
    days: int = 0
    before: int = 0
    least: int = 0
    limit: int | None = None
    secured: int | None = None
    transit: int | None = None

    def counted(self, account: Account) -> Sequence[Item]:
        """The invoices of the window of which the lateness is known on the day.

        Those due in the window (``since`` to the day), and those still open past due, whenever they were
        due: an old debt is not forgotten because its due date left the window.
        """
        return account.counted(self.since)


Value = Any
"""Decimal, int, bool, or None for unknown."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of one account. ``needs`` are the settings beside a window that it must be given."""

    name: str
    label: Text
    unit: Unit
    formula: str
    source: str
    of: Callable[[Account, Given], Value] = field(repr=False)
    needs: tuple[str, ...] = ()


MEASURES: dict[str, Measure] = {}
"""Every measure of an account, by name, in the order of the documentation."""


def measure(
    unit: Unit, en: str, zh: str, formula: str, source: str, needs: tuple[str, ...] = ()
) -> Callable[[Callable[[Account, Given], Value]], Callable[[Account, Given], Value]]:
    """Put a function among the measures, under its own name."""

    def register(of: Callable[[Account, Given], Value]) -> Callable[[Account, Given], Value]:
        name = of.__name__
        MEASURES[name] = Measure(name, Text(en, zh), unit, formula, source, of, needs)
        return of

    return register


def money(hundredths: int) -> Decimal:
    """An amount in hundredths as a Decimal of two places."""
    return Decimal(hundredths).scaleb(-2)


def share(part: int, whole: int) -> Decimal | None:
    """A part of a whole, to four places half-even; unknown where there is no whole."""
    return quotient(part, whole, SHARE) if whole else None


def mean(values: list[int], places: Decimal = HUNDREDTH) -> Decimal | None:
    """The mean, half-even; unknown of nothing."""
    return quotient(sum(values), len(values), places) if values else None


def quotient(part: int, whole: int, places: Decimal) -> Decimal:
    """An exact quotient, rounded once, half-even."""
    scale = 10 ** -int(places.as_tuple().exponent)
    number, rest = divmod(part * scale, whole)
    twice = 2 * rest
    if abs(twice) > abs(whole) or (abs(twice) == abs(whole) and number % 2):
        number += 1
    return Decimal(number).scaleb(int(places.as_tuple().exponent))


def whole_days(value: Decimal) -> int:
    """Days as a whole number, half-even."""
    return int(value.quantize(Decimal(1), ROUND_HALF_EVEN))


def window(day: date, days: int) -> date:
    """The first of the last ``days`` days, ``day`` included."""
    return day - timedelta(days=days - 1)
