"""Importing documents: what can be taken is durable on return, what cannot is told row by row.

Documents go in by their own numbers, so an import that was stopped is given again and goes on, and the
same file twice changes nothing. A number that comes again with other content, even within one file, is a
correction: the later one holds, and what the former said is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app.domain.receivables.documents import Document, DocumentKind
from app.services.customers.filing import Imports, What
from app.services.customers.filing import Report as Counted
from app.services.people.managing import By
from app.store.bulk import Pace
from app.store.receivables import Receivables
from schemas.customer_items import Refusal
from schemas.receivables.rows import Documents, ReadRow

KIND = "receivables"


@dataclass(slots=True)
class Report:
    """What became of an import: rows ``read``, ``refused`` and ``left_out``, and documents by what they were.

    ``id`` is that of its entry in the log, None of a dry run, which writes nothing: then ``new`` counts
    every document that could be taken.
    """

    id: UUID | None = None
    read: int = 0
    refused: int = 0
    left_out: int = 0
    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    kinds: dict[DocumentKind, int] = field(default_factory=dict)


class Importing:
    """Takes rows that were read. ``refused`` is told of each row that cannot be taken."""

    def __init__(self, stored: Receivables, imports: Imports) -> None:
        self._stored = stored
        self._imports = imports

    def check(self, rows: Iterable[ReadRow], refused: Callable[[Refusal], object]) -> Report:
        """What would become of ``rows``; nothing is written."""
        report = Report()
        for row in rows:
            report.new += len(_taken(row, report, refused))
        return report

    def take(
        self, rows: Iterable[ReadRow], what: What, *, by: By, refused: Callable[[Refusal], object]
    ) -> Report:
        """Write ``rows``. Raises ``Unavailable``; what was written until then stays, and the same goes on."""
        begun = self._imports.begin(what, by=by)
        report, pace = Report(begun.id), Pace(self._stored.worked)
        chunk: dict[tuple[DocumentKind, str], Document] = {}

        def write() -> None:
            if chunk:
                written = pace.timed(
                    lambda documents: self._stored.write(documents, begun.id), list(chunk.values())
                )
                report.new += written.new
                report.corrected += written.corrected
                report.unchanged += written.unchanged
                chunk.clear()

        for row in rows:
            for one in _taken(row, report, refused):
                key = one.kind, one.number
                if len(chunk) >= pace.rows or chunk.get(key, one) != one:
                    write()
                chunk[key] = one
        write()
        written = report.new + report.corrected
        self._imports.finish(
            begun,
            Counted(
                begun.id,
                read=report.read,
                written=written,
                unchanged=report.unchanged,
                refused=report.refused,
            ),
        )
        return report


def _taken(row: ReadRow, report: Report, refused: Callable[[Refusal], object]) -> Sequence[Document]:
    report.read += 1
    if isinstance(row, Documents):
        for one in row.documents:
            report.kinds[one.kind] = report.kinds.get(one.kind, 0) + 1
        return row.documents
    if isinstance(row, Refusal):
        report.refused += 1
        refused(row)
    else:
        report.left_out += 1
    return ()
