"""Proofs from the stored tree: that a leaf stands in it, and that one tree begins another."""

from __future__ import annotations

from functools import lru_cache

from app.domain.errors import Unavailable
from app.ledger.tree import Frontier, consistency_proof, inclusion_proof, node_hash
from app.store.tree import KEPT_LEVELS, Tree


class Damaged(Unavailable):
    """The stored tree is not the one that was signed: no proof can be made from it."""


class Proofs:
    """Reads what a proof needs: at most 256 hashes for each kept level of the tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def inclusion(self, place: int, size: int) -> list[bytes]:
        """The hashes from a leaf to the root of the tree of ``size``."""
        return inclusion_proof(place, size, lru_cache(self._node))

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The hashes that lead from the tree of ``first`` leaves to that of ``second``."""
        return consistency_proof(first, second, lru_cache(self._node))

    def frontier(self, size: int) -> Frontier:
        """The frontier of the stored tree at ``size``."""
        return Frontier.of(size, self._node)

    def _node(self, level: int, position: int) -> bytes:
        """The hash of a complete subtree, kept or made from those of the kept level below it."""
        below = level % KEPT_LEVELS
        count = 1 << below
        first = position << below
        hashes = self._tree.hashes(level - below, first, first + count)
        if len(hashes) != count:
            raise Damaged(
                f"The tree has {len(hashes)} of the {count} hashes at level {level - below} from {first} on:"
                " rows are missing. Run `termwise audit verify`."
            )
        while len(hashes) > 1:
            hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]
