"""Verifying what came lately: the newest entries of the log, held against a checkpoint kept outside.

A whole log takes minutes and belongs to ``termwise audit verify``. This reads so many entries as somebody
waits for, from a checkpoint on, and every row beside the log. A short log is verified whole. Who verified
how far, and what came out, is itself an entry: whoever looks next sees since when nobody did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.errors import Unavailable
from app.ledger.verifying import Fault
from app.services.clear_recording import in_the_clear
from app.services.log.searching import Entries
from app.services.log.sought import Sought, clear_of
from app.services.log.ties import Ties
from app.services.log.verifying import ENTRIES_IN_A_PIECE, Evidence, evidence_at, verify_database
from app.services.recording import Recorder
from app.settings import Settings
from app.store.store import Store

NO_KEY = "There is no key of the log beside its checkpoints, so nothing can be held against it."


@dataclass(frozen=True, slots=True)
class Verified:
    """What was verified: entries from ``start`` to ``size``, against so many ``checkpoints`` outside.

    ``newest`` is the size of the newest of these. ``fault`` says what is wrong first, None where all is well.
    """

    start: int
    size: int
    checkpoints: int
    newest: int
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """A verification as the log tells it: ``by`` is a person's id or ``operator``, None for nobody known."""

    at: datetime
    by: str | None
    start: int
    size: int
    whole: bool


class VerifyingLately:
    """Verifies in this process, and notes it. ``now`` gives UTC, ``new_id`` an id at that instant."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        ties: Ties,
        recorder: Recorder,
        entries: Entries,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._store = store
        self._settings = settings
        self._ties = ties
        self._recorder = recorder
        self._entries = entries
        self._now = now
        self._new_id = new_id

    def verify(self, by: str) -> Verified:
        """Verify up to ``ENTRIES_IN_A_PIECE`` entries for a person; raises ``Unavailable`` without a key."""
        found = self._verified()
        self.note(by, found)
        return found

    def note(self, by: str, found: Verified) -> None:
        """Record what somebody verified. Of a fault only that there is one: its words may quote a row."""
        at = self._now()
        clear = {"from": found.start, "entries": found.size, "whole": found.fault is None}
        self._recorder.record(in_the_clear(self._new_id(at), EntryKind.VERIFICATION, at, clear, by))

    def last(self) -> Noted | None:
        """The newest verification that has its place in the log."""
        found = self._entries.page(Sought(kind=EntryKind.VERIFICATION), 1, newest=True).entries
        if not found or found[0].placed.entry is None:
            return None
        entry, clear = found[0].placed.entry, clear_of(found[0].placed)
        return Noted(entry.at, found[0].by, clear["from"], clear["entries"], clear["whole"])

    def _verified(self) -> Verified:
        store, settings = self._store, self._settings
        line, files = evidence_at(settings.checkpoints)
        if line is None:
            raise Unavailable(NO_KEY)
        size = store.tree.head().size
        start = 0
        try:
            evidence = Evidence.of(line, files)
            start = _start(evidence, size)
            where = (settings.database_url, settings.log_origin)
            read = verify_database(store, *where, evidence, _silent, start)
            self._ties.check(read)
        except Fault as fault:
            return Verified(start, size, 0, 0, str(fault))
        held = [one.size for one in evidence.outside if start <= one.size <= read.size]
        return Verified(start, read.size, len(held), max(held, default=0))


def _start(evidence: Evidence, size: int) -> int:
    """The smallest checkpoint from which what follows is one piece of work; 0 where the whole log is."""
    if size <= ENTRIES_IN_A_PIECE:
        return 0
    return min(
        (one.size for one in evidence.outside if size - ENTRIES_IN_A_PIECE <= one.size <= size), default=size
    )


def _silent(share: float) -> None:
    """Nobody watches."""
