"""Entries that seal nothing: all that they say stands in the clear, and so they name no customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.domain.audit import JSON, Change, EntryKind, Recording
from schemas.decisions import sealed_bytes


def in_the_clear(
    id: UUID,
    kind: EntryKind,
    at: datetime,
    clear: Mapping[str, JSON],
    actor: str,
    changes: tuple[Change, ...] = (),
) -> Recording:
    """What happened ``at`` an instant (UTC) of which ``id`` has the time, to be recorded."""
    return Recording(id, kind, at, clear, sealed_bytes({}), actor=actor, changes=changes)
