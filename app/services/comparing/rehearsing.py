"""Rehearsing: what a version would have answered, over recorded decisions or over a portfolio.

Nothing of it counts: no decision is recorded, nothing is recalled from it or referred.
One entry says who rehearsed what on how many; without it there is no answer. One
rehearsal runs at a time in a process, and asks after every decision whether
others want to work, so that nobody waits for a decision because of a rehearsal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.analysis.rehearsal import Compared, Segments, difference, kinds, spelled
from app.domain.audit import EntryKind, Erased, Recording
from app.domain.errors import TooManyAttempts
from app.domain.instants import utc_text
from app.domain.requests import Caller
from app.services.comparing.rehearsed import PORTFOLIO, RECORDED, Filters, Manner, Rehearsal, Row, Unlike
from app.services.comparing.sides import Sides
from app.services.policies import Policies, Ready
from app.services.recording import Recorder, Wanted
from schemas.decisions import document_of, sealed_bytes

PAGE = 500
RETRY_AFTER = 10

Found = Compared | Unlike | None
"""None is one that could not be read or is not meant."""

Between = Callable[[], bool]
"""Called after each decision or row, to let others do their work; it says whether to stop."""


def go_on() -> bool:
    """Neither pause nor stop."""
    return False


class Rehearsing:
    """Runs versions over decisions and portfolios. ``now`` gives UTC, ``zone`` says which day it is."""

    def __init__(
        self,
        policies: Policies,
        recorder: Recorder,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
        zone: ZoneInfo,
    ) -> None:
        self._policies = policies
        self._recorder = recorder
        self._now = now
        self._new_id = new_id
        self._zone = zone
        self._busy = Lock()

    def decisions(
        self,
        ready: Ready,
        filters: Filters,
        manner: Manner,
        caller: Caller,
        *,
        against: Ready | None = None,
        between: Between = go_on,
    ) -> Rehearsal:
        """Over recorded decisions, newest first; the baseline is what was recorded, or ``against``.

        Raises ``TooManyAttempts`` while another rehearsal runs in this process.
        """
        made = self._new(ready, against, RECORDED, manner)
        asked = {
            "where": {name: list(values) for name, values in filters.where.items()},
            "since": filters.since and utc_text(filters.since),
            "until": filters.until and utc_text(filters.until),
            "outcome": filters.outcome,
        }
        sides = Sides(self._policies, ready, against)
        found = self._recorded(made, sides, filters, manner.most)
        return self._run(made, found, manner, caller, asked, between)

    def portfolio(
        self,
        ready: Ready,
        rows: Iterable[Row],
        manner: Manner,
        caller: Caller,
        *,
        against: Ready,
        between: Between = go_on,
    ) -> Rehearsal:
        """Over the rows of a portfolio; the baseline is what ``against`` says of the same row.

        Each version reads the facts that it declares. Nothing is recalled for a row: what is not sent is
        not known. Raises ``TooManyAttempts`` like ``decisions``.
        """
        made = self._new(ready, against, PORTFOLIO, manner)
        today = self._now().astimezone(self._zone).date()
        sides = Sides(self._policies, ready, against)
        found = (
            None if one.request is None else sides.row(one, against, today)
            for one in _first(rows, manner.most, made)
        )
        return self._run(made, found, manner, caller, {}, between)

    def _new(self, ready: Ready, against: Ready | None, source: str, manner: Manner) -> Rehearsal:
        ruleset = ready.ruleset
        baseline = None if against is None else against.ruleset
        types = kinds(ruleset, *([] if baseline is None else [baseline]))
        segments = Segments(manner.by, manner.measured)
        return Rehearsal(ruleset, baseline, source, self._now(), segments, types)

    def _run(
        self,
        made: Rehearsal,
        found: Iterator[Found],
        manner: Manner,
        caller: Caller,
        asked: Mapping[str, Any],
        between: Between,
    ) -> Rehearsal:
        if not self._busy.acquire(blocking=False):
            message = "Another rehearsal is running here, and one runs at a time; try again when it is done."
            raise TooManyAttempts(message, retry_after=RETRY_AFTER)
        try:
            for one in found:
                if isinstance(one, Compared):
                    differs = difference(one, made.types)
                    made.segments.add(one, differs)
                    if differs is not None:
                        made.differing.append(differs)
                elif one is not None:
                    made.unlike.append(one)
                if between():
                    made.stopped = made.cut = True
                    break
        finally:  # what was read is told, also of a rehearsal that did not come to its end
            self._busy.release()
            self._record(made, manner, caller, asked)
        return made

    def _recorded(self, made: Rehearsal, sides: Sides, filters: Filters, most: int) -> Iterator[Found]:
        policy, outcome = made.ruleset.policy, filters.outcome
        wanted = Wanted(policy=policy, outcome=outcome, since=filters.since, until=filters.until)
        after = filters.after
        while True:
            page = self._recorder.search(wanted, after=after, limit=min(PAGE, most - made.read))
            for stored in page.decisions:
                made.read += 1
                try:
                    document = document_of(self._recorder.unsealed(stored.entry))
                except Erased:
                    made.erased += 1
                    yield None
                    continue
                facts = document["facts"]
                if all(spelled(facts.get(name)) in values for name, values in filters.where.items()):
                    yield sides.decision(str(stored.entry.id), document)
                else:
                    made.left_out += 1
                    yield None
            after = page.next
            if after is None or made.read >= most:
                made.cut, made.next = after is not None, after
                return

    def _record(self, made: Rehearsal, manner: Manner, caller: Caller, asked: Mapping[str, Any]) -> None:
        against = made.against
        whole = made.segments.whole
        clear = {
            "policy": made.ruleset.policy,
            "version": made.ruleset.version,
            "digest": made.ruleset.digest,
            "against": None if against is None else {"version": against.version, "digest": against.digest},
            "source": made.source,
            "read": made.read,
            "compared": whole.compared,
            "flipped": whole.flipped,
            "changed": whole.changed,
            "not_comparable": len(made.unlike),
            "erased": made.erased,
            "cut": made.cut,
            "role": caller.role,
        }
        sealed = {**asked, "by": list(manner.by), "measured": list(manner.measured)}
        at = self._now()
        recording = Recording(
            self._new_id(at), EntryKind.REHEARSAL, at, clear, sealed_bytes(sealed), actor=caller.name
        )
        self._recorder.record(recording)


def _first(rows: Iterable[Row], most: int, made: Rehearsal) -> Iterator[Row]:
    for place, one in enumerate(rows):
        if place >= most:
            made.cut = True
            return
        made.read += 1
        made.left_out += one.request is None
        yield one
