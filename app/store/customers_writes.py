"""The statements that write the customer file, for the log's writer and for imports alike.

What holds of a customer is one row, ``customer_file``, so that a decision reads one. It is
brought up to date by the database itself, fact by fact: nobody reads it first, so nobody can
write over what another process filed in between. A fact gives way to one of the same or a
later day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import Dialect, Table
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.customer_file import CustomerForgotten, Filing
from app.domain.signals import Signal
from app.store.changes import Delete, Write
from app.store.customers_tables import (
    customer_file,
    customer_filing,
    customer_signal,
    import_refusal,
)
from app.store.receivables_tables import WORKING as RECEIVABLES
from app.store.refiling import Standing, Stored, merge
from app.store.runs_tables import run_item

Row: TypeAlias = tuple[Any, ...]
_TYPES = {
    "as_of": "date",
    "day": "date",
    "origin": "uuid",
    "facts": "jsonb",
    "withdrawn": "boolean",
}
"""Of columns that hold no text, on PostgreSQL."""
FILING_COLUMNS = ("customer", "as_of", "source", "evidence", "author", "currency", "origin", "facts")
SIGNAL_COLUMNS = (
    "customer", "day", "kind", "source", "evidence", "magnitude", "withdrawn", "author", "origin",
)  # fmt: skip
HOLDING_COLUMNS = ("customer", "facts")

_MERGED_BY_SQLITE = """
UPDATE SET facts = json_patch(customer_file.facts, (
    SELECT json_group_object(came.key, json(came.value)) FROM json_each(excluded.facts) AS came
    WHERE coalesce(json_extract(customer_file.facts, '$."' || came.key || '"[1]'), '')
        <= json_extract(came.value, '$[1]')))
"""
_MERGED_BY_POSTGRESQL = """
UPDATE SET facts = customer_file.facts || coalesce((
    SELECT jsonb_object_agg(came.key, came.value) FROM jsonb_each(excluded.facts) AS came
    WHERE coalesce(customer_file.facts -> came.key ->> 1, '') COLLATE "C" <= came.value ->> 1), '{}'::jsonb)
"""


class FileWriter:
    """Writes filings and signals with the cursor of a transaction."""

    def __init__(self, dialect: Dialect) -> None:
        self.on_sqlite = dialect.name == "sqlite"
        self._file = self._insert(customer_filing, FILING_COLUMNS)
        self._signal = self._insert(customer_signal, SIGNAL_COLUMNS)
        merged = _MERGED_BY_SQLITE if self.on_sqlite else _MERGED_BY_POSTGRESQL
        hold = self._insert(customer_file, HOLDING_COLUMNS)
        self._hold = f"{hold} ON CONFLICT (customer) DO {merged.strip()}"
        self._replace = f"{hold} ON CONFLICT (customer) DO UPDATE SET facts = excluded.facts"

    def file(self, cursor: DBAPICursor, filings: Iterable[Filing]) -> None:
        """Write filings, and bring up to date what holds.

        Customers are written in one order everywhere, or two processes would wait for each other.
        """
        ordered = sorted(filings, key=lambda one: one.customer)
        held: dict[str, dict[str, Stored]] = {}
        for filing in ordered:
            merge(held.setdefault(filing.customer, {}), filing)
        self._many(cursor, self._file, FILING_COLUMNS, [self._filing_row(filing) for filing in ordered])
        rows = [(name, self._json(facts)) for name, facts in held.items()]
        self._many(cursor, self._hold, HOLDING_COLUMNS, rows)

    def file_on(self, cursor: DBAPICursor, filings: Sequence[Filing], standing: Standing) -> None:
        """The same where what holds was read, and is worked out, in this transaction."""
        self._many(cursor, self._file, FILING_COLUMNS, [self._filing_row(filing) for filing in filings])
        names = sorted({filing.customer for filing in filings})
        known = [name for name in names if name in standing.there]
        new = [name for name in names if name not in standing.there]
        for sql, several in ((self._replace, known), (self._replace if self.on_sqlite else self._hold, new)):
            rows = [(name, self._json(standing.held[name])) for name in several]
            self._many(cursor, sql, HOLDING_COLUMNS, rows)

    def signal(self, cursor: DBAPICursor, signals: Iterable[Signal]) -> None:
        """Write signals."""
        self._many(cursor, self._signal, SIGNAL_COLUMNS, [self._signal_row(one) for one in signals])

    def _insert(self, table: Table, columns: Sequence[str]) -> str:
        """One row a statement on SQLite; on PostgreSQL all rows in one, from one text of JSON.

        The driver takes several microseconds for each value of a row or a list, and none for those of a text.
        """
        into = f"INSERT INTO {table.name} ({', '.join(columns)})"
        if self.on_sqlite:
            return f"{into} VALUES ({', '.join('?' * len(columns))})"
        typed = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in columns)
        return f"{into} SELECT {', '.join(columns)} FROM json_to_recordset(%s::json) AS came ({typed})"

    def _many(self, cursor: DBAPICursor, sql: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        if not rows:
            return
        if self.on_sqlite:
            cursor.executemany(sql, rows)
        else:
            came = [dict(zip(columns, row, strict=True)) for row in rows]
            cursor.execute(sql, (orjson.dumps(came).decode(),))

    def _json(self, facts: Mapping[str, Any]) -> Any:
        """Facts as a row has them: a text on SQLite, and part of the whole text on PostgreSQL."""
        return orjson.dumps(facts).decode() if self.on_sqlite else facts

    def _filing_row(self, one: Filing) -> Row:
        about = (one.source.value, one.evidence, one.author, one.currency, self._id(one.origin))
        return (one.customer, one.as_of.isoformat(), *about, self._json(one.facts))

    def _signal_row(self, one: Signal) -> Row:
        magnitude = None if one.magnitude is None else f"{one.magnitude:f}"
        about = (one.kind, one.source.value, one.evidence, magnitude, one.withdrawn, one.author)
        return (one.customer, one.day.isoformat(), *about, self._id(one.origin))

    def _id(self, id: UUID) -> bytes | str:
        return id.bytes if self.on_sqlite else str(id)


def forgotten_writes(change: CustomerForgotten) -> Iterator[Write]:
    """Nothing of the customer stays in the file, in receivables, in runs, nor among what was refused."""
    filed = (customer_file, customer_filing, customer_signal, import_refusal)
    for table in (*filed, *RECEIVABLES, run_item):
        yield Delete(table, {"customer": change.customer}, any_number=True)
