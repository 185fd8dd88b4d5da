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

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.domain.receivables.documents import SETTLING, Document, DocumentKind
from app.store.bulk import Bulk
from app.store.reading import Reader, unavailable
from app.store.receivables_tables import receivable, receivable_history
from app.store.receivables_writes import COLUMNS, ReceivablesWriter, Written
from app.store.totals import Totals

_KINDS = {str(kind): kind for kind in DocumentKind}
_FIELDS = [receivable.c[name] for name in COLUMNS]
_STREAM = f"""
SELECT {", ".join(COLUMNS)} FROM receivable WHERE (dated_on <= {{0}} OR begun_on <= {{0}}){{1}}
ORDER BY customer
"""
_STRAY = f"""
SELECT kind, number, customer, invoice FROM receivable AS paid
WHERE kind IN ({", ".join(f"'{kind}'" for kind in sorted(SETTLING))})
  AND origin = {{0}} AND invoice IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM receivable AS owed
    WHERE owed.kind = 'invoice' AND owed.number = paid.invoice AND owed.customer = paid.customer)
ORDER BY kind, number
"""
ROWS_AT_ONCE = 2_000


class Said(NamedTuple):
    """What a document said until an import corrected it."""

    said: dict[str, Any]
    origin: UUID
    replaced_by: UUID


class Stray(NamedTuple):
    """A document that names an invoice to settle, of which its customer has none."""

    kind: str
    number: str
    customer: str
    invoice: str


class Receivables:
    """Reads with ``reader``; ``bulk`` takes many rows in few transactions."""

    def __init__(self, reader: Reader, bulk: Bulk) -> None:
        self._reader = reader
        self._bulk = bulk
        self._writer = ReceivablesWriter(on_sqlite=reader.on_sqlite)
        self.worked = bulk.worked
        self.totals = Totals(reader, bulk)

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

    def of_customers(self, customers: Sequence[str]) -> dict[str, list[Document]]:
        """All documents of some hundred customers; who has none is left out."""
        found: dict[str, list[Document]] = {}
        chosen = select(*_FIELDS).where(receivable.c.customer.in_(customers))
        for row in self._reader.all(chosen) if customers else ():
            found.setdefault(row.customer, []).append(_document(row))
        return found

    def is_kept(self, customer: str) -> bool:
        """Whether there is any document of a customer."""
        found = select(receivable.c.number).where(receivable.c.customer == customer).limit(1)
        return self._reader.first(found) is not None

    def of_invoice(self, number: str) -> str | None:
        """The customer of an invoice; None where there is none of that number."""
        row = self._reader.first(
            select(receivable.c.customer).where(receivable.c.kind == "invoice", receivable.c.number == number)
        )
        return None if row is None else str(row.customer)

    def settled(self, numbers: Sequence[str]) -> dict[tuple[str, str], date]:
        """The invoices of some hundred numbers that are settled: the day, by number and customer."""
        one = receivable.c
        statement = select(one.number, one.customer, one.settled_on).where(
            one.kind == "invoice", one.number.in_(numbers), one.settled_on.is_not(None)
        )
        rows = self._reader.all(statement) if numbers else ()
        return {(row.number, row.customer): row.settled_on for row in rows}

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

    def stray(self, origin: UUID, most: int) -> tuple[int, list[Stray]]:
        """How many documents of an import name an invoice that its customer has not, and the first of them.

        It looks through all that settles invoices: some seconds where there are millions. Raises
        ``Unavailable``.
        """
        sqlite = self._reader.on_sqlite
        mark, count, found = "?" if sqlite else "%s", 0, []
        with self._rows(_STRAY.format(mark), (origin.bytes if sqlite else origin,)) as rows:
            for row in rows:
                count += 1
                if count <= most:
                    found.append(Stray(*row))
        return count, found

    def customers(self, day: date, *, only_open: bool = False) -> Iterator[tuple[str, list[Document]]]:
        """Every customer with the documents known on ``day``, in the order of their ids, byte by byte.

        ``only_open`` leaves out who had no open invoice on that day. Rows come from the database as they
        are asked for, so that memory holds one customer. A connection is held until the last was read.
        Raises ``Unavailable``.
        """
        kinds, to_date = _KINDS, date.fromisoformat
        mark = "?" if self._reader.on_sqlite else "%s"
        marked = _STREAM.format(mark, _OPEN.format(mark) if only_open else "")
        with self._rows(marked, (day.isoformat(),) * marked.count(mark)) as rows:
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
    def _rows(self, marked: str, given: tuple[Any, ...]) -> Iterator[Iterator[tuple[Any, ...]]]:
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
