"""The table of imports, held against the entries of the log at which each began and came to its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.customer_file import COUNTS, Import
from app.domain.instants import from_utc_text
from app.domain.sealed import Entry
from app.services.log.beside import Beside, Difference, gone
from app.store.store import Store


class ImportsBeside:
    """Compares imports with what ``beside`` reads of the log."""

    def __init__(self, store: Store, beside: Beside) -> None:
        self._store = store
        self._beside = beside

    def differences(self) -> Iterator[Difference]:
        """Every import that differs in who, what or how many rows, has no entry, or is gone."""
        began: dict[UUID, Entry] = {}
        ended: dict[UUID, Entry] = {}
        for one in self._beside.entries(EntryKind.IMPORT):
            clear = json.loads(one.leaf)["clear"]
            if "import" in clear:
                ended[UUID(clear["import"])] = one
            else:
                began[one.id] = one
        for row in self._store.customers.imports.all():
            entry, end = began.pop(row.id, None), ended.get(row.id)
            told = None if entry is None else self._beside.opened(entry)
            yield from self._beside.compared("import", row, entry, _import(row, told, end))
        yield from gone("import", began)


def _import(
    row: Import, told: Mapping[str, Any] | None, end: Entry | None
) -> Callable[[Mapping[str, Any]], Import]:
    def read(said: Mapping[str, Any]) -> Import:
        mapping = row.mapping if told is None else told["mapping"]
        about = (said["what"], bytes.fromhex(said["sha256"]), mapping, said["by"], said["at"])
        if end is None:
            return Import(said["id"], *about)
        leaf = json.loads(end.leaf)
        counts = (leaf["clear"][name] for name in COUNTS)
        return Import(said["id"], *about, from_utc_text(leaf["at"]), *counts)

    return read
