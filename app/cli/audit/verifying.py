"""``termwise audit verify``: whether the log is whole, in the database or in an export."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from app.cli import opening
from app.cli.audit.replaying import Replayed, replay_database, replay_export
from app.cli.console import answers, as_json, progress
from app.cli.faults import DONE, TO_LOOK_AT, Unusable
from app.ledger.verifying import Fault
from app.services.log.verifying import Evidence, evidence_at, verify_database, verify_export

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("export", type=_FILE, required=False)
@click.option("--key", help="The log's first key: the line that `audit init` printed.")
@click.option(
    "--checkpoint", "files", type=_FILE, multiple=True, help="Checkpoints kept outside; repeatable."
)
@click.option("--replay", is_flag=True, help="Also decide every decision again, with both engines.")
@click.option("--keys", type=_FILE, help="With an export and --replay: the file that opens its sealed parts.")
@click.option("--json", "for_program", is_flag=True, help="Print what was found as JSON.")
def verify(
    export: Path | None,
    key: str | None,
    files: tuple[Path, ...],
    replay: bool,
    keys: Path | None,
    for_program: bool,
) -> None:
    """Verify the database's log, or an EXPORT; exit code 1 names the first bad entry.

    Without --key and --checkpoint those are taken from the folder TERMWISE_CHECKPOINTS. That finds what was
    changed in the database alone; against somebody who reaches that folder give what you kept elsewhere.
    """
    if replay and export is not None and keys is None:
        raise Unusable("--replay of an export needs --keys, the file that opens its sealed parts")
    found: dict[str, Any] = {"whole": False, "entries": None, "fault": None, "first": None, "end": None}
    found["older"] = None
    try:
        evidence = _evidence(key, files)
        replayed = _verified(export, evidence, keys if replay else None, replay, found)
    except Fault as fault:
        found.update(fault=str(fault), first=fault.index, end=fault.end)
    else:
        found["whole"] = replayed.different is None
        found.update(fault=replayed.different, first=replayed.index)
        if replay:
            found.update(identical=replayed.identical, erased=replayed.erased)
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


def _verified(
    export: Path | None, evidence: Evidence, keys: Path | None, replay: bool, found: dict[str, Any]
) -> Replayed:
    """Verify, then replay if that is wanted; what replaying found."""
    with ExitStack() as stack:
        bar = stack.enter_context(progress("Verifying", 100))

        def told(share: float) -> None:
            bar.update(bar.task_ids[0], completed=round(100 * share))

        if export is not None:
            found["entries"], older = verify_export(export, evidence, told)
            found["older"] = older or None
            bar.stop()
            return replay_export(export, keys, found["entries"]) if keys is not None else Replayed()
        services = stack.enter_context(opening.reading())
        settings = services.settings
        found["entries"] = verify_database(
            services.store, settings.database_url, settings.log_origin, evidence, told
        )
        bar.stop()
        return replay_database(services) if replay else Replayed()


def _show(found: dict[str, Any]) -> None:
    console = answers()
    if not found["whole"]:
        console.print(f"NOT WHOLE: {found['fault']}")
        return
    console.print(f"{found['entries']:,} entries, all as they were signed")
    if found["older"]:
        console.print(found["older"])
    if "identical" in found:
        erased = f", {found['erased']:,} erased" if found["erased"] else ""
        console.print(f"{found['identical']:,} decisions replayed, all identical{erased}")
