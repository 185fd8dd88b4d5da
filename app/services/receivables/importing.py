"""Importing documents: what can be taken is durable on return, what cannot is told row by row.

Documents go in by their own numbers, so an import that was stopped is given again and goes on, and the
same file twice changes nothing. A number that comes again with other content in another file is a correction:
the later one holds, and what the former said is kept. Within one file it is refused where the file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.domain.receivables.documents import Document, DocumentKind
from app.services.customers.filing import MOST_REFUSED, Imports, What
from app.services.customers.filing import Report as Counted
from app.services.people.managing import By
from app.store.bulk import Behind, Pace
from app.store.receivables import Receivables, Stray
from schemas.customer_items import Refusal
from schemas.receivables.rows import Documents, ReadRow

KIND = "receivables"


@dataclass(slots=True)
class Report:
    """What became of an import: rows ``read``, ``refused`` and ``left_out``, and documents by what they were.

    ``id`` is that of its entry in the log, None of a dry run, which writes nothing: then ``new`` counts
    every document that could be taken. Of those corrected ``moved`` went to another customer; ``ahead`` are
    dated after today. ``unmatched`` were written now and settle no invoice, though they name one, and
    ``stray`` are the first of them; a dry run does not know.
    """

    id: UUID | None = None
    read: int = 0
    refused: int = 0
    left_out: int = 0
    new: int = 0
    corrected: int = 0
    moved: int = 0
    ahead: int = 0
    unmatched: int = 0
    stray: Sequence[Stray] = ()
    unchanged: int = 0
    kinds: dict[DocumentKind, int] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


class Importing:
    """Takes rows that were read. ``refused`` is told of each row that cannot be taken."""

    def __init__(self, stored: Receivables, imports: Imports, today: date) -> None:
        self._today = today
        self._stored = stored
        self._imports = imports

    def check(self, rows: Iterable[ReadRow], refused: Callable[[Refusal], object]) -> Report:
        """What would become of ``rows``; nothing is written."""
        report = Report()
        for row in rows:
            report.new += len(self._taken(row, report, refused))
        return report

    def take(
        self, rows: Iterable[ReadRow], what: What, *, by: By, refused: Callable[[Refusal], object]
    ) -> Report:
        """Write ``rows``. Raises ``Unavailable``; what was written until then stays, and the same goes on."""
        begun = self._imports.begin(what, by=by)
        report, pace = Report(begun.id), Pace(self._stored.worked)
        chunk: dict[tuple[DocumentKind, str], Document] = {}

        def write(documents: Sequence[Document]) -> None:
            written = pace.timed(lambda some: self._stored.write(some, begun.id), documents)
            report.new += written.new
            report.corrected += written.corrected
            report.moved += written.moved
            report.unchanged += written.unchanged

        with Behind(write) as behind:
            for row in rows:
                for one in self._taken(row, report, refused):
                    if len(chunk) >= pace.rows:
                        behind.put(list(chunk.values()))
                        chunk.clear()
                    chunk[one.kind, one.number] = one
            behind.put(list(chunk.values()))
        report.unmatched, report.stray = self._stored.stray(begun.id, MOST_REFUSED)
        written = report.new + report.corrected
        self._imports.finish(
            begun,
            Counted(
                begun.id,
                read=report.read,
                written=written,
                unchanged=report.unchanged,
                refused=report.refused,
                refusals=report.refusals,
            ),
        )
        return report

    def _taken(
        self, row: ReadRow, report: Report, refused: Callable[[Refusal], object]
    ) -> Sequence[Document]:
        report.read += 1
        if isinstance(row, Documents):
            for one in row.documents:
                report.kinds[one.kind] = report.kinds.get(one.kind, 0) + 1
                report.ahead += one.dated_on > self._today
            return row.documents
        if isinstance(row, Refusal):
            report.refused += 1
            if len(report.refusals) < MOST_REFUSED:
                report.refusals.append(row)
            refused(row)
        else:
            report.left_out += 1
        return ()
