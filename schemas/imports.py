"""Imports as documents: what came, who brought it, and what became of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.domain.customer_file import Import
from app.domain.instants import utc_text
from schemas.shapes import ID, INSTANT, TEXT, TEXT_OR_NULL, WHOLE, Schema, closed, listed, or_null


class Refused(Protocol):
    """A row that was refused."""

    @property
    def place(self) -> int: ...
    @property
    def customer(self) -> str | None: ...
    @property
    def problems(self) -> Sequence[Mapping[str, Any]]: ...


def import_entry(one: Import) -> dict[str, Any]:
    """An import with its counts; ``finished_at`` is null until it came to its end."""
    return {
        "id": str(one.id),
        "kind": one.kind,
        "sha256": one.sha256.hex(),
        "mapping": one.mapping,
        "requested_by": one.by,
        "begun_at": utc_text(one.at),
        "finished_at": None if one.finished_at is None else utc_text(one.finished_at),
        "read": one.read,
        "written": one.written,
        "unchanged": one.unchanged,
        "refused": one.refused,
    }


def import_with_refusals(one: Import, refused: Sequence[Refused]) -> dict[str, Any]:
    """The same with what is kept of its refused rows."""
    rows = [{"place": row.place, "customer": row.customer, "errors": list(row.problems)} for row in refused]
    return {**import_entry(one), "refusals": rows}


_ENTRY: dict[str, Schema] = {
    "id": {**ID, "description": "its entry in the log"},
    "kind": TEXT,
    "sha256": {**TEXT, "description": "of what came, as it came"},
    "mapping": TEXT_OR_NULL,
    "requested_by": TEXT,
    "begun_at": INSTANT,
    "finished_at": {
        **or_null(INSTANT),
        "description": "null while it is under way, and where it was stopped",
    },
    "read": WHOLE,
    "written": {**WHOLE, "description": "rows or documents that changed something"},
    "unchanged": WHOLE,
    "refused": WHOLE,
}
_REFUSAL = closed(
    {
        "place": WHOLE,
        "customer": TEXT_OR_NULL,
        "errors": listed(closed({"detail": TEXT, "pointer": TEXT_OR_NULL})),
    }
)
SHAPES: dict[str, Schema] = {
    "Imports": closed({"imports": listed(closed(_ENTRY)), "next": or_null(ID)}),
    "Import": closed({**_ENTRY, "refusals": {**listed(_REFUSAL), "description": "the first of them"}}),
}
