"""What the store keeps of the tree over the log: its head, what waits for a place, and placed entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import Refused
from app.domain.sealed import Entry


class AnotherLeads(Refused):
    """Another sequencer holds the lease or took it over: it signs, and this one waits for its turn."""

    def __init__(self, message: str) -> None:
        super().__init__(message, conflict=True)


@dataclass(frozen=True, slots=True)
class StoredHead:
    """The head as it stands. ``note`` is its checkpoint, ``key`` what must sign the next one.

    ``epoch`` is that of the present holder: who extends the tree under an older one is refused.
    """

    size: int
    root: bytes
    note: str | None
    key: str | None
    epoch: int


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the log is signed: ``size`` entries, the last of them of ``until``.

    ``waiting_since`` is the time of the oldest entry that has no place yet.
    """

    size: int
    until: datetime | None
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry without a place yet."""

    id: UUID
    kind: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Extension:
    """What one step adds to the tree after ``before``; written whole, or not at all.

    ``hashes`` are (id, leaf hash) in the order of their places, ``subtrees`` (level, position, hash).
    """

    before: StoredHead
    after: StoredHead
    hashes: Sequence[tuple[UUID, bytes]]
    subtrees: Sequence[tuple[int, int, bytes]]


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry at its place, with the leaf hash that the tree holds for it. ``entry`` None: the row is gone.

    ``decision`` tells whether a decision stands beside it.
    """

    place: int
    id: UUID
    hash: bytes
    entry: Entry | None
    decision: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry stands in the tree: its index, its leaf, and the path (base64) to a checkpoint's root."""

    id: UUID
    index: int
    leaf: bytes
    hash: bytes
    size: int
    path: tuple[str, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the tree of ``first`` entries begins that of ``second``; ``path`` in base64."""

    first: int
    second: int
    path: tuple[str, ...]
