"""``termwise audit verify``: whether the log is whole, in the database or in an export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from app.cli import opening
from app.cli.console import answers, as_json, progress
from app.cli.faults import DONE, TO_LOOK_AT, Unusable
from app.ledger.verifying import Fault, held
from app.services.log.lately import Verified
from app.services.log.replaying import Replayed
from app.services.log.replaying_exports import replay_export
from app.services.log.spreading import Told
from app.services.log.verifying import Evidence, evidence_at, verify_database, verify_export
from app.services.people.managing import OPERATOR
from app.services.replaying_all import replay_database

NOT_REPLAYED = (
    "that each decision comes out again, and its columns that no leaf tells (customer, reference, reasons,"
    " until when it waits) against its sealed part: --replay does that, but for what was erased"
)
NOT_HELD = (
    "names, logins, and the hashes of passwords and of keys' secrets: the log says nothing of them, and who"
    " writes the database can sign in as anybody (docs/audit-log.md)"
)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("export", type=_FILE, required=False)
@click.option("--key", help="The log's first key: the line that `audit init` printed.")
@click.option(
    "--checkpoint", "files", type=_FILE, multiple=True, help="Checkpoints kept outside; repeatable."
)
@click.option(
    "--from", "start", type=click.IntRange(0), default=0, help="Go on from a checkpoint of that size."
)
@click.option("--replay", is_flag=True, help="Also decide every decision again, with both engines.")
@click.option("--keys", type=_FILE, help="With an export and --replay: the file that opens its sealed parts.")
@click.option("--note", is_flag=True, help="Record in the log that it was verified, and what came out.")
@click.option("--json", "for_program", is_flag=True, help="Print what was found as JSON.")
def verify(
    export: Path | None,
    key: str | None,
    files: tuple[Path, ...],
    start: int,
    replay: bool,
    keys: Path | None,
    note: bool,
    for_program: bool,
) -> None:
    """Verify the database's log, or an EXPORT; exit code 1 names the first bad entry.

    Without --key and --checkpoint those are taken from the folder TERMWISE_CHECKPOINTS. That finds what was
    changed in the database alone; against somebody who reaches that folder give what you kept elsewhere.
    Of the database every row is held against the log; --from reads only entries behind a checkpoint that
    you verified before. --note writes, which on SQLite is done while no server runs.
    """
    if replay and export is not None and keys is None:
        raise Unusable("--replay of an export needs --keys, the file that opens its sealed parts")
    if start and export is not None:
        raise Unusable("--from is for the database; an export is verified from its first entry")
    if note and export is not None:
        raise Unusable("--note is for the database: an export is verified where nothing can be recorded")
    found: dict[str, Any] = {"whole": False, "entries": None, "fault": None, "first": None, "end": None}
    found.update(checkpoints=0, newest=0, older=None, **({"from": start} if start else {}))
    if export is None:
        found["not_looked_at"] = [NOT_HELD] if replay else [NOT_REPLAYED, NOT_HELD]
    try:
        evidence = _evidence(key, files)
        with progress("Verifying", 100) as bar:
            if export is not None:
                replayed = _export(export, evidence, keys if replay else None, bar, found)
            else:
                replayed = _database(evidence, start, replay, bar, found)
    except Fault as fault:
        found.update(fault=str(fault), first=fault.index, end=fault.end)
    else:
        found["whole"] = replayed.different is None
        found.update(fault=replayed.different, first=replayed.index)
        if replay:
            found.update(identical=replayed.identical, erased=replayed.erased)
    if note:
        with opening.writing() as services:
            seen = Verified(
                start, found["entries"] or 0, found["checkpoints"], found["newest"], found["fault"]
            )
            services.verifying.note(OPERATOR, seen)
    if for_program:
        as_json(found)
    else:
        _show(found)
    sys.exit(DONE if found["whole"] else TO_LOOK_AT)


def _evidence(key: str | None, files: tuple[Path, ...]) -> Evidence:
    line, known = evidence_at(opening.settings().checkpoints)
    if key is None and line is None:
        raise Unusable("there is no key to verify with: give --key with the line that `audit init` printed")
    try:
        return Evidence.of(key or line or "", files or known)
    except (Fault, OSError) as error:
        raise Unusable(str(error)) from None


def _export(
    export: Path, evidence: Evidence, keys: Path | None, bar: Progress, found: dict[str, Any]
) -> Replayed:
    """Verify an export, then replay it if that is wanted; what replaying found."""
    size = verify_export(export, evidence, _telling(bar, "Verifying"))
    _note(found, evidence, size)
    if keys is None:
        return Replayed()
    return replay_export(export, keys, size, _telling(bar, "Replaying"))


def _database(evidence: Evidence, start: int, replay: bool, bar: Progress, found: dict[str, Any]) -> Replayed:
    """Verify the database: the log, then every row beside it, then what a replay says if that is wanted."""
    with opening.reading() as services:
        settings, told = services.settings, _telling(bar, "Verifying")
        where = (settings.database_url, settings.log_origin)
        read = verify_database(services.store, *where, evidence, told, start)
        _note(found, evidence, read.size, start)
        services.ties.check(read)
    return replay_database(settings, start, read.size, _telling(bar, "Replaying")) if replay else Replayed()


def _note(found: dict[str, Any], evidence: Evidence, size: int, start: int = 0) -> None:
    """What was verified, and what it was held against."""
    outside = [one for one in evidence.outside if one.size >= start]
    sizes = [one.size for one in outside if one.size <= size]
    said, *older = held(outside, size).split("\n")
    found.update(entries=size, held=said, older=older[0] if older else None)
    found.update(checkpoints=len(sizes), newest=max(sizes, default=0))


def _telling(bar: Progress, what: str) -> Told:
    bar.reset(bar.task_ids[0], description=what)
    return lambda share: bar.update(bar.task_ids[0], completed=round(100 * share))


def _show(found: dict[str, Any]) -> None:
    console = answers()
    if not found["whole"]:
        console.print(f"NOT WHOLE: {found['fault']}")
        return
    console.print(f"{found['entries']:,} entries, all as they were signed")
    if "from" in found:
        console.print(f"those before {found['from']:,} were not read: their tree is the one that was signed")
    console.print(found["held"])
    if found["older"]:
        console.print(found["older"])
    if "identical" in found:
        erased = f", {found['erased']:,} erased" if found["erased"] else ""
        decisions = "decision" if found["identical"] == 1 else "decisions"
        console.print(f"{found['identical']:,} {decisions} replayed, all identical{erased}")
    for one in found.get("not_looked_at", ()):
        console.print(f"not looked at: {one}", soft_wrap=True)
