"""Where a ruleset version stands, and which version is in force at an instant.

Nothing is ever set: every change of state is an event, and events are only added.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.messages import told


class State(StrEnum):
    """Where a version stands after an event."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"


_TAKES_EFFECT = (State.ACTIVE, State.RETIRED)


@dataclass(frozen=True, slots=True)
class RulesetEvent:
    """One change of state. ``at`` and ``effective_from`` are UTC; ``by`` is the principal who did it.

    ``after`` is the id of the version's event that the author had seen, None for its first one. No two
    events may follow the same one, so of two people who change a version at once, one is refused.
    ``effective_from`` stands for active and retired only; None means at once. It never lies before ``at``:
    the past is not changed by what is recorded later. ``made_from`` is the event whose text a version's first
    draft was made from, None where it was written anew. ``supersedes`` is, of an activation, the one of the
    same policy recorded before it, None for the first: no two may supersede the same one, so of two people
    who activate different versions at once, one is refused or has seen the other's.
    """

    id: UUID
    policy: str
    version: str
    digest: str
    state: State
    at: datetime
    by: str
    after: UUID | None = None
    effective_from: datetime | None = None
    made_from: UUID | None = None
    supersedes: UUID | None = None

    def __post_init__(self) -> None:
        if self.effective_from is None:
            return
        if self.state not in _TAKES_EFFECT:
            raise ValueError(f"a version that becomes {self.state} takes no date")
        if self.effective_from < self.at:
            raise ValueError(f"effective from {self.effective_from} lies before the change itself, {self.at}")

    @property
    def takes_effect(self) -> datetime:
        """The instant from which the change counts."""
        return self.effective_from or self.at


@dataclass(frozen=True, slots=True)
class RulesetChange:
    """An event with, the first time a digest appears, the exact bytes of the text it names.

    ``authors`` are those who from now on count among the version's authors, and cannot approve it.
    """

    event: RulesetEvent
    text: bytes | None = None
    authors: tuple[str, ...] = ()

    @property
    def conflict(self) -> str:
        """What is said when somebody else was first."""
        return told(
            "{policy} {version} was changed by somebody else in the meantime, or another version was "
            "activated, or its text is not stored. Read it again and repeat your change.",
            policy=self.event.policy,
            version=self.event.version,
        )


def latest(events: Iterable[RulesetEvent]) -> dict[str, RulesetEvent]:
    """The last event of every version, by version, in the order in which versions first appeared."""
    return {event.version: event for event in sorted(events, key=lambda event: event.id)}


def timeline(events: Iterable[RulesetEvent]) -> tuple[tuple[datetime, RulesetEvent | None], ...]:
    """Which activation holds from which instant on, out of one policy's events, in the order of time.

    The activation that took effect last holds, until its own version is retired; retiring never brings an
    older version back. An activation or retirement that had not yet taken effect is void as soon as a later
    event of the same version is recorded: that is how a planned activation is moved or withdrawn.
    """
    effective: list[RulesetEvent] = []
    soonest: dict[str, datetime] = {}  # of each version: when the first of its later events was recorded
    for event in sorted(events, key=lambda event: event.id, reverse=True):
        later = soonest.get(event.version)
        if event.state in _TAKES_EFFECT and (later is None or later >= event.takes_effect):
            effective.append(event)
        soonest[event.version] = event.at if later is None else min(later, event.at)
    line: list[tuple[datetime, RulesetEvent | None]] = []
    standing: RulesetEvent | None = None
    for event in sorted(effective, key=lambda event: (event.takes_effect, event.id)):
        if event.state is State.ACTIVE:
            standing = event
        elif standing is not None and standing.version == event.version:
            standing = None
        line.append((event.takes_effect, standing))
    return tuple(line)


def in_force(line: Sequence[tuple[datetime, RulesetEvent | None]], instant: datetime) -> RulesetEvent | None:
    """The activation that holds at ``instant`` on a ``timeline``; None when no version is in force."""
    place = bisect_right(line, instant, key=lambda change: change[0])
    return line[place - 1][1] if place else None
