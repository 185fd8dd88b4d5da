"""Every row of the log as the driver gives it, for who verifies a million; ids and times as they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.store.reading import Reader

_ROWS = """
SELECT p.place, p.id, p.hash, e.id, e.kind, e.at, e.leaf, e.sealed, d.digest,
    d.policy, d.version, d.outcome, d.as_of, d.rules, d.decided_at, d.requester, d.asked_by,
    e.key_id, d.outcome_kind, r.decision, d.reasons
FROM place p LEFT JOIN entry e ON e.id = p.id LEFT JOIN decision d ON d.id = p.id
LEFT JOIN referral r ON r.decision = d.id
WHERE p.place >= {0} AND p.place < {0} ORDER BY p.place
"""
_NODES = "SELECT position, hash FROM subtree WHERE level = {0} AND position >= {0} AND position < {0}"


class EveryRow:
    """Reads rows of the log and nodes of its stored tree, one after the other."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._mark = "?" if reader.on_sqlite else "%s"

    def entries(self, first: int, end: int) -> Iterator[tuple[Any, ...]]:
        """From place ``first`` up to ``end``, in order; None where there is no such row.

        Place, id, hash; of the entry id, kind, time, leaf and sealed part; of the decision digest, policy,
        version, outcome, day, rules, time, requester and who asked; the id of the data key, the outcome's
        kind, the decision's id where it waits for a person, and its reasons.
        """
        yield from self._reader.each(_ROWS.format(self._mark), (first, end))

    def nodes(self, level: int, first: int, end: int) -> dict[int, bytes]:
        """The kept hashes of a level above the leaves, by position, from ``first`` up to ``end``."""
        found = self._reader.each(_NODES.format(self._mark), (level, first, end))
        return {position: bytes(hash) for position, hash in found}
