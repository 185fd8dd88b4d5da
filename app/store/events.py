"""Reads events in the order of the log's places, which is the one order that never changes.

Ids say when something was made, and databases commit out of that order: who follows them
by id would miss what was committed late. A place is given after the commit, by one hand
at a time and without gaps (``app.store.tree``), so whoever has seen place n has seen
everything before it, on both databases, whoever writes.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from app.domain.audit import EntryKind
from app.domain.events import Event
from app.domain.lifecycle import State
from app.domain.sealed import Visible
from app.store import reach
from app.store.reading import Reader
from app.store.tables import decision, entry, referral, resolution, ruleset_event
from app.store.tree_tables import place

DECISION, RESOLUTION, RULESET = "decision", "resolution", "ruleset"
WITHDRAWN = "withdrawn"
"""What becomes of a version whose planned activation is taken back."""
NIL = UUID(int=0)
_KINDS = (EntryKind.DECISION, EntryKind.RESOLUTION, EntryKind.RULESET_STATE, EntryKind.BOOTSTRAP)
_STATES = (State.ACTIVE, State.RETIRED)
_previous = ruleset_event.alias("previous")
_withdrawn = and_(ruleset_event.c.state == State.APPROVED.value, _previous.c.state == State.ACTIVE.value)
_about = func.coalesce(resolution.c.decision, entry.c.id)
_EVENTS: Select[Any] = (
    select(
        place.c.place,
        entry.c.id,
        entry.c.at,
        decision.c.id.label("decision"),
        func.coalesce(decision.c.policy, ruleset_event.c.policy).label("policy"),
        func.coalesce(decision.c.version, ruleset_event.c.version).label("version"),
        decision.c.outcome,
        decision.c.outcome_kind,
        referral.c.decision.label("referred"),
        resolution.c.outcome.label("settled"),
        resolution.c.follows,
        resolution.c.expires_at,
        case((_withdrawn, WITHDRAWN), else_=ruleset_event.c.state).label("state"),
        ruleset_event.c.digest,
        ruleset_event.c.effective_from,
    )
    .join_from(place, entry, place.c.id == entry.c.id)
    .join(resolution, resolution.c.id == entry.c.id, isouter=True)
    .join(decision, decision.c.id == _about, isouter=True)
    .join(referral, referral.c.decision == decision.c.id, isouter=True)
    .join(ruleset_event, ruleset_event.c.id == entry.c.id, isouter=True)
    .join(_previous, _previous.c.id == ruleset_event.c.follows, isouter=True)
    .where(entry.c.kind.in_([str(kind) for kind in _KINDS]))
)


class Events:
    """Events by position, which is the place and one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def head(self) -> int:
        """The position up to which everything has its place."""
        found = self._reader.all(select(func.max(place.c.place)))[0][0]
        return 0 if found is None else int(found) + 1

    def between(self, after: int, head: int, limit: int, visible_to: Visible | None) -> tuple[Event, ...]:
        """Up to ``limit`` events behind position ``after`` and up to ``head``, as far as they may be seen.

        Which ruleset answers is for everyone to see.
        """
        states = or_(ruleset_event.c.state.in_([str(state) for state in _STATES]), _withdrawn)
        seen: ColumnElement[bool] = and_(decision.c.id.is_not(None), *reach.conditions(visible_to))
        statement = _EVENTS.where(place.c.place >= after, place.c.place < head, or_(states, seen))
        return tuple(map(_event, self._reader.all(statement.order_by(place.c.place).limit(limit))))


def _event(row: Row[Any]) -> Event:
    kind = RULESET if row.state is not None else DECISION if row.settled is None else RESOLUTION
    return Event(
        position=row.place + 1,
        kind=kind,
        id=row.id,
        at=row.at,
        policy=row.policy,
        version=row.version,
        decision=row.decision,
        outcome=row.settled or row.outcome,
        outcome_kind=row.outcome_kind if kind == DECISION else None,
        referred=row.referred is not None,
        follows=None if row.follows == NIL else row.follows,
        expires_at=row.expires_at,
        state=row.state,
        digest=row.digest,
        effective_from=row.effective_from,
    )
