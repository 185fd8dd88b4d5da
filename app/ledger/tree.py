"""The Merkle tree of RFC 9162: roots, proofs, and their verification.

A tree of any size is a row of complete subtrees (*peaks*), the largest first, whose
sizes are the binary digits of its own. Appending needs the peaks only; proofs need the
hashes of complete subtrees, which never change once they are complete and are asked for
by level (0 is a leaf) and position from the left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeAlias

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
_NODE = b"\x01"


class Node(NamedTuple):
    """A complete subtree: ``2 ** level`` leaves, of which the first is ``position << level``."""

    level: int
    position: int
    hash: bytes


NodeHash: TypeAlias = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree at a level and position."""


class NotProven(ValueError):
    """A proof does not show what it is said to show; the message says where it fails."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), which no leaf can have."""
    return sha256(_NODE + left + right).digest()


class Frontier:
    """All of a tree that appending needs. Raises ``ValueError`` when ``peaks`` cannot be of that ``size``."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if size < 0 or len(self.peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has other peaks than these {len(self.peaks)}")

    @classmethod
    def of(cls, size: int, node: NodeHash) -> Frontier:
        """The frontier of a tree of ``size`` whose complete subtrees ``node`` gives."""
        return cls(size, [node(level, position) for level, position in peaks(size)])

    def append(self, leaf: bytes) -> list[Node]:
        """Add a leaf hash; the inner subtrees that it completes, the smallest first."""
        made, hash, level, position = [], leaf, 0, self.size
        while position & 1:
            hash, level, position = node_hash(self.peaks.pop(), hash), level + 1, position >> 1
            made.append(Node(level, position, hash))
        self.peaks.append(hash)
        self.size += 1
        return made

    def root(self) -> bytes:
        """The root of the tree as it stands; of an empty one, the SHA-256 of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def peaks(size: int) -> list[tuple[int, int]]:
    """Level and position of the complete subtrees that make up a tree of ``size``, the largest first."""
    return [(level, (size >> level) - 1) for level in reversed(range(size.bit_length())) if size >> level & 1]


def inclusion_proof(index: int, size: int, node: NodeHash) -> list[bytes]:
    """The path of RFC 9162, 2.1.3.1, from the leaf upwards; raises ``ValueError`` without such a leaf."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(first: int, second: int, node: NodeHash) -> list[bytes]:
    """That the tree of ``first`` leaves begins the one of ``second`` (RFC 9162, 2.1.4.1).

    Raises ``ValueError`` for an empty first tree, of which there is nothing to prove, or a smaller second.
    """
    if not 0 < first <= second:
        raise ValueError(f"no proof leads from a tree of {first} leaves to one of {second}")
    path, start, end = [], 0, second
    while first != end:
        middle = _middle(start, end)
        if first <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    if start:
        path.append(_range_hash(start, end, node))
    return path[::-1]


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ``NotProven`` unless the leaf hash stands at ``index`` of the tree with that root (2.1.3.2)."""
    _check_lengths(leaf, root, *proof)
    if not 0 <= index < size:
        raise NotProven(f"a tree of {size} leaves has no leaf {index}")
    at, last, hash = index, size - 1, leaf
    for sibling in proof:
        if not last:
            raise NotProven("the proof is too long")
        if at & 1 or at == last:
            hash = node_hash(sibling, hash)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hash = node_hash(hash, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise NotProven("the proof is too short")
    if hash != root:
        raise NotProven(f"the proof of leaf {index} leads to another root")


def check_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise ``NotProven`` unless the first tree begins the second (2.1.4.2)."""
    _check_lengths(*proof)
    if not 0 < first <= second:
        raise NotProven(f"no proof leads from a tree of {first} leaves to one of {second}")
    if first == second:
        if proof or first_root != second_root:
            raise NotProven("two trees of one size are the same tree, without a proof")
        return
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        raise NotProven("the proof is empty")
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = path[0]
    for sibling in path[1:]:
        if not last:
            raise NotProven("the proof is too long")
        if at & 1 or at == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = node_hash(now, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise NotProven("the proof is too short")
    if was != first_root:
        raise NotProven(f"the proof leads to another root of the tree of {first} leaves")
    if now != second_root:
        raise NotProven(f"the proof leads to another root of the tree of {second} leaves")


def _check_lengths(*hashes: bytes) -> None:
    if any(len(hash) != HASH_BYTES for hash in hashes):
        raise NotProven(f"a hash of the tree has {HASH_BYTES} bytes")


def _middle(start: int, end: int) -> int:
    """Where a range divides: behind the largest power of two that is smaller than it."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _range_hash(start: int, end: int, node: NodeHash) -> bytes:
    """The root over leaves ``start`` to ``end``, which begin where a subtree of their size does."""
    size = end - start
    if not size & (size - 1):
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = _middle(start, end)
    return node_hash(_range_hash(start, middle, node), _range_hash(middle, end, node))
