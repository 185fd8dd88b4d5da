"""Indexing: the index over decisions follows the places that the sequencer gives, block by block.

Apart from the places themselves: an index that is behind costs who searches a moment, and nobody else.
"""

from __future__ import annotations

from app.domain.tree import StoredHead
from app.store.blocks import SIZE, Blocks

BLOCKS_AT_ONCE = 10
"""On SQLite decisions wait for each block some milliseconds, so not all are written in one go."""


class Indexing:
    """Writes blocks that are full, for whoever leads. For one thread at a time."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._written: int | None = None

    def forget(self) -> None:
        """Look anew how many are written: another may have led meanwhile."""
        self._written = None

    def catch_up(self, head: StoredHead, most: int = BLOCKS_AT_ONCE) -> int:
        """Write up to ``most`` blocks; how many. Raises ``AnotherLeads``, ``Unavailable``."""
        first = self._blocks.count() if self._written is None else self._written
        self._written = None  # a fault leaves it so
        end = min(head.size // SIZE, first + most)
        for number in range(first, end):
            self._blocks.write(number, head.epoch)
        self._written = max(first, end)
        return max(0, end - first)
