"""Signals: what happened to a customer on a day, and how that becomes facts.

No signal is no clean record: that there was no lawsuit is known only where somebody looked.
So a fact that counts signals says which kind of signal tells that it was looked (a check of the
court register), and is unknown without one, unless something was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.domain.customer_file import Source


@dataclass(frozen=True, slots=True)
class Signal:
    """An event. ``evidence`` tells several of one kind, day and source apart; ``withdrawn``: it was none.

    A later one with the same kind, day, source and evidence takes its place.
    """

    customer: str
    kind: str
    day: date
    source: Source
    origin: UUID
    evidence: str = ""
    magnitude: Decimal | None = None
    withdrawn: bool = False
    author: str | None = None

    @property
    def event(self) -> tuple[str, date, Source, str]:
        """What makes it the same event as another of this customer."""
        return self.kind, self.day, self.source, self.evidence


class How(StrEnum):
    """What becomes of the signals in a window."""

    COUNT = "count"
    SUM = "sum"
    ANY = "any"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class SignalFact:
    """How a fact comes from signals of ``kinds``: of LATEST each kind with the value that it means.

    Counted are those of ``days`` days, the day itself included, that end ``before`` days ago; None is from
    the beginning. ``checked_by`` are kinds that say somebody looked, and that holds for ``checked_days``;
    ``otherwise`` is what LATEST says where somebody looked and there was nothing.
    """

    fact: str
    how: How
    kinds: Mapping[str, str | None] = field(hash=False)
    source: str
    days: int | None = None
    before: int = 0
    checked_by: tuple[str, ...] = ()
    checked_days: int = 0
    otherwise: str | None = None

    @property
    def reach(self) -> int | None:
        """How many days back a signal may matter; None for any number."""
        return None if self.days is None else max(self.before + self.days, self.checked_days + 1)


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact that signals give, in its JSON form. ``as_of`` is the day of the newest of them."""

    value: bool | int | str
    as_of: date
    signals: tuple[Signal, ...]


def standing(signals: Iterable[Signal], day: date) -> list[Signal]:
    """The events up to ``day`` that stand, of signals in the order of filing, by their day."""
    latest = {one.event: one for one in signals if one.day <= day}
    return sorted((one for one in latest.values() if not one.withdrawn), key=lambda one: one.day)


def derived(rule: SignalFact, standing: Iterable[Signal], day: date) -> Derived | None:
    """The fact that ``rule`` makes of the events that stand on ``day``; None where it is not known."""
    end = day - timedelta(days=rule.before)
    found = [
        one
        for one in standing
        if one.kind in rule.kinds
        and one.day <= end
        and (rule.days is None or one.day > end - timedelta(days=rule.days))
    ]
    since = day - timedelta(days=rule.checked_days)
    checks = [one for one in standing if one.kind in rule.checked_by and since <= one.day <= day]
    if not found and not checks:
        return None
    value = _value(rule, found)
    newest = max(one.day for one in (*found, *checks))
    return None if value is None else Derived(value, newest, tuple(found or checks[-1:]))


def _value(rule: SignalFact, found: list[Signal]) -> bool | int | str | None:
    if rule.how is How.ANY:
        return bool(found)
    if rule.how is How.LATEST:
        return rule.kinds[found[-1].kind] if found else rule.otherwise
    if rule.how is How.COUNT:
        return len(found)
    total = sum((Decimal(1) if one.magnitude is None else one.magnitude for one in found), Decimal(0))
    return int(total) if total == int(total) else f"{total:f}"
