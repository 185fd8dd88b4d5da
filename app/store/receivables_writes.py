"""Writes documents by the thousand: what is new, what is corrected, and when invoices were settled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.receivables.documents import SETTLING, Document, DocumentKind

COLUMNS = Document._fields
Row: TypeAlias = tuple[Any, ...]
_CUSTOMER = COLUMNS.index("customer")
_INVOICE = COLUMNS.index("invoice")
_ALL = ", ".join(COLUMNS)
_SETTLING = ", ".join(f"'{kind}'" for kind in sorted(SETTLING))
_LOCK = 7_311_874_651
_ROOM = "PRAGMA cache_size = -65536"
"""64 MiB: with the usual 2 a page of the indexes is written and read again many times within a chunk."""
_MARKS = ", ".join(["{0}"] * (len(COLUMNS) + 1))
_INSERT = f"INSERT INTO receivable ({_ALL}, origin) VALUES ({_MARKS})"
_CORRECT = f"""
UPDATE receivable SET {", ".join(f"{name} = {{0}}" for name in (*COLUMNS[2:], "origin"))}
WHERE kind = {{0}} AND number = {{0}}
"""
_KEEP = """
INSERT INTO receivable_history (kind, number, customer, said, origin, replaced_by)
VALUES ({0}, {0}, {0}, {0}, {0}, {0})
"""
# Lists go in as one value, so that every statement is found by an index, whatever statistics there are.
_THERE = f"SELECT {_ALL}, origin FROM receivable WHERE kind = {{0}} AND number {{1}} ORDER BY number"
# Joined to nothing, ``kind`` is in no index: else SQLite may go through all payments instead of these.
_PAID = f"""
receivable AS paid WHERE paid.customer = owed.customer AND paid.invoice = owed.number
  AND paid.kind || '' IN ({_SETTLING})"""
# Most invoices are settled by one document. An open one that nothing settles is open still.
_SETTLE = f"""
UPDATE receivable AS owed SET settled_on = CASE WHEN amount = 0 THEN dated_on ELSE coalesce(
    (SELECT min(dated_on) FROM {_PAID} HAVING count(*) = 1 AND sum(paid.amount) >= owed.amount),
    (SELECT min(day) FROM (
        SELECT dated_on AS day, sum(paid.amount) OVER (ORDER BY dated_on) AS so_far FROM {_PAID}
    ) AS days WHERE so_far >= owed.amount)) END
WHERE kind = 'invoice' AND number {{1}}
  AND (settled_on IS NOT NULL OR amount = 0 OR EXISTS (SELECT 1 FROM {_PAID}))
"""
_CHANGED = """
INSERT INTO receivable_state (row, changes) VALUES (1, 1)
ON CONFLICT (row) DO UPDATE SET changes = receivable_state.changes + 1
"""


class Written(NamedTuple):
    """How many documents were new, corrected, and there already as they came.

    ``moved`` of those that were corrected are another customer's now.
    """

    new: int
    corrected: int
    unchanged: int
    moved: int = 0


class ReceivablesWriter:
    """Turns documents into rows within somebody's transaction."""

    def __init__(self, *, on_sqlite: bool) -> None:
        self._on_sqlite = on_sqlite
        self._mark = "?" if on_sqlite else "%s"
        self._among = "IN (SELECT value FROM json_each(?))" if on_sqlite else "= ANY(%s)"

    def write(self, cursor: DBAPICursor, documents: Sequence[Document], origin: UUID) -> Written:
        """Write documents, each number at most once among them."""
        # Two imports of one number at once: the second finds what the first wrote.
        cursor.execute(_ROOM if self._on_sqlite else f"SELECT pg_advisory_xact_lock({_LOCK})")
        id: Any = origin.bytes if self._on_sqlite else origin
        there = self._there(cursor, documents)
        new: list[Row] = []
        changed: list[Row] = []
        before: list[Row] = []
        for row in map(self._row, documents):
            was = there.get(row[:2])
            if was is None:
                new.append((*row, id))
            elif was[:-1] != row:
                changed.append(row)
                before.append(was)
        self._insert(cursor, new)
        self._correct(cursor, changed, before, id)
        self._settle(cursor, [*new, *changed, *before])
        if new or changed:
            cursor.execute(_CHANGED)
        moved = sum(was[_CUSTOMER] != row[_CUSTOMER] for was, row in zip(before, changed, strict=True))
        return Written(len(new), len(changed), len(documents) - len(new) - len(changed), moved)

    def _there(self, cursor: DBAPICursor, documents: Sequence[Document]) -> dict[tuple[str, str], Row]:
        """The rows of these numbers as they stand, each with its origin at the end."""
        numbers: dict[DocumentKind, list[str]] = {}
        for one in documents:
            numbers.setdefault(one.kind, []).append(one.number)
        found = {}
        for kind, some in sorted(numbers.items()):
            self._execute(cursor, _THERE, some, str(kind))
            for row in cursor.fetchall():
                found[row[0], row[1]] = row
        return found

    def _insert(self, cursor: Any, rows: Sequence[Row]) -> None:
        if self._on_sqlite:
            # In the order of the table: pages are filled one after the other.
            cursor.executemany(_INSERT.format("?"), sorted(rows, key=itemgetter(0, 1)))
        elif rows:
            with cursor.copy(f"COPY receivable ({_ALL}, origin) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def _correct(self, cursor: DBAPICursor, changed: Sequence[Row], before: Sequence[Row], id: Any) -> None:
        if not changed:
            return
        kept = []
        for was in before:
            said = {
                name: value for name, value in zip(COLUMNS[2:], was[2:-1], strict=True) if value is not None
            }
            kept.append((*was[:3], json.dumps(said, default=str), was[-1], id))
        cursor.executemany(_KEEP.format(self._mark), kept)
        cursor.executemany(_CORRECT.format(self._mark), [(*row[2:], id, *row[:2]) for row in changed])

    def _settle(self, cursor: DBAPICursor, rows: Sequence[Row]) -> None:
        """Say of each invoice that these rows bear on when it was settled."""
        touched = sorted({_invoice(row) for row in rows} - {None})
        if touched:
            self._execute(cursor, _SETTLE, touched)

    def _execute(self, cursor: DBAPICursor, statement: str, numbers: Sequence[str], *first: str) -> None:
        given: Any = json.dumps(numbers) if self._on_sqlite else numbers
        cursor.execute(statement.format(self._mark, self._among), (*first, given))

    def _row(self, one: Document) -> Row:
        """A document in the driver's own values: dates are texts on SQLite."""
        if not self._on_sqlite:
            return (str(one.kind), *one[1:])
        kind, number, customer, dated, invoice, due, begun, ended, amount, word = one
        return (
            kind,
            number,
            customer,
            _text(dated),
            invoice,
            _text(due),
            _text(begun),
            _text(ended),
            amount,
            word,
        )


@lru_cache(10_000)  # the days of some decades
def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _invoice(row: Row) -> Any:
    """The invoice whose settling a row bears on; None for one that bears on none."""
    if row[0] == DocumentKind.INVOICE:
        return row[1]
    return row[_INVOICE] if row[0] in SETTLING else None
