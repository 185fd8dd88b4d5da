"""Replaying without the service's database: facts from an export, opened by its file of keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.errors import Invalid
from app.engine.compiled import Engines
from app.ledger.sealing import CannotOpen, DataKey, context
from app.services.decisions.replaying import Replay, replayed
from app.services.policies import Ready
from schemas.decisions import document_of
from schemas.ruleset import load


class ExportedDecisions:
    """The decisions of a verified export. ``keys`` is the second file that the export wrote."""

    def __init__(self, export: Path, keys: Path) -> None:
        self._export = export
        self._keys = dict(_keys(keys))
        self._texts: dict[str, bytes] = {}
        self._ready: dict[str, Ready] = {}
        self._engines = Engines()

    def replays(self) -> Iterator[tuple[int, UUID, Replay | None]]:
        """Each decision's index and id with its replay; None where its key is gone with its subject."""
        with self._export.open("rb") as file:
            for line in file:
                told = json.loads(line)
                if "ruleset" in told:
                    self._texts[told["ruleset"]] = bytes.fromhex(told["text"])
                elif told.get("decision"):
                    said = json.loads(bytes.fromhex(told["leaf"]))
                    yield told["index"], UUID(said["id"]), self._replay(told, said)

    def _replay(self, told: Any, said: Any) -> Replay | None:
        key = self._keys.get(told["index"])
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


def _keys(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            for line in file:
                told = json.loads(line)
                yield told["index"], bytes.fromhex(told["key"])
    except (ValueError, LookupError, TypeError) as error:
        raise Invalid(f"{path} is not a file of keys: {error}") from None
