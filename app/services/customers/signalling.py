"""Signals: events of customers are filed, each with who brought it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from app.domain.customer_file import Import, Source
from app.domain.signals import Signal
from app.services.customers.filing import SIGNALS, Imports, Report, What
from app.services.people.managing import By
from app.store.customers import Customers
from schemas.customer_items import Refusal
from schemas.signal_rows import Happened, ReadSignal

AT_ONCE = 500


class Signalling:
    """Files signals; one that is there already changes nothing."""

    def __init__(self, customers: Customers, imports: Imports) -> None:
        self._customers = customers
        self._imports = imports

    def file(self, signals: Sequence[Signal], refused: Sequence[Refusal], sha256: bytes, *, by: By) -> Report:
        """File events that were read one by one; ``refused`` are counted."""
        begun = self._imports.begin(What(SIGNALS, sha256), by=by)
        report = self.counted(signals, refused)
        report.id = begun.id
        self._write(signals, begun, report)
        self._imports.finish(begun, report)
        return report

    def counted(self, signals: Sequence[Signal], refused: Sequence[Refusal]) -> Report:
        """What a dry run says."""
        report = Report(read=len(signals) + len(refused))
        for one in refused:
            report.refuse(one)
        return report

    def check(self, rows: Iterable[ReadSignal], refused: Callable[[Refusal], object]) -> Report:
        """What would become of the rows of a table."""
        report = Report()
        for row in rows:
            _taken(row, report, refused)
        return report

    def take(
        self, rows: Iterable[ReadSignal], what: What, *, by: By, refused: Callable[[Refusal], object]
    ) -> Report:
        """File the rows of a table. Raises ``Unavailable``; what was written until then stays."""
        begun = self._imports.begin(what, by=by)
        report = Report(begun.id)
        chunk: list[Signal] = []
        for row in rows:
            if (one := _taken(row, report, refused)) is not None:
                chunk.append(one)
            if len(chunk) == AT_ONCE:
                self._write(chunk, begun, report)
                chunk.clear()
        self._write(chunk, begun, report)
        self._imports.finish(begun, report)
        return report

    def _write(self, signals: Sequence[Signal], begun: Import, report: Report) -> None:
        own = [
            replace(one, origin=begun.id, author=begun.by if one.source is Source.MANUAL else None)
            for one in signals
        ]
        changed = self._customers.signal(own) if own else []
        report.written += sum(changed)
        report.unchanged += len(changed) - sum(changed)


def _taken(row: ReadSignal, report: Report, refused: Callable[[Refusal], object]) -> Signal | None:
    report.read += 1
    if isinstance(row, Happened):
        return row.signal
    if isinstance(row, Refusal):
        report.refuse(row)
        refused(row)
    else:
        report.left_out += 1
    return None
