"""Searching the log: ids by one index each, in the order in which entries were made, a page at a time.

A search over several indexes is a merge of such walks (``app.services.log.searching``):
no statement reads a table from end to end, and none sorts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text

from app.domain.audit import EntryKind
from app.domain.identifiers import milliseconds, uuid7
from app.domain.sealed import DecisionFilter
from app.store.decisions import Decisions
from app.store.reading import Reader
from app.store.tables import NOT_A_DECISION, decision, entry
from app.store.tree_tables import place

_MARGIN = timedelta(days=1)
"""An id's own time and that of its entry agree within an hour (``app.domain.audit``); a day is safe."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Which way, how far, and from where: ids behind ``after``, and made from ``since`` to ``until``."""

    newest: bool
    limit: int
    since: datetime | None = None
    until: datetime | None = None
    after: UUID | None = None


class Searching:
    """Ids of entries, by rising or falling id."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._decisions = Decisions(reader)

    def decisions(self, wanted: DecisionFilter, asked_by: bytes | None, walk: Walk) -> list[UUID]:
        """Decisions that meet ``wanted``, and were asked for by ``asked_by`` for somebody else."""
        conditions = self._decisions.conditions(wanted)
        if asked_by is not None:
            conditions.append(decision.c.asked_by == asked_by)
        return self._ids(select(decision.c.id).where(*conditions), decision.c.id, walk)

    def of_kind(self, kind: EntryKind, walk: Walk) -> list[UUID]:
        """Entries of a kind, of any but decisions."""
        # What follows from the kind, said so that the index on all other kinds is used.
        statement = select(entry.c.id).where(entry.c.kind == kind.value, text(NOT_A_DECISION))
        return self._ids(statement, entry.c.id, walk)

    def count_of_kind(self, kind: EntryKind, since: datetime) -> int:
        """How many entries of a kind, of any but decisions, were made since an instant (UTC)."""
        counted = select(func.count(entry.c.id)).where(
            entry.c.kind == kind.value, text(NOT_A_DECISION), entry.c.id >= _least(since)
        )
        row = self._reader.first(counted)
        return 0 if row is None else int(row[0])

    def of_any_kind(self, walk: Walk) -> list[UUID]:
        """All entries."""
        return self._ids(select(entry.c.id), entry.c.id, walk)

    def at_places(self, first: int, end: int, *, newest: bool, limit: int) -> list[UUID]:
        """The first, or ``newest``, of the entries from index ``first`` up to ``end``, by index."""
        order = place.c.place.desc() if newest else place.c.place
        statement = select(place.c.id).where(place.c.place >= first, place.c.place < end)
        return [row.id for row in self._reader.all(statement.order_by(order).limit(limit))]

    def _ids(self, statement: Select[Any], id: ColumnElement[UUID], walk: Walk) -> list[UUID]:
        if walk.since is not None:
            statement = statement.where(id >= _least(walk.since - _MARGIN))
        if walk.until is not None:
            statement = statement.where(id < _least(walk.until + _MARGIN))
        if walk.after is not None:
            statement = statement.where(id < walk.after if walk.newest else id > walk.after)
        ordered = statement.order_by(id.desc() if walk.newest else id).limit(walk.limit)
        return [row.id for row in self._reader.all(ordered)]


def _least(instant: datetime) -> UUID:
    return uuid7(max(0, milliseconds(instant)), 0)
