"""Verifying: the log in a database or an export, on all processors, with a share done to show.

The judging is ``app.ledger.verifying``'s, the module that an outside auditor reads and
runs alone. What is added here is what only a database has: that the searchable columns
say what the leaf says, and that no entry and no decision stands beside the tree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from app.domain.audit import EntryKind
from app.domain.errors import Invalid, Unavailable
from app.domain.instants import utc_text
from app.ledger.outside import Outside, without_torn_end
from app.ledger.verifying import Fault, Head, Key, Part, conclude, heads, verify
from app.services.log.spreading import Told, spread
from app.services.log.tree import Proofs
from app.store.columns import words_text
from app.store.store import Store
from app.store.tree import Tree, reading_tree

ENTRIES_IN_A_PIECE = 5_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the log is held against: its first key, and checkpoints that were kept outside."""

    key: Key
    outside: Sequence[Head]

    @classmethod
    def of(cls, key: str, files: Iterable[Path]) -> Evidence:
        """From a key's line and files of checkpoints; raises ``Fault`` for what is neither."""
        texts = [without_torn_end(file.read_bytes()).decode("utf-8", "replace") for file in files]
        return cls(Key(key), [head for text in texts for head in heads(text)])


def evidence_at(folder: Path) -> tuple[str | None, list[Path]]:
    """The first key's line and the files of checkpoints in the folder where this service writes them."""
    outside = Outside(folder)
    return outside.key(), outside.files()


def verify_export(path: Path, evidence: Evidence, told: Told) -> tuple[int, str]:
    """How many entries the export holds, and in words how many were signed later.

    Raises ``Fault`` at the first bad entry.
    """

    def run(work: Callable[[Any], Part], pieces: Sequence[Any]) -> Iterator[Part]:
        return spread(work, pieces, len(pieces), told)

    return verify(str(path), evidence.key, evidence.outside, run)


def verify_database(store: Store, url: str, log: str, evidence: Evidence, told: Told, start: int = 0) -> int:
    """How many the database behind ``store``, at ``url``, holds; all that a checkpoint counts must be.

    With ``start``, entries before it are not read: a checkpoint of that size must be among the evidence, and
    the tree as it is stored must be the one that was signed then. Raises ``Fault``, ``Invalid``.
    """
    head = store.tree.head()
    pieces = [
        (url, log, at, min(at + ENTRIES_IN_A_PIECE, head.size))
        for at in range(start, head.size, ENTRIES_IN_A_PIECE)
    ]
    last, size = heads(head.note or ""), start
    key, peaks = begun(store, log, evidence, start)
    later = [one for one in evidence.outside if one.size > start or not start]
    if head.size > start or later:
        size, key = conclude(spread(_part_of, pieces, len(pieces), told), log, key, last, later, start, peaks)
    if [(one.size, one.root) for one in last] != [(head.size, head.root)][: head.size]:
        raise Fault("the row of the head says another size or root than its checkpoint")
    if head.size and head.key != key.line:
        raise Fault(f"the next checkpoint is to be signed by {head.key}, and the log names {key.line}")
    for fault in store.tree.strays():
        raise Fault(fault)
    return size


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
        raise Fault(error.message, 0, start) from None
    for one in kept:
        # where the entry before it named a key, the one before that signed it
        if not any(key.signed(one.note)[:1] == [log] for key in keys[-2:]):
            raise Fault(f"the checkpoint of {start} entries is not signed for {log} by {keys[-1].line}")
        if one.root != frontier.root():
            raise Fault(f"one of the entries 0 to {start - 1} is not what was signed", 0, start)
    return keys[-1], frontier.peaks


def _no_checkpoint(start: int, evidence: Evidence) -> Invalid:
    sizes = sorted({one.size for one in evidence.outside})
    place = bisect_left(sizes, start)
    near = " and ".join(f"{size:,}" for size in sizes[max(0, place - 1) : place + 1])
    known = f"the nearest have {near} entries" if near else "there is none at all"
    return Invalid(f"No checkpoint of {start:,} entries was kept outside to go on from; {known}.")


def _part_of(piece: tuple[str, str, int, int]) -> Part:
    """Read one run of places; in a process of its own, so with a connection of its own."""
    url, log, start, end = piece
    part = Part()
    try:
        with reading_tree(url) as tree:
            for row in _rows(tree, start, end):
                _add(part, log.encode(), row)
    except Unavailable:
        part.fault = "its row cannot be read"
    except Fault as fault:
        part.fault = str(fault)
    except (ValueError, LookupError, TypeError, RecursionError):
        part.fault = "its row is not of the form of an entry"
    return part


def _rows(tree: Tree, start: int, end: int) -> Iterator[Sequence[Any]]:
    """The rows of these places. Where one cannot be read, each is read alone, so that it is known which."""
    done = start
    try:
        for row in tree.rows(start, end):
            yield row
            done = row[0] + 1
    except Unavailable:
        for place in range(done, end):
            yield from tree.rows(place, place + 1)


def _add(part: Part, log: bytes, row: Sequence[Any]) -> None:
    """Check one place's rows: the entry against itself, then every column against what the leaf says."""
    place, id, hash, entry, kind, at, leaf, sealed, digest, *columns = row
    if entry is None:
        part.first = place if part.first is None else part.first
        raise Fault("its row is gone")
    when, clear, _, word = part.add(log, place, bytes(hash), bytes(leaf), bytes(sealed), digest is not None)
    said_at = at if isinstance(at, str) else utc_text(at)
    bare = id if isinstance(id, bytes) else id.bytes
    if part.ids[-1] != bare or word != kind.encode() or when != said_at.encode():
        fault = "its row says another id, kind or time than its leaf"
    elif digest is not None and not _says(clear, at, digest, columns):
        fault = "the columns by which the decision is found say something else than its leaf"
    else:
        return
    del part.hashes[-1:], part.ids[-1:]  # the fault is this entry's and not the next one's
    raise Fault(fault)


def _says(clear: bytes, at: str | datetime, digest: str, columns: Sequence[Any]) -> bool:
    """Whether the leaf of a decision says the same as its columns, as far as it speaks of them."""
    policy, version, outcome, day, rules, decided_at, requester, asked_by = columns
    said = orjson.loads(clear).get
    return bool(
        said("policy") == policy
        and said("version") == version
        and said("digest") == digest
        and said("outcome") == outcome
        and said("as_of") == str(day)
        and words_text(said("held")) == rules
        and said("actor") == (requester if asked_by is None else asked_by).hex()
        and decided_at == at
    )
