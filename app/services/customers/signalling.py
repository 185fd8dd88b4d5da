"""Signals: events of one customer are filed, each with who brought it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.customer_file import Source
from app.domain.signals import Signal
from app.services.customers.filing import SIGNALS, Imports, Report, What
from app.services.people.managing import By
from app.store.customers import Customers
from schemas.customer_items import Refusal


class Signalling:
    """Files signals."""

    def __init__(self, customers: Customers, imports: Imports) -> None:
        self._customers = customers
        self._imports = imports

    def file(
        self, customer: str, signals: Sequence[Signal], refused: Sequence[Refusal], sha256: bytes, *, by: By
    ) -> Report:
        """File those events; one that is there already changes nothing. ``refused`` are counted."""
        begun = self._imports.begin(What(SIGNALS, sha256), by=by)
        own = [
            replace(one, origin=begun.id, author=begun.by if one.source is Source.MANUAL else None)
            for one in signals
        ]
        changed = self._customers.signal(customer, own) if own else []
        report = self.counted(own, refused)
        report.id, report.written = begun.id, sum(changed)
        report.unchanged = len(changed) - report.written
        self._imports.finish(begun, report)
        return report

    def counted(self, signals: Sequence[Signal], refused: Sequence[Refusal]) -> Report:
        """What a dry run says."""
        return Report(read=len(signals) + len(refused), refused=len(refused))
