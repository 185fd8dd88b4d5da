"""The stored tree held against the entries: its kept nodes are made anew from the hashes that were verified.

Proofs are made from kept nodes. A changed one makes a false proof and no false entry, so
it is told as what it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.ledger.tree import node_hash
from app.ledger.verifying import Fault
from app.store.tree import KEPT_LEVELS, Tree

WIDTH = 1 << KEPT_LEVELS


class StoredTree:
    """Grows with verified leaf hashes from place ``start`` on.

    What stands before ``start`` is believed as stored, so hold its frontier against a checkpoint first.
    """

    def __init__(self, tree: Tree, start: int) -> None:
        self._tree = tree
        self._first = start // WIDTH
        self._nodes: list[bytes] = []
        self._rest = tree.hashes(0, self._first * WIDTH, start)

    def add(self, hashes: Sequence[bytes]) -> None:
        """Hashes of the leaves that follow."""
        whole = [*self._rest, *hashes]
        self._nodes += _above(whole)
        self._rest = whole[len(whole) // WIDTH * WIDTH :]

    def check(self) -> None:
        """Raise ``Fault`` at the first kept node that is not what its leaves come to."""
        level, first, nodes = KEPT_LEVELS, self._first, self._nodes
        while nodes:
            kept = self._tree.every_row.nodes(level, first, first + len(nodes))
            for position, node in enumerate(nodes, first):
                if kept.get(position) != node:
                    raise Fault(_differs(level, position, "another" if position in kept else "missing"))
            before = self._tree.hashes(level, first // WIDTH * WIDTH, first)
            level, first, nodes = level + KEPT_LEVELS, first // WIDTH, _above([*before, *nodes])


def _above(hashes: Sequence[bytes]) -> list[bytes]:
    """The next kept level over hashes of one, as far as it is complete."""
    found = list(hashes[: len(hashes) // WIDTH * WIDTH])
    for _ in range(KEPT_LEVELS):
        found = [node_hash(*pair) for pair in zip(found[::2], found[1::2], strict=True)]
    return found


def _differs(level: int, position: int, what: str) -> str:
    first, end = position << level, (position + 1) << level
    return (
        f"the stored tree is damaged, and the entries are as they were signed: its node at level {level},"
        f" position {position}, over the entries {first} to {end - 1}, is {what}. No proof is given from it:"
        " put that row of the table `subtree` back from a backup"
    )
