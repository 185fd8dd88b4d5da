"""Imports: what came in one go, what became of its rows, and the first of those that were refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select

from app.domain.customer_file import Import, ImportBegun, ImportFinished, RefusedRow
from app.store.changes import Insert, Update, Write
from app.store.customers_tables import data_import, import_refusal
from app.store.reading import Reader


class ImportTable:
    """Reads imports. What was refused of an erased customer is not there."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, id: UUID) -> Import | None:
        """An import; None where there is none of that id."""
        row = self._reader.first(select(data_import).where(data_import.c.id == id))
        return None if row is None else import_of(row)

    def all(self) -> list[Import]:
        """Every import, by rising id."""
        return [import_of(row) for row in self._reader.all(select(data_import).order_by(data_import.c.id))]

    def page(self, kind: str | None, after: UUID | None, limit: int) -> list[Import]:
        """Imports, begun last first, behind ``after``."""
        statement = select(data_import).order_by(data_import.c.id.desc()).limit(limit)
        if kind is not None:
            statement = statement.where(data_import.c.kind == kind)
        if after is not None:
            statement = statement.where(data_import.c.id < after)
        return [import_of(row) for row in self._reader.all(statement)]

    def refused(self, id: UUID) -> list[RefusedRow]:
        """The rows kept of those that an import refused, in their order."""
        found = select(import_refusal).where(import_refusal.c["import"] == id)
        rows = self._reader.all(found.order_by(import_refusal.c.place))
        return [RefusedRow(row.place, row.customer, orjson.loads(row.problems)) for row in rows]

    def is_named(self, customer: str) -> bool:
        """Whether a refused row that is kept is of a customer."""
        found = select(import_refusal.c.place).where(import_refusal.c.customer == customer).limit(1)
        return self._reader.first(found) is not None


def begun_writes(change: ImportBegun) -> Iterator[Write]:
    """The row of an import that begins."""
    one = change.begun
    yield Insert(
        data_import,
        {
            "id": one.id,
            "kind": one.kind,
            "sha256": one.sha256,
            "mapping": one.mapping,
            "principal": one.by,
            "at": one.at,
            "rows_read": 0,
            "rows_written": 0,
            "rows_unchanged": 0,
            "rows_refused": 0,
        },
    )


def finished_writes(change: ImportFinished) -> Iterator[Write]:
    """Its counts, and some of what it refused."""
    one = change.done
    counts = {
        "rows_read": one.read,
        "rows_written": one.written,
        "rows_unchanged": one.unchanged,
        "rows_refused": one.refused,
    }
    under_way = {"id": one.id, "finished_at": None}
    yield Update(data_import, under_way, {"finished_at": one.finished_at, **counts})
    for row in {row.place: row for row in change.refused}.values():
        problems = orjson.dumps(row.problems).decode()
        values = {"import": one.id, "place": row.place, "customer": row.customer, "problems": problems}
        yield Insert(import_refusal, values)


def import_of(row: Row[Any]) -> Import:
    """A row of what came."""
    counts = (row.rows_read, row.rows_written, row.rows_unchanged, row.rows_refused)
    about = (row.kind, bytes(row.sha256), row.mapping, row.principal, row.at, row.finished_at)
    return Import(row.id, *about, *counts)
