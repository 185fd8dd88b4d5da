"""A command that takes a table into the customer file: its options, its rows as read, what is told."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import wraps
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

import click
from rich.progress import Progress

from app.cli import opening
from app.cli.batch.table import opened
from app.cli.console import as_json, notes, progress
from app.cli.faults import DONE, TO_LOOK_AT, Unusable, readable
from app.services.assembly import Services
from app.services.customers.filing import Report
from schemas.customer_items import SOURCES, Given, Refusal
from schemas.spreadsheet import line
from schemas.tabular import TabularRows, csv_table, table_of

FILE = click.Path(path_type=Path, dir_okay=False)
MOST_SHOWN = 10
AT_ONCE = 500
_OPTIONS = (
    click.argument("file", type=FILE),
    click.option("--mapping", type=FILE, help="Which columns are what (docs/mapping.md)."),
    click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day of rows that name none."),
    click.option("--source", type=click.Choice(list(SOURCES)), help="Where rows that name none come from."),
    click.option("--evidence", help="What shows it, of rows that name none."),
    click.option("--dry-run", is_flag=True, help="Say what would be refused, and file nothing."),
    click.option("--report", type=FILE, help="Every refused row, as CSV."),
    click.option("--json", "for_program", is_flag=True, help="Print the summary as JSON."),
)


class Came(NamedTuple):
    """A table that came; ``given`` is what holds for rows that do not say it, ``mapping`` the text of one."""

    rows: TabularRows
    digest: bytes
    given: Given
    mapping: bytes | None
    mapping_name: str | None
    refused: Callable[[Refusal], object]
    dry_run: bool


def table_command(name: str) -> Callable[[Callable[[Services, Came], Report]], click.Command]:
    """Make the command ``name`` of what takes a table and reports; its docstring is the command's help."""

    def made(take: Callable[[Services, Came], Report]) -> click.Command:
        @wraps(take)
        def command(
            file: Path,
            mapping: Path | None,
            as_of: datetime | None,
            source: str | None,
            evidence: str | None,
            dry_run: bool,
            report: Path | None,
            for_program: bool,
        ) -> None:
            text = None if mapping is None else readable(mapping)
            day = None if as_of is None else as_of.date()
            given = Given(day, None if source is None else SOURCES[source], evidence)
            with ExitStack() as stack:
                services = stack.enter_context(opening.reading() if dry_run else opening.writing())
                rows, digest = stack.enter_context(_table_in(file))
                bar = stack.enter_context(progress(f"Import {file.name}", None))
                refused = stack.enter_context(_refused_to(report))
                called = None if mapping is None else mapping.name[:200]
                came = Came(_counted(rows, bar), digest, given, text, called, refused, dry_run)
                found = take(services, came)
            _tell(found, report, dry_run=dry_run, for_program=for_program)
            sys.exit(TO_LOOK_AT if found.refused else DONE)

        whole: Callable[..., None] = command
        for option in reversed(_OPTIONS):
            whole = option(whole)
        return click.command(name)(whole)

    return made


@contextmanager
def _table_in(path: Path) -> Iterator[tuple[TabularRows, bytes]]:
    """The rows of a file as they are read, and the SHA-256 of its bytes."""
    try:
        if path.suffix == ".xlsx":
            content = path.read_bytes()
            yield table_of(content), sha256(content).digest()
            return
        with path.open("rb") as raw:
            digest = file_digest(raw, "sha256").digest()
        with opened(path) as file:
            yield csv_table(file), digest
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or error}") from None


def _counted(table: TabularRows, bar: Progress) -> TabularRows:
    """The same rows, which move the bar on as they are read."""

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for place, row in enumerate(table.rows, 1):
            if place % AT_ONCE == 0:
                bar.advance(bar.task_ids[0], AT_ONCE)
            yield row

    return TabularRows(table.header, rows())


@contextmanager
def _refused_to(report: Path | None) -> Iterator[Callable[[Refusal], object]]:
    """Where refused rows go: the report, or the first few to standard error."""
    if report is None:
        shown: list[Refusal] = []

        def show(one: Refusal) -> None:
            if len(shown) < MOST_SHOWN:
                shown.append(one)
                notes().print(f"row {one.place}: {_said(one)}", soft_wrap=True)

        yield show
        return
    try:
        with report.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(["row", "customer", "problem"])
            yield lambda one: file.write(line([one.place, one.customer, _said(one)]))
    except OSError as error:
        raise Unusable(f"--report {report}: {error.strerror or error}") from None


def _said(one: Refusal) -> str:
    return " | ".join(problem.message for problem in one.problems)


def _tell(found: Report, report: Path | None, *, dry_run: bool, for_program: bool) -> None:
    """Print what became of the rows."""
    counts = {
        "import": None if found.id is None else str(found.id),
        "dry_run": dry_run,
        "read": found.read,
        "facts": found.facts,
        "written": found.written,
        "unchanged": found.unchanged,
        "refused": found.refused,
        "left_out": found.left_out,
    }
    if for_program:
        as_json(counts)
        return
    done = (
        "nothing is filed by a dry run"
        if dry_run
        else f"{found.written:,} filed, {found.unchanged:,} as before"
    )
    left = f", {found.left_out:,} left out" if found.left_out else ""
    where = f"; see {report}" if report is not None and found.refused else ""
    click.echo(f"{found.read:,} rows: {done}, {found.refused:,} refused{left}{where}")
