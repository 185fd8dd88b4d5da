"""How far the log is signed, and what is wrong with that: what readiness and metrics tell of the sequencer.

On SQLite it runs in this process and says itself what keeps it from signing. Elsewhere it is another
process, perhaps on another machine; that it does not work is seen from what waits for its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.messages import joined, told
from app.services.log.sequencing import Sequencing
from app.store.committing import NOT_KNOWN, NOTHING_RECORDED
from app.store.tree import Tree

LOOK = "Is its disk full, or does it fail? The server's own log has the words of the database."
LATE_SECONDS = 10
"""Entries have their place within a second; a sequencer that died is followed within two."""


@dataclass(frozen=True, slots=True)
class Reached:
    """``size`` entries are signed, the last one made at ``until``; the oldest other waits for ``seconds``.

    ``fault`` says what is wrong, None while all is well.
    """

    size: int
    until: datetime | None
    seconds: float
    fault: str | None


def reached(tree: Tree, sequencing: Sequencing | None, now: datetime) -> Reached:
    """How far the log is signed; raises ``Unavailable`` when the database does not answer."""
    reach = tree.reach()
    since = reach.waiting_since
    seconds = 0.0 if since is None else max(0.0, (now - since).total_seconds())
    fault = None if sequencing is None or sequencing.failed is None else _for_operator(sequencing.failed)
    if fault is None and seconds > LATE_SECONDS:
        fault = told(
            "the oldest waiting entry has had no place in the log for {seconds:,.0f} seconds", seconds=seconds
        )
        if sequencing is None:
            fault = joined("; ", (fault, "does `termwise sequencer` run, and what does it say?"))
    return Reached(reach.size, reach.until, seconds, fault)


def _for_operator(failed: str) -> str:
    """Why nothing is signed, without what is meant for whoever asked for a decision."""
    for words in (NOTHING_RECORDED, NOT_KNOWN):
        if failed.endswith(words):
            return f"{failed.removesuffix(words)}{LOOK}"
    return failed
