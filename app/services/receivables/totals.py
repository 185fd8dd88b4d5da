"""Totals: the key figures of all customers as facts of decisions.

To work them out takes up to a minute where there are very many invoices, and no decision waits for that.
They are worked out beside decisions, once for a day and a state of the documents, and kept. A decision gets
those of what stands now where they are known within a moment; else the last that were worked out, for its day
or one before it, and its record says of which day and import they are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeAlias

from app.domain.errors import Unavailable
from app.domain.messages import told
from app.services.customers.enriching import Totalled
from app.services.receivables.importing import KIND
from app.services.receivables.reporting import PortfolioReport
from app.store.totals import Total
from app.store.totals import Totals as Stored

_log = logging.getLogger(__name__)
PATIENCE = 3.0
"""Seconds that a decision waits for figures which are being worked out, counted from when that began."""
ASK_AGAIN = 30


Report: TypeAlias = Callable[[date, Callable[[], bool]], PortfolioReport]
"""Works the figures of a day out, or raises ``Unavailable`` when told to stop."""


class _Working:
    """The figures of a day on their way, of a version of the documents; ``total`` is None until then."""

    def __init__(self, version: str, work: Callable[[_Working], None]) -> None:
        self.version = version
        self.began = monotonic()
        self.done = Event()
        self.total: Total | None = None
        self.thread = Thread(target=work, args=(self,), name="termwise-totals", daemon=True)


class Totals:
    """Tells totals, which ``report`` works out. ``patience`` is in seconds; ``now`` gives UTC."""

    def __init__(
        self,
        report: Report,
        stored: Stored,
        now: Callable[[], datetime],
        patience: float = PATIENCE,
    ) -> None:
        self._report = report
        self._stored = stored
        self._now = now
        self._patience = patience
        self._lock = Lock()
        self._closing = Event()
        self._alone = Lock()
        self._working: dict[date, _Working] = {}

    def of(self, day: date) -> Totalled | None:
        """The figures of a day, or else of the last day before it; None while there are no documents.

        Raises ``Unavailable`` where none were ever worked out for that day or an earlier one, and those of
        now are not there within a moment.
        """
        version = self._stored.version()
        if not version:
            return None
        total = self._stored.of(day)
        if total is None or total.version != version:
            working = self._begun(day, version)
            if self._waited(working) and working.version != version:  # begun before the last change
                working = self._begun(day, version)
                self._waited(working)
            total = working.total or self._stored.newest(day)
        if total is None:
            message = told(
                "The figures of all customers on {day} are being worked out. Try again in a minute.", day=day
            )
            raise Unavailable(message, retry_after=ASK_AGAIN)
        return _known(total)

    def begin(self, day: date) -> None:
        """See to it that the figures of a day become those of what stands now; returns at once."""
        version = self._stored.version()
        if version:
            self._begun(day, version)

    def work_out(self, day: date) -> None:
        """The same, and return when they are kept; raises ``Unavailable``."""
        version = self._stored.version()
        if version:
            self._keep(self._worked_out(day, version))

    def close(self) -> None:
        """Stop what is being worked out."""
        self._closing.set()
        with self._lock:
            under_way = [one.thread for one in self._working.values()]
        for thread in under_way:
            thread.join()

    def _begun(self, day: date, version: str) -> _Working:
        with self._lock:
            working = self._working.get(day)
            if working is None:
                working = self._working[day] = _Working(version, partial(self._work, day))
                working.thread.start()
            return working

    def _waited(self, working: _Working) -> bool:
        """Whether figures are there within the patience of who asks."""
        return working.done.wait(max(0.0, working.began + self._patience - monotonic()))

    def _work(self, day: date, working: _Working) -> None:
        try:
            with self._alone:
                working.total = self._worked_out(day, working.version)
            self._keep(working.total)
        except Exception as error:  # a thread has nobody to raise to; who waits takes what is kept
            _log.warning("the figures of all customers on %s could not be worked out: %s", day, error)
        finally:
            with self._lock:
                del self._working[day]
            working.done.set()

    def _worked_out(self, day: date, version: str) -> Total:
        origin = self._stored.last_import(KIND)
        report = self._report(day, self._closing.is_set)
        figures = {one.name: None if one.value is None else str(one.value) for one in report.figures}
        return Total(day, version, origin, figures if report.customers else {})

    def _keep(self, total: Total) -> None:
        self._stored.keep(total, self._now())


def _known(total: Total) -> Totalled:
    values = {name: None if text is None else Decimal(text) for name, text in total.figures.items()}
    return Totalled(total.day, total.origin, values)
