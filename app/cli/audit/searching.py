"""``termwise audit search``: entries of the log, by what they say, whose they are, and who did it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import orjson

from app.cli import opening
from app.cli.console import answers, notes, table
from app.domain.audit import EntryKind, Erased
from app.services.assembly import Services
from app.services.log import asking
from app.services.log.searching import MOST_ON_A_PAGE, Listed
from schemas.decisions import document_of
from schemas.proofs import entry_document

Command = TypeVar("Command", bound=Callable[..., Any])
_OPTIONS = {
    "id": "The entry, or decision, with this id.",
    "kind": f"One of {', '.join(EntryKind)}.",
    "policy": "That name this policy.",
    "version": "Of this version of its rulesets.",
    "outcome": "With this outcome.",
    "rule": "In which this rule held: STEP/RULE.",
    "reason": "With this reason code.",
    "customer": "About this customer; of erased ones, the decisions only.",
    "reference": "Decisions with this reference.",
    "person": "Done by the person with this login or id, or by `operator`.",
    "since": "Made at this day or instant (UTC), or later.",
    "until": "Made before this day or instant.",
    "from": "From this index on.",
    "to": "Up to this index.",
}


def _filters(command: Command) -> Command:
    for name, told in reversed(_OPTIONS.items()):
        command = click.option(f"--{name}", name, help=told)(command)
    return command


@click.command()
@_filters
@click.option("--oldest", is_flag=True, help="Oldest first.  [newest first]")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@click.option("--after", type=click.IntRange(0), help="Go on behind the entry with this index.")
@click.option("--facts", is_flag=True, help="Also what is sealed: facts, values, names.")
@click.option("--json", "for_program", is_flag=True, help="Print a line of JSON for each entry.")
def search(
    oldest: bool, limit: int, after: int | None, facts: bool, for_program: bool, **given: str | None
) -> None:
    """Find entries of the log; everything given must hold.

    A version, outcome, rule or reason is a word of one policy: give that, too, or a customer, reference,
    person, time or range of indexes.
    """
    named = {name: text for name, text in given.items() if text is not None}
    found, left, following = list[tuple[Listed, dict[str, Any]]](), limit, after
    with opening.reading() as services:
        sought = asking.read(named, services.people.find)
        while left:
            most = min(left, MOST_ON_A_PAGE)
            page = services.entries.page(sought, most, after=following, newest=not oldest)
            told = [(one, _told(services, one, facts=facts)) for one in page.entries]
            left, following = left - len(told), page.next
            if for_program:
                for _, document in told:
                    click.echo(orjson.dumps(document))
            else:
                found += told
            if following is None:
                break
        if not for_program:
            _show(services, found, facts=facts)
    if following is not None:
        notes().print(f"There may be more: --after {following}")
    elif left == limit:
        notes().print("No entry fits.")


def _told(services: Services, one: Listed, *, facts: bool) -> dict[str, Any]:
    told = entry_document(one.placed, one.by)
    if facts:
        assert one.placed.entry is not None
        try:
            told["sealed"] = document_of(services.recorder.unsealed(one.placed.entry))
        except Erased:
            told["sealed"] = None
    return told


def _show(services: Services, rows: list[tuple[Listed, dict[str, Any]]], *, facts: bool) -> None:
    console = answers()
    if rows:
        columns = ("index", "made at (UTC)", "kind", "policy", "what", "by", "id")
        console.print(table(columns, [_row(services, *one) for one in rows]))
    for one, told in rows if facts else ():
        sealed = "(erased)" if told["sealed"] is None else orjson.dumps(told["sealed"]).decode()
        console.print(f"{one.placed.place}: {sealed}", soft_wrap=True)


def _row(services: Services, one: Listed, told: dict[str, Any]) -> tuple[Any, ...]:
    clear = told["clear"]
    policy = " ".join(str(clear[name]) for name in ("policy", "version") if clear.get(name))
    words = ("outcome", "reason", "move", "change", "state", "code")
    what = next((str(clear[name]) for name in words if clear.get(name)), "")
    at = told["at"][:19].replace("T", " ")
    return told["index"], at, told["kind"], policy, what, _who(services, one), told["id"]


def _who(services: Services, one: Listed) -> str:
    person = None if one.by is None else services.people.find(one.by)
    return (one.by or "") if person is None else person.login
