"""Usage: how a policy answered week by week, which rules held, and what people decided otherwise.

Counted is every decision of the weeks that are told, none besides. A week that is over stays as it is, since
decisions are never taken back; so it is counted once and remembered. What people decide comes later, and is
counted each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, TypeAlias

from app.domain.sealed import DecisionFilter
from app.services.remembering import Remembered
from app.store.decisions import Decisions

MOST_WEEKS = 53
_MOST_REMEMBERED = 20 * MOST_WEEKS
_OVER = timedelta(hours=1)
"""How long after its end a decision of a week may still be made durable, and more."""


class _Span(NamedTuple):
    policy: str
    monday: date
    since: datetime
    until: datetime


Fired: TypeAlias = dict[str, Counter[str]]
"""Decisions by version, and there by each rule (``step/rule``) that held in them."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday: answers, decisions of each version, and decisions in which each rule held."""

    monday: date
    outcomes: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    fired: Fired = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """Weeks from ``since`` on, oldest first; ``overridden`` are decisions, counted by the rules that held."""

    since: datetime
    weeks: tuple[Week, ...]
    overridden: Fired

    @property
    def decisions(self) -> int:
        """How many were counted."""
        return sum(one.outcomes.total() for one in self.weeks)

    @property
    def versions(self) -> Counter[str]:
        """How many decisions each version made."""
        found: Counter[str] = Counter()
        for week in self.weeks:
            found.update(week.versions)
        return found

    @property
    def fired(self) -> Fired:
        """In how many decisions each rule held."""
        found: Fired = {}
        for week in self.weeks:
            for version, rules in week.fired.items():
                found.setdefault(version, Counter()).update(rules)
        return found


class Usage:
    """Counts how policies are used. ``now`` gives UTC."""

    def __init__(self, decisions: Decisions, now: Callable[[], datetime]) -> None:
        self._decisions = decisions
        self._now = now
        self._over: Remembered[_Span, Week] = Remembered(_MOST_REMEMBERED, self._counted)

    def of(self, policy: str, weeks: int, zone: tzinfo) -> Use:
        """The last ``weeks`` weeks (at most 53) in ``zone``, the one that is running included."""
        now = self._now()
        today = now.astimezone(zone).date()
        monday = today - timedelta(days=today.weekday())
        number = max(1, min(weeks, MOST_WEEKS))
        spans = [_week(policy, monday - timedelta(weeks=back), zone) for back in reversed(range(number))]
        found = (self._over.get(one) if one.until + _OVER <= now else self._counted(one) for one in spans)
        return Use(spans[0].since, tuple(found), self._overridden(policy, spans[0].since))

    def _counted(self, span: _Span) -> Week:
        week = Week(span.monday)
        wanted = DecisionFilter(policy=span.policy, since=span.since, until=span.until)
        for one, number in self._decisions.alike(wanted).items():
            week.outcomes[one.outcome] += number
            week.versions[one.version] += number
            held = week.fired.setdefault(one.version, Counter())
            for _ in range(number):
                held.update(one.rules)
        return week

    def _overridden(self, policy: str, since: datetime) -> Fired:
        found: Fired = {}
        for one in self._decisions.overridden(DecisionFilter(policy=policy, since=since)):
            found.setdefault(one.version, Counter()).update(one.rules)
        return found


def _week(policy: str, monday: date, zone: tzinfo) -> _Span:
    since, until = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (monday, monday + timedelta(weeks=1))
    )
    return _Span(policy, monday, since, until)
