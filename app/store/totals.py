"""Key figures of all customers as they were worked out: a decision reads one row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Row, Select, func, select

from app.domain.instants import utc_text
from app.store.bulk import Bulk
from app.store.customers_tables import data_import
from app.store.keeping_tables import subject_event
from app.store.reading import Reader
from app.store.receivables_tables import receivable_state, receivable_total

_KEEP = """
INSERT INTO receivable_total (day, version, origin, at, figures) VALUES ({0}, {0}, {0}, {0}, {0})
ON CONFLICT (day) DO UPDATE
SET version = excluded.version, origin = excluded.origin, at = excluded.at, figures = excluded.figures
"""


class Total(NamedTuple):
    """The figures of ``day`` by name, in their text form; None is unknown.

    ``version`` is that of the documents they were worked out on, and ``origin`` the last import by then.
    """

    day: date
    version: str
    origin: UUID | None
    figures: Mapping[str, str | None]


class Totals:
    """Reads and keeps the figures of days."""

    def __init__(self, reader: Reader, bulk: Bulk) -> None:
        self._reader = reader
        self._bulk = bulk
        self._keep = _KEEP.format("?" if reader.on_sqlite else "%s")

    def version(self) -> str:
        """Another text after every transaction that changed or erased documents; empty before the first."""
        changes = select(func.max(receivable_state.c.changes)).scalar_subquery()
        erased = select(subject_event.c.id).order_by(subject_event.c.id.desc()).limit(1).scalar_subquery()
        row: Any = self._reader.all(select(changes, erased))[0]
        return "" if row[0] is None else f"{row[0]} {row[1]}"

    def last_import(self, kind: str) -> UUID | None:
        """The import of a kind that was begun last."""
        found = select(data_import.c.id).where(data_import.c.kind == kind)
        row = self._reader.first(found.order_by(data_import.c.id.desc()).limit(1))
        return None if row is None else row.id

    def of(self, day: date) -> Total | None:
        """The figures of a day as they were last worked out."""
        return self._one(select(receivable_total).where(receivable_total.c.day == day))

    def newest(self, until: date) -> Total | None:
        """The figures of the last day up to ``until`` of which there are any."""
        found = select(receivable_total).where(receivable_total.c.day <= until)
        return self._one(found.order_by(receivable_total.c.day.desc()).limit(1))

    def keep(self, one: Total, at: datetime) -> None:
        """Keep the figures of a day instead of what was kept of it; raises ``Unavailable``."""
        origin: Any = one.origin
        if self._reader.on_sqlite and one.origin is not None:
            origin = one.origin.bytes
        figures = orjson.dumps(dict(one.figures)).decode()
        row = (one.day.isoformat(), one.version, origin, utc_text(at), figures)
        self._bulk.run(lambda cursor: cursor.execute(self._keep, row))

    def _one(self, statement: Select[Any]) -> Total | None:
        row = self._reader.first(statement)
        return None if row is None else _total(row)


def _total(row: Row[Any]) -> Total:
    return Total(row.day, row.version, row.origin, orjson.loads(row.figures))
