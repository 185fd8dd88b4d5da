"""Verifying what came lately: the newest entries of the log, held against a checkpoint kept outside.

A whole log takes minutes and belongs to ``termwise audit verify``. This reads so many entries as somebody
waits for, from a checkpoint on, and every row beside the log. A short log is verified whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import Unavailable
from app.ledger.verifying import Fault
from app.services.log.ties import Ties
from app.services.log.verifying import ENTRIES_IN_A_PIECE, Evidence, evidence_at, verify_database
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


def verify_lately(store: Store, settings: Settings, ties: Ties) -> Verified:
    """Verify up to ``ENTRIES_IN_A_PIECE`` entries in this process; raises ``Unavailable`` without a key."""
    line, files = evidence_at(settings.checkpoints)
    if line is None:
        raise Unavailable(NO_KEY)
    size = store.tree.head().size
    start = 0
    try:
        evidence = Evidence.of(line, files)
        start = _start(evidence, size)
        read = verify_database(store, settings.database_url, settings.log_origin, evidence, _silent, start)
        ties.check(read)
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
