"""Overrides, to be counted: how often people settled how, by person, by rule or by reason.

Every resolution counts, one that a later one replaced as well. An override is one that
is milder than what the rules alone say, the call for a person left aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.referrals import Resolution

BY = ("person", "rule", "reason")


def counted(resolutions: Iterable[Resolution], by: str) -> list[dict[str, Any]]:
    """One line a person, rule or reason, most overrides first.

    Under a rule stand the resolutions of what it called a person for, and those that set its stricter outcome
    aside; only the second are its overrides.
    """
    settled: dict[str, Counter[str]] = {}
    overrides: Counter[str] = Counter()
    for one in resolutions:
        keys = _keys(by, one)
        against = one.overruled if by == "rule" else keys
        for key in dict.fromkeys((*keys, *against)):
            settled.setdefault(key, Counter())[one.outcome] += 1
        if one.override:
            overrides.update(against)
    ordered = sorted(settled, key=lambda key: (-overrides[key], -settled[key].total(), key))
    return [
        {
            by: key,
            "settled": settled[key].total(),
            "outcomes": dict(sorted(settled[key].items())),
            "overrides": overrides[key],
        }
        for key in ordered
    ]


def monthly(resolutions: Iterable[Resolution], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Of each month in ``zone`` in which something was settled, how much, and how many were overrides."""
    months: dict[str, Counter[bool]] = {}
    for one in resolutions:
        months.setdefault(f"{one.at.astimezone(zone):%Y-%m}", Counter())[one.override] += 1
    return [
        {"month": month, "settled": months[month].total(), "overrides": months[month][True]}
        for month in sorted(months)
    ]


def _keys(by: str, one: Resolution) -> tuple[str, ...]:
    if by == "rule":
        return one.asked
    return (one.by,) if by == "person" else (one.reason,)
