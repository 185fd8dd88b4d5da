"""Reads the receivables: one customer's documents by an index, or all customers' one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.domain.receivables.documents import Document, DocumentKind
from app.store.bulk import Bulk
from app.store.customers_tables import data_import
from app.store.keeping_tables import subject_event
from app.store.reading import Reader, unavailable
from app.store.receivables_tables import receivable, receivable_history
from app.store.receivables_writes import COLUMNS, ReceivablesWriter, Written

_KINDS = {str(kind): kind for kind in DocumentKind}
_FIELDS = [receivable.c[name] for name in COLUMNS]
_STREAM = f"""
SELECT {", ".join(COLUMNS)} FROM receivable WHERE (dated_on <= {{0}} OR begun_on <= {{0}}){{1}}
ORDER BY customer
"""
ROWS_AT_ONCE = 2_000


class Said(NamedTuple):
    """What a document said until an import corrected it."""

    said: dict[str, Any]
    origin: UUID
    replaced_by: UUID


class Receivables:
    """Reads with ``reader``; ``bulk`` takes many rows in few transactions."""

    def __init__(self, reader: Reader, bulk: Bulk) -> None:
        self._reader = reader
        self._bulk = bulk
        self._writer = ReceivablesWriter(on_sqlite=reader.on_sqlite)
        self.worked = bulk.worked

    def write(self, documents: Sequence[Document], origin: UUID) -> Written:
        """Make some thousands of documents durable in one transaction, each number at most once.

        The same document again changes nothing; another under its number replaces it, and what it said
        before is kept. Raises ``Unavailable``: then nothing of them was written.
        """
        return self._bulk.run(lambda cursor: self._writer.write(cursor, documents, origin))

    def of_customer(self, customer: str) -> list[Document]:
        """All documents of one customer."""
        rows = self._reader.all(select(*_FIELDS).where(receivable.c.customer == customer))
        return [_document(row) for row in rows]

    def is_kept(self, customer: str) -> bool:
        """Whether there is any document of a customer."""
        found = select(receivable.c.number).where(receivable.c.customer == customer).limit(1)
        return self._reader.first(found) is not None

    def version(self) -> tuple[Any, ...]:
        """Another one whenever documents came, changed or were erased, whichever process did it."""
        rows, kept = select(func.count()).select_from(receivable), receivable_history.c.row
        parts = (
            rows.scalar_subquery(),
            select(func.max(kept)).scalar_subquery(),
            select(data_import.c.id).order_by(data_import.c.id.desc()).limit(1).scalar_subquery(),
            select(subject_event.c.id).order_by(subject_event.c.id.desc()).limit(1).scalar_subquery(),
        )
        return tuple(self._reader.all(select(*parts))[0])

    def of_invoice(self, number: str) -> str | None:
        """The customer of an invoice; None where there is none of that number."""
        row = self._reader.first(
            select(receivable.c.customer).where(receivable.c.kind == "invoice", receivable.c.number == number)
        )
        return None if row is None else str(row.customer)

    def said(self, kind: DocumentKind, number: str) -> list[Said]:
        """What a document said before its corrections, oldest first."""
        table = receivable_history
        rows = self._reader.all(
            select(table.c.said, table.c.origin, table.c.replaced_by)
            .where(table.c.kind == str(kind), table.c.number == number)
            .order_by(table.c.row)
        )
        return [
            Said(json.loads(row.said) if isinstance(row.said, str) else row.said, row.origin, row.replaced_by)
            for row in rows
        ]

    def customers(self, day: date, *, only_open: bool = False) -> Iterator[tuple[str, list[Document]]]:
        """Every customer with the documents known on ``day``, in the order of their ids, byte by byte.

        ``only_open`` leaves out who had no open invoice on that day. Rows come from the database as they
        are asked for, so that memory holds one customer. A connection is held until the last was read.
        Raises ``Unavailable``.
        """
        kinds, to_date = _KINDS, date.fromisoformat
        with self._rows(day, only_open=only_open) as rows:
            for customer, found in groupby(rows, itemgetter(2)):
                if self._reader.on_sqlite:
                    yield (
                        customer,
                        [
                            Document(
                                kinds[kind],
                                number,
                                customer,
                                to_date(dated),
                                invoice,
                                due and to_date(due),
                                begun and to_date(begun),
                                ended and to_date(ended),
                                amount,
                                word,
                            )
                            for kind, number, _, dated, invoice, due, begun, ended, amount, word in found
                        ],
                    )
                else:
                    yield customer, [_document(row) for row in found]

    @contextmanager
    def _rows(self, day: date, *, only_open: bool) -> Iterator[Iterator[tuple[Any, ...]]]:
        mark = "?" if self._reader.on_sqlite else "%s"
        marked = _STREAM.format(mark, _OPEN.format(mark) if only_open else "")
        given = (day.isoformat(),) * marked.count(mark)
        driver = self._reader.engine.dialect.loaded_dbapi
        try:
            with self._reader.engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                if self._reader.on_sqlite:
                    yield _fetched(raw.execute(marked, given))
                    return
                with raw.transaction():
                    # It takes as long as what is done with each customer.
                    raw.execute("SET LOCAL statement_timeout = 0")
                    with raw.cursor(name="receivables") as cursor:
                        cursor.itersize = ROWS_AT_ONCE
                        cursor.execute(marked, given)
                        yield _fetched(cursor)
        except (OperationalError, InterfaceError, NoConnectionFree, driver.Error) as error:
            raise unavailable(error) from error


_OPEN = """
 AND customer IN (
    SELECT customer FROM receivable
    WHERE kind = 'invoice' AND (settled_on IS NULL OR settled_on > {0}) AND dated_on <= {0}
)"""


def _document(row: Sequence[Any]) -> Document:
    return Document._make((_KINDS[row[0]], *row[1:]))


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield from rows
