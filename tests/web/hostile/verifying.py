"""What must hold of a store afterwards: every decision there, whole, and replayed with the same result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import orjson

from app.domain.audit import EntryKind
from app.services.assembly import Services, open_services
from app.services.recording import Wanted
from tests.web.service import settings_for


def verify(
    folder: Path, acknowledged: dict[str, bytes], database_url: str | None = None
) -> tuple[int, list[str]]:
    """How many decisions the store holds, and what is wrong with any of them."""
    faults: list[str] = []
    with open_services(settings_for(folder, database_url), writing=False) as services:
        entries = _entries(services)
        decided = _decided(services)
        if set(entries) != decided:
            faults.append(f"{len(set(entries) ^ decided)} entries and decisions do not stand one to one")
        faults += [f"{id} was acknowledged and is not there" for id in acknowledged.keys() - entries.keys()]
        for id, leaf in entries.items():
            try:
                faults += _faults(services, id, leaf, acknowledged.get(id))
            except Exception as error:
                faults.append(f"{id} cannot be read: {error!r}")
    return len(entries), faults


def _entries(services: Services) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    after: UUID | None = None
    while page := services.store.decisions.entries(EntryKind.DECISION, after=after, limit=1000):
        found.update((str(entry.id), entry.leaf) for entry in page)
        after = page[-1].id
    return found


def _decided(services: Services) -> set[str]:
    found: set[str] = set()
    after: UUID | None = None
    while True:
        page = services.auditing.search(Wanted(), after=after, limit=1000)
        found.update(one["id"] for one in page.decisions)
        after = page.next
        if after is None:
            return found


def _faults(services: Services, id: str, leaf: bytes, acknowledged: bytes | None) -> Iterator[str]:
    decision = services.auditing.decision(UUID(id))
    if acknowledged is not None and orjson.dumps(decision) != acknowledged:
        yield f"{id} reads other than it was acknowledged"
    clear = json.loads(leaf)["clear"]
    fired = [f"{one['step']}/{one['rule']}" for one in decision["fired"]]
    rules = services.auditing.ruleset(UUID(id)).rule_count
    if clear["held"] != fired or len(fired) + json.loads(leaf)["not_held"] != rules:
        yield f"{id} has not all the rules that fired"
    if not services.auditing.replay(UUID(id)).identical:
        yield f"{id} replays differently"
