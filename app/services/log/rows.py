"""Rows: a run of the log as a database keeps it, each entry held against itself and against its columns.

What is needed to hold other tables against the log is noted on the way: under which data
keys entries are sealed, and what kind of answer each decision says it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from app.domain.errors import Unavailable
from app.domain.instants import utc_text
from app.ledger.verifying import Fault, Part
from app.store.blocks import SIZE, Block, words
from app.store.columns import words_text
from app.store.tree import Tree, reading_tree

AT_ONCE = 100
"""Rows whose entries are hashed before their columns are read: one kind of work at a time is done faster."""


class Answer(NamedTuple):
    """What a decision's columns say of its answer; ``waits`` where it stands in the worklist of referrals."""

    digest: str
    outcome: str
    kind: str
    waits: bool


@dataclass(slots=True)
class Rows(Part):
    """A part of the log with what its rows name, each with the first index: data keys (16 bytes), answers.

    ``blocks`` is the index over its decisions as they make it, ``index_fault`` where it is kept otherwise.
    """

    sealed_under: dict[bytes, int] = field(default_factory=dict)
    answers: dict[Answer, int] = field(default_factory=dict)
    blocks: dict[int, Block] = field(default_factory=dict)
    index_fault: str | None = None

    _waiting: list[tuple[Sequence[Any], tuple[bytes, ...]]] = field(default_factory=list)

    def row(self, log: bytes, row: Sequence[Any]) -> None:
        """Check the entry in one place's rows against itself; its columns wait for ``settle``."""
        place, _, hash, entry, _, _, leaf, sealed, digest = row[:9]
        if entry is None:
            self.first = place if self.first is None else self.first
            raise Fault("its row is gone")
        self._waiting.append((row, self.add(log, place, digest is not None, hash, leaf, sealed)))
        if len(self._waiting) == AT_ONCE:
            self.settle()

    def settle(self) -> None:
        """Check every column of the rows that wait against what their leaves say.

        Call it after the last row, and after a fault: that of a row that waits is the earlier one.
        """
        waiting, self._waiting = self._waiting, []
        first = len(self.ids) - len(waiting)
        for number, (row, said) in enumerate(waiting, first):
            try:
                self._hold(row, self.ids[number], said)
            except (Fault, ValueError, LookupError, TypeError, RecursionError):
                del self.hashes[number:], self.ids[number:]  # the fault is this entry's and no later one's
                raise

    def _hold(self, row: Sequence[Any], its_id: bytes, said: tuple[bytes, ...]) -> None:
        place, id, _, _, kind, at, _, _, digest, *columns, key, answer, waits, reasons = row
        when, clear, _, word = said
        said_at = at if isinstance(at, str) else utc_text(at)
        if its_id != _bare(id) or word != kind.encode() or when != said_at.encode():
            raise Fault("its row says another id, kind or time than its leaf")
        if digest is not None:
            if not _says(clear, at, digest, columns):
                raise Fault("the columns by which the decision is found say something else than its leaf")
            self.answers.setdefault(Answer(digest, columns[2], answer, waits is not None), place)
            policy, version, outcome, _, rules, _, requester, _ = columns
            number, offset = divmod(place, SIZE)
            block = self.blocks.get(number) or self.blocks.setdefault(number, Block())
            said_words = words(version, outcome, answer, requester, reasons, rules)
            block.add(offset, UUID(bytes=its_id), policy, said_words)
        self.sealed_under.setdefault(_bare(key), place)


def rows_of(piece: tuple[str, str, int, int]) -> Rows:
    """Read one run of places: the database's address, the log's name, from which place up to which.

    In a process of its own, so with a connection of its own.
    """
    url, log, start, end = piece
    part = Rows()
    try:
        try:
            with reading_tree(url) as tree:
                for row in _each(tree, start, end):
                    part.row(log.encode(), row)
                part.settle()
                first, behind = -(-start // SIZE), end // SIZE
                whole = {number: part.blocks.get(number, Block()) for number in range(first, behind)}
                part.index_fault = tree.blocks.fault(whole)
                part.blocks.clear()
        finally:
            part.settle()
    except Unavailable:
        part.fault = "its row cannot be read"
    except Fault as fault:
        part.fault = str(fault)
    except (ValueError, LookupError, TypeError, RecursionError):
        part.fault = "its row is not of the form of an entry"
    return part


def _each(tree: Tree, start: int, end: int) -> Iterator[Sequence[Any]]:
    """The rows of these places. Where one cannot be read, each is read alone, so that it is known which."""
    done = start
    try:
        for row in tree.every_row.entries(start, end):
            yield row
            done = row[0] + 1
    except Unavailable:
        for place in range(done, end):
            yield from tree.every_row.entries(place, place + 1)


def _bare(id: Any) -> bytes:
    """An id's 16 bytes, as SQLite keeps them or as a UUID."""
    return id if isinstance(id, bytes) else id.bytes


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
