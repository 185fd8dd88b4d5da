"""Replaying without the service's database: facts from an export, opened by its file of keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.errors import Invalid
from app.engine.compiled import Engines
from app.ledger.sealing import CannotOpen, DataKey, context
from app.services.decisions.replaying import Replay, replayed
from app.services.log.replaying import Replayed
from app.services.log.spreading import Told, spread
from app.services.policies import Ready
from schemas.decisions import document_of
from schemas.ruleset import load

ENTRIES_IN_A_RUN = 200
_replaying: list[ExportedDecisions] = []
"""What this process replays with, once it has begun."""


class Line(NamedTuple):
    """A line of an entry, and the data key that opens it; None where that is gone with its subject."""

    told: bytes
    key: bytes | None


def replay_export(export: Path, keys: Path, size: int, told: Told) -> Replayed:
    """Replay the decisions of a verified export of ``size`` entries; ``keys`` is its second file.

    ``told`` hears the share done. Stops at the first that differs.
    """
    found, texts = Replayed(), _texts(export)
    runs = -(-size // ENTRIES_IN_A_RUN)
    lines = _runs(export, keys)
    for one in spread(_run, lines, runs, told, _begin, (texts,)):
        found.add(one)
        if one.different is not None:
            break
    _replaying.clear()
    return found


class ExportedDecisions:
    """Replays lines of an export. ``texts`` are its rulesets, by digest."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts
        self._ready: dict[str, Ready] = {}
        self._engines = Engines()

    def run(self, lines: Sequence[Line]) -> Replayed:
        """Replay those of the lines that are decisions, up to the first that differs."""
        found = Replayed()
        for line in lines:
            told = json.loads(line.told)
            if told.get("decision"):
                said = json.loads(bytes.fromhex(told["leaf"]))
                found.count(told["index"], UUID(said["id"]), self._replay(told, said, line.key))
            if found.different is not None:
                break
        return found

    def _replay(self, told: Any, said: Any, key: bytes | None) -> Replay | None:
        if key is None:
            return None
        bound = context(said["log"], UUID(said["id"]), EntryKind(said["kind"]))
        try:
            document = document_of(DataKey(key).open(bytes.fromhex(told["sealed"]), bound))
        except (CannotOpen, ValueError) as error:
            raise Invalid(f"The key of entry {told['index']} does not open it: {error}.") from None
        ready = self._ready_for(document["digest"])
        with self._engines.get(ready.ruleset) as engine:
            return replayed(ready, engine, document)

    def _ready_for(self, digest: str) -> Ready:
        if digest not in self._ready:
            self._ready[digest] = Ready(load(self._texts[digest]))
        return self._ready[digest]


def _begin(texts: dict[str, bytes]) -> None:
    _replaying.append(ExportedDecisions(texts))


def _run(lines: Sequence[Line]) -> Replayed:
    return _replaying[-1].run(lines)


def _texts(export: Path) -> dict[str, bytes]:
    """The texts of the rulesets, which stand before the entries."""
    texts: dict[str, bytes] = {}
    with export.open("rb") as file:
        file.readline()
        for line in file:
            if not line.startswith(b'{"ruleset"'):
                break
            told = json.loads(line)
            texts[told["ruleset"]] = bytes.fromhex(told["text"])
    return texts


def _runs(export: Path, keys: Path) -> Iterator[list[Line]]:
    """Lines of entries with their keys; both files are in the order of the indexes, and read once."""
    with export.open("rb") as file:
        entries = (line for line in file if line.startswith(b'{"index":'))
        paired = _paired(entries, _keys(keys))
        while run := list(islice(paired, ENTRIES_IN_A_RUN)):
            yield run


def _paired(entries: Iterator[bytes], keys: Iterator[tuple[int, bytes]]) -> Iterator[Line]:
    index, key = next(keys, (-1, b""))
    for place, line in enumerate(entries):
        if place == index:
            yield Line(line, key)
            index, key = next(keys, (-1, b""))
        else:
            yield Line(line, None)


def _keys(path: Path) -> Iterator[tuple[int, bytes]]:
    last = -1
    try:
        with path.open("rb") as file:
            for line in file:
                told = json.loads(line)
                index, key = told["index"], bytes.fromhex(told["key"])
                if index <= last:
                    raise ValueError(f"the key of entry {index} stands behind that of entry {last}")
                yield index, key
                last = index
    except (ValueError, LookupError, TypeError) as error:
        raise Invalid(f"{path} is not a file of keys: {error}") from None
