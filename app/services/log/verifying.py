"""Verifying: the log in a database or an export, on all processors, with a share done to show.

The judging is ``app.ledger.verifying``'s, the module that an outside auditor reads and
runs alone. What is added here is what only a database has: that the searchable columns
say what the leaf says, that the stored tree is that of the entries, and that no entry and
no decision stands beside it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from app.domain.audit import EntryKind
from app.domain.errors import Invalid, Unavailable
from app.ledger.outside import Outside, without_torn_end
from app.ledger.verifying import Fault, Head, Key, Part, conclude, heads, verify
from app.services.log.rows import Answer, Rows, rows_of
from app.services.log.spreading import Told, spread
from app.services.log.stored_tree import StoredTree
from app.services.log.tree import Proofs
from app.store.blocks import SIZE
from app.store.store import Store

ENTRIES_IN_A_PIECE = 5 * SIZE
"""Pieces end where blocks of the index over decisions do, so that each block lies in one."""
SMALL = 4_096
"""Bytes of a file of checkpoints to which a power cut may have left nothing whole."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the log is held against: its first key, and checkpoints that were kept outside."""

    key: Key
    outside: Sequence[Head]

    @classmethod
    def of(cls, key: str, files: Iterable[Path]) -> Evidence:
        """From a key's line and files of checkpoints; raises ``Fault``, naming the file, where it is none."""
        return cls(Key(key), [head for file in files for head in heads(_text(file), str(file))])


@dataclass(frozen=True, slots=True)
class Read:
    """What was verified: how many entries, and what their rows name, each with the first index.

    ``sealed_under`` are data keys (16 bytes), ``answers`` what decisions say of their answers.
    """

    size: int = 0
    sealed_under: dict[bytes, int] = field(default_factory=dict)
    answers: dict[Answer, int] = field(default_factory=dict)


def evidence_at(folder: Path) -> tuple[str | None, list[Path]]:
    """The first key's line and the files of checkpoints in the folder where this service writes them.

    A file to which nothing whole was ever written is none.
    """
    outside = Outside(folder)
    return outside.key(), [one for one in outside.files() if one.stat().st_size > SMALL or _text(one)]


def verify_export(path: Path, evidence: Evidence, told: Told) -> int:
    """How many entries the export holds; raises ``Fault`` at the first bad entry."""

    def run(work: Callable[[Any], Part], pieces: Sequence[Any]) -> Iterator[Part]:
        return spread(work, pieces, len(pieces), told)

    return verify(str(path), evidence.key, evidence.outside, run)


def verify_database(store: Store, url: str, log: str, evidence: Evidence, told: Told, start: int = 0) -> Read:
    """What the database behind ``store``, at ``url``, holds; all that a checkpoint counts must be there.

    With ``start``, entries before it are not read: a checkpoint of that size must be among the evidence, and
    the tree as it is stored must be the one that was signed then. Raises ``Fault``, ``Invalid``.
    """
    head = store.tree.head()
    one = head.size - start <= ENTRIES_IN_A_PIECE
    cuts = range(start if one else start - start % ENTRIES_IN_A_PIECE, head.size, ENTRIES_IN_A_PIECE)
    pieces = [(url, log, max(start, at), min(at + ENTRIES_IN_A_PIECE, head.size)) for at in cuts]
    last, size, read = heads(head.note) if head.note else [], start, Read()
    key, peaks = begun(store, log, evidence, start)
    tree = StoredTree(store.tree, start)
    later = [one for one in evidence.outside if one.size > start or not start]
    if head.size > start or later:
        parts = _noting(spread(rows_of, pieces, len(pieces), told), read, tree)
        size, key, _ = conclude(parts, log, key, last, later, start, peaks)
    if [(one.size, one.root) for one in last] != [(head.size, head.root)][: head.size]:
        raise Fault("the row of the head says another size or root than its checkpoint")
    if head.size and head.key != key.line:
        raise Fault(f"the next checkpoint is to be signed by {head.key}, and the log names {key.line}")
    tree.check()
    if (gap := store.tree.blocks.gap(head.size)) is not None:
        raise Fault(gap)
    for fault in store.tree.strays():
        raise Fault(fault)
    return replace(read, size=size)


def _noting(parts: Iterable[Rows], read: Read, tree: StoredTree) -> Iterator[Part]:
    """The parts as they come, with what they name noted in ``read`` and their hashes in ``tree``."""
    for part in parts:
        for key, index in part.sealed_under.items():
            read.sealed_under.setdefault(key, index)
        for answer, index in part.answers.items():
            read.answers.setdefault(answer, index)
        tree.add(part.hashes)
        if part.fault is None and part.index_fault is not None:
            raise Fault(part.index_fault)
        yield part


def begun(store: Store, log: str, evidence: Evidence, start: int) -> tuple[Key, Sequence[bytes]]:
    """The key in force at ``start`` and the peaks of the stored tree there, held against the checkpoint.

    Raises ``Invalid`` where no checkpoint of that size is kept outside, ``Fault`` where one says otherwise.
    """
    if not start:
        return evidence.key, ()
    kept = [one for one in evidence.outside if one.size == start]
    if not kept:
        raise _no_checkpoint(start, evidence)
    keys = [evidence.key]
    for place in store.tree.places_of(EntryKind.LOG_KEY, 0, start, start):
        (named,) = store.tree.at([place])
        assert named.entry is not None  # it was found by its row
        said = keys[-1].signed(str(orjson.loads(named.entry.leaf)["clear"].get("announcement")))
        if said[:2] != [log, "next key"]:
            raise Fault(f"entry {place}: {keys[-1].line} did not sign the key that it names", place)
        keys.append(Key(said[2]))
    try:
        frontier = Proofs(store.tree).frontier(start)
    except Unavailable as error:
        raise Fault(f"the stored tree is damaged: {error.message}") from None
    for one in kept:
        # where the entry before it named a key, the one before that signed it
        if not any(key.signed(one.note)[:1] == [log] for key in keys[-2:]):
            raise Fault(f"the checkpoint of {start} entries is not signed for {log} by {keys[-1].line}")
        if one.root != frontier.root():
            raise Fault(
                f"the stored tree of the first {start} entries is not the one that was signed. They were not"
                " read: `termwise audit verify` without --from says whether one of them was changed, too"
            )
    return keys[-1], frontier.peaks


def _text(file: Path) -> str:
    return without_torn_end(file.read_bytes()).decode("utf-8", "replace")


def _no_checkpoint(start: int, evidence: Evidence) -> Invalid:
    sizes = sorted({one.size for one in evidence.outside})
    place = bisect_left(sizes, start)
    near = " and ".join(f"{size:,}" for size in sizes[max(0, place - 1) : place + 1])
    known = f"the nearest have {near} entries" if near else "there is none at all"
    return Invalid(f"No checkpoint of {start:,} entries was kept outside to go on from; {known}.")
