"""Events: what others follow, one after the other: decisions, resolutions, and which ruleset answers.

An event says that something happened and what it is about, in the clear: ids, codes and
instants. Who wants more reads the decision, and then as much of it as they may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``id`` is its entry's. ``position`` counts entries of the log from 1 on.

    ``decision`` is the decision that was made or settled. ``referred`` tells that it asks for a person.
    ``state`` (active, withdrawn, retired), ``digest`` and ``effective_from`` are of a ruleset alone.
    """

    position: int
    kind: str
    id: UUID
    at: datetime
    policy: str
    version: str
    decision: UUID | None = None
    outcome: str | None = None
    outcome_kind: str | None = None
    referred: bool = False
    follows: UUID | None = None
    expires_at: datetime | None = None
    state: str | None = None
    digest: str | None = None
    effective_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """Some events in order; ``next`` is what to go on after."""

    events: tuple[Event, ...]
    next: int
