"""Every decision of the log again, in the order of the log, up to the first that differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.cli.console import progress
from app.domain.audit import Erased
from app.services.assembly import Services
from app.services.decisions.replaying import Replay
from app.services.log.replaying_exports import ExportedDecisions


@dataclass(slots=True)
class Replayed:
    """What replaying found: how many came out identical, how many are erased, and the first that did not."""

    identical: int = 0
    erased: int = 0
    different: str | None = None
    index: int | None = None


def replay_database(services: Services) -> Replayed:
    """Replay what the database holds."""
    return _first_difference(_of_database(services), services.store.tree.head().size)


def replay_export(export: Path, keys: Path, size: int) -> Replayed:
    """Replay what an export holds."""
    return _first_difference(ExportedDecisions(export, keys).replays(), size)


def _of_database(services: Services) -> Iterator[tuple[int, UUID, Replay | None]]:
    for placed in services.store.tree.placed(0, services.store.tree.head().size):
        if placed.decision:
            try:
                yield placed.place, placed.id, services.auditing.replay(placed.id)
            except Erased:
                yield placed.place, placed.id, None


def _first_difference(replays: Iterator[tuple[int, UUID, Replay | None]], size: int) -> Replayed:
    found = Replayed()
    with progress("Replaying", size) as bar:
        for index, id, replay in replays:
            bar.update(bar.task_ids[0], completed=index + 1)
            if replay is None:
                found.erased += 1
            elif replay.identical:
                found.identical += 1
            else:
                parts = ", ".join(str(one["part"]) for one in replay.differences)
                found.different = f"entry {index}: decision {id} replays with other {parts}"
                found.index = index
                break
    return found
