"""``termwise replay``: the same facts on the same text, with both engines, against what was recorded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import click
import orjson

from app.cli import opening
from app.cli.console import answers, as_json, progress, table
from app.cli.faults import DONE, TO_LOOK_AT, Unusable
from app.domain.audit import Erased
from app.services.assembly import Services
from app.services.decisions.replaying import Replay
from app.services.recording import Wanted

PAGE = 1000
MOST_SHOWN = 20


@dataclass(slots=True)
class _Found:
    """What replaying found; ``different`` by decision."""

    identical: int = 0
    erased: int = 0
    different: dict[str, Replay] = field(default_factory=dict)


@click.command()
@click.argument("decision", metavar="[ID]", type=click.UUID, required=False)
@click.option("--all", "everything", is_flag=True, help="Replay every decision there is.")
@click.option("--json", "for_program", is_flag=True, help="Print what was found as JSON.")
def replay(decision: UUID | None, everything: bool, for_program: bool) -> None:
    """Decide again what was recorded, and say where the result differs; exit code 1 when it does.

    Nothing is recorded. Decisions of an erased customer cannot be replayed and are counted.
    """
    if everything is (decision is not None):
        raise Unusable("name one decision, or give --all")
    found = _Found()
    with opening.reading() as services, progress("Replaying", None) as bar:
        for one in _all(services) if decision is None else [decision]:
            _replay(services, one, found, alone=decision is not None)
            bar.advance(bar.task_ids[0])
    if for_program:
        as_json(_document(found))
    else:
        _show(found)
    sys.exit(TO_LOOK_AT if found.different else DONE)


def _replay(services: Services, decision: UUID, found: _Found, *, alone: bool) -> None:
    try:
        replayed = services.auditing.replay(decision)
    except Erased:
        if alone:
            raise
        found.erased += 1
        return
    if replayed.identical:
        found.identical += 1
    else:
        found.different[str(decision)] = replayed


def _all(services: Services) -> Iterator[UUID]:
    after: UUID | None = None
    while True:
        page = services.auditing.search(Wanted(), after=after, limit=PAGE)
        yield from (UUID(one["id"]) for one in page.decisions)
        if page.next is None:
            return
        after = page.next


def _document(found: _Found) -> dict[str, object]:
    return {
        "identical": found.identical,
        "different": {id: list(one.differences) for id, one in found.different.items()},
        "erased": found.erased,
    }


def _show(found: _Found) -> None:
    console = answers()
    erased = f", {found.erased:,} erased" if found.erased else ""
    console.print(f"{found.identical:,} identical, {len(found.different):,} different{erased}")
    rows = [
        (id, difference["part"], _short(difference["recorded"]), _short(difference["replayed"]))
        for id, one in list(found.different.items())[:MOST_SHOWN]
        for difference in one.differences
    ]
    if rows:
        console.print(table(("decision", "part", "recorded", "replayed"), rows))
    if len(found.different) > MOST_SHOWN:
        console.print(f"and {len(found.different) - MOST_SHOWN:,} more; --json lists them all")


def _short(value: object) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 200 else f"{text[:197]}..."
