"""``termwise run``: the arguments, the run, what came of it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from app.cli import opening
from app.cli.batch.stopping import stop_asked
from app.cli.console import answers, as_json, notes, progress
from app.cli.faults import DONE, INTERRUPTED, NOT_DONE, TO_LOOK_AT, Unusable, lines
from app.cli.run.files import write
from app.cli.run.showing import nothing, rows
from app.domain.errors import Unavailable
from app.domain.runs import Run
from app.services.services import Services
from schemas.run_documents import run_document

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("name")
@click.option("--as-of", type=DAY, help="The day; nothing dated later counts.  [today]")
@click.option(
    "--again", is_flag=True, help="Decide anew, of a run that ended, what is known otherwise by now."
)
@click.option("--dry-run", is_flag=True, help="Decide nothing: say how many customers would be looked at.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for worklists and letters."
)
@click.option(
    "--processes", type=click.IntRange(1, 256), help="How many processes decide.  [one a processor]"
)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "for_program", is_flag=True, help="Print the report as JSON.")
def run(
    name: str,
    as_of: datetime | None,
    again: bool,
    dry_run: bool,
    out: Path | None,
    processes: int | None,
    lang: str,
    for_program: bool,
) -> None:
    """Decide once a day on everything that the run NAME looks at: collections, reviews, monitoring.

    Given again after an interruption, the same command goes on where it stopped: nothing is decided twice.
    A run that ended is shown as it is. The exit code is 1 when something could not be decided.
    """
    count = processes or os.cpu_count() or 1
    if dry_run:
        _looked_at(name, as_of)
        return
    with opening.writing() as services:
        runs = services.runs
        day = runs.today() if as_of is None else as_of.date()
        found = runs.begin(name, day, by=None, again=again)
        code = DONE
        if found.finished_at is None:
            found, code = _gone(services, found, count)
        if code == DONE and out is not None:
            _written(services, found, out, count)
    if code == INTERRUPTED:
        notes().print("Stopped. What was decided is recorded; give the same command again to go on.")
    if code in (INTERRUPTED, NOT_DONE):
        sys.exit(code)
    if for_program:
        as_json(run_document(found, services.runs.rules(name)))
    else:
        rules = services.runs.rules(name)
        answers().print(rows(found, rules, lang))
        if (why := nothing(found, rules, lang)) is not None:
            notes().print(why)
    sys.exit(TO_LOOK_AT if found.counts.get("refused") else DONE)


def _looked_at(name: str, as_of: datetime | None) -> None:
    with opening.reading() as services:
        day = services.runs.today() if as_of is None else as_of.date()
        number = services.runs.looked_at(name, day)
    click.echo(f"customers to look at: {number:,}; nothing is decided by a dry run")


def _gone(services: Services, found: Run, processes: int) -> tuple[Run, int]:
    """Go through the run; DONE when all of it is decided."""
    with stop_asked() as stop, progress(f"{found.name} {found.as_of}", None) as bar:

        def told(done: int, total: int) -> None:
            bar.update(bar.task_ids[0], completed=done, total=total)

        try:
            ended = services.runs.go(found, processes, told, stop.is_asked)
        except KeyboardInterrupt:
            return found, INTERRUPTED
        except Unavailable as error:
            notes().print("\n".join(lines(error)))
            return found, NOT_DONE
    return ended, DONE if ended.finished_at is not None else INTERRUPTED


def _written(services: Services, found: Run, out: Path, processes: int) -> None:
    try:
        names = write(services, found, out, processes)
    except OSError as error:
        raise Unusable(f"--out {out}: {error.strerror or error}") from None
    notes().print(f"In {out}: {', '.join(names)}")
