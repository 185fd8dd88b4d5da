"""Verifying: the log in a database or an export, on all processors, with a share done to show.

The judging is ``app.ledger.verifying``'s, the module that an outside auditor reads and
runs alone. What is added here is what only a database has: that the searchable columns
say what the leaf says, and that no entry and no decision stands beside the tree.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from app.domain.errors import Unavailable
from app.domain.instants import utc_text
from app.ledger.outside import Outside
from app.ledger.verifying import Fault, Head, Key, Part, conclude, heads, verify
from app.store.store import Store
from app.store.tree import Tree, reading_tree

ENTRIES_IN_A_PIECE = 5_000
_IN_THE_CLEAR = ("policy", "version", "digest", "outcome", "as_of", "held")
"""What the leaf of a decision says of its search columns, in their order."""
Told = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the log is held against: its first key, and checkpoints that were kept outside."""

    key: Key
    outside: Sequence[Head]

    @classmethod
    def of(cls, key: str, files: Iterable[Path]) -> Evidence:
        """From a key's line and files of checkpoints; raises ``Fault`` for what is neither."""
        texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
        return cls(Key(key), [head for text in texts for head in heads(text)])


def evidence_at(folder: Path) -> tuple[str | None, list[Path]]:
    """The first key's line and the files of checkpoints in the folder where this service writes them."""
    outside = Outside(folder)
    return outside.key(), outside.files()


def verify_export(path: Path, evidence: Evidence, told: Told) -> tuple[int, str]:
    """How many entries the export holds, and in words how many were signed later.

    Raises ``Fault`` at the first bad entry.
    """
    return verify(str(path), evidence.key, evidence.outside, _spread(told))


def verify_database(store: Store, url: str, log: str, evidence: Evidence, told: Told) -> int:
    """How many the database behind ``store``, at ``url``, holds; all that a checkpoint counts must be."""
    head = store.tree.head()
    pieces = [
        (url, log, start, min(start + ENTRIES_IN_A_PIECE, head.size))
        for start in range(0, head.size, ENTRIES_IN_A_PIECE)
    ]
    last, size = heads(head.note or ""), 0
    if head.size or last or evidence.outside:
        size, _ = conclude(_spread(told)(_part_of, pieces), log, evidence.key, last, evidence.outside)
    for fault in store.tree.strays():
        raise Fault(fault)
    return size


def _part_of(piece: tuple[str, str, int, int]) -> Part:
    """Read one run of places; in a process of its own, so with a connection of its own."""
    url, log, start, end = piece
    part = Part()
    try:
        with reading_tree(url) as tree:
            for row in _rows(tree, start, end):
                _add(part, log, row)
    except Unavailable:
        part.fault = "its row cannot be read"
    except Fault as fault:
        part.fault = str(fault)
    except (ValueError, LookupError, TypeError, RecursionError):
        part.fault = "its row is not of the form of an entry"
    return part


def _rows(tree: Tree, start: int, end: int) -> Iterator[tuple[Any, ...]]:
    """The rows of these places. Where one cannot be read, each is read alone, so that it is known which."""
    done = start
    try:
        for row in tree.rows(start, end):
            yield row
            done = row[0] + 1
    except Unavailable:
        for place in range(done, end):
            yield from tree.rows(place, place + 1)


def _add(part: Part, log: str, row: tuple[Any, ...]) -> None:
    place, id, hash, entry, kind, at, leaf, sealed, policy, version, digest, outcome, day, rules = row
    if entry is None:
        part.first = place if part.first is None else part.first
        raise Fault("its row is gone")
    found = part.add(log, place, bytes(hash), bytes(leaf), bytes(sealed), digest is not None)
    when, clear, name, word = (one.decode() for one in found)
    if (name, word, when) != (_dashed(id), kind, at if isinstance(at, str) else utc_text(at)):
        _take_back(part)
        raise Fault("its row says another id, kind or time than its leaf")
    if digest is not None:
        said = orjson.loads(clear)
        columns = [policy, version, digest, outcome, str(day), rules.split()]
        if columns != [said.get(name) for name in _IN_THE_CLEAR]:
            _take_back(part)
            raise Fault("the columns by which the decision is found say something else than its leaf")


def _take_back(part: Part) -> None:
    """An entry is bad for another reason than its bytes: the fault is its own and not the next one's."""
    del part.hashes[-32:], part.ids[-16:]


def _dashed(id: bytes | UUID) -> str:
    return str(id if isinstance(id, UUID) else UUID(bytes=id))


def _spread(told: Told) -> Callable[[Callable[[Any], Part], Iterable[Any]], Iterator[Part]]:
    """Work on pieces by as many processes as there are processors; ``told`` hears the share done."""

    def run(work: Callable[[Any], Part], pieces: Iterable[Any]) -> Iterator[Part]:
        every = list(pieces)
        if len(every) < 2:
            yield from map(work, every)
            return
        with get_context("spawn").Pool(min(len(every), os.cpu_count() or 1)) as pool:
            for done, part in enumerate(pool.imap(work, every), 1):
                told(done / len(every))
                yield part

    return run
