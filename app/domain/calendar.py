"""Dates in formulas: calendar days, whole months, and business days by a list of holidays."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Any

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""The bounds of a fact of type date that declares none: no sum of days then leaves the calendar unseen."""
_SATURDAY = 5


def days_between(start: date, end: date) -> int:
    """Calendar days from ``start`` to ``end``; negative when ``end`` is earlier."""
    return (end - start).days


def whole_months_between(start: date, end: date) -> int:
    """Whole months from ``start`` to ``end``: the most that ``add_months(start, n)`` takes and not pass it.

    Three months less a day are two; from 31 January to 28 February is one,
    because that is the last valid day.
    """
    if end < start:
        return -whole_months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    passed = add_months(start, months)
    return months if passed is not None and passed <= end else months - 1


def add_days(day: date, days: int) -> date | None:
    """``day`` plus calendar days; unknown outside the years 1 to 9999."""
    try:
        return day + timedelta(days=int(days))
    except OverflowError:
        return None


def add_months(day: date, months: int) -> date | None:
    """The same day ``months`` later, or that month's last valid day; unknown outside the years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + int(months), 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_business_day(day: date, holidays: Collection[date]) -> date | None:
    """``day`` itself or the first later day that is neither Saturday, Sunday nor a holiday."""
    shifted: date | None = day
    while shifted is not None and (shifted.weekday() >= _SATURDAY or shifted in holidays):
        shifted = add_days(shifted, 1)
    return shifted


CALENDAR_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "days_between": days_between,
    "whole_months_between": whole_months_between,
    "add_days": add_days,
    "add_months": add_months,
    "next_business_day": next_business_day,
}
