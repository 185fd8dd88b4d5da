"""``termwise customers signals``: a table of events into the customer file."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from app.cli import opening
from app.cli.console import progress
from app.cli.faults import DONE, TO_LOOK_AT, readable
from app.cli.importing import FILE, counted, refused_to, table_in, tell
from app.services.customers.filing import SIGNALS, What
from schemas.customer_items import SOURCES, Given
from schemas.signal_rows import SignalRows


@click.command("signals")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, help="Which columns are what (docs/mapping.md).")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day of rows that name none.")
@click.option("--source", type=click.Choice(list(SOURCES)), help="Where rows that name none come from.")
@click.option("--evidence", help="What shows it, of rows that name none.")
@click.option("--dry-run", is_flag=True, help="Say what would be refused, and file nothing.")
@click.option("--report", type=FILE, help="Every refused row, as CSV.")
@click.option("--json", "for_program", is_flag=True, help="Print the summary as JSON.")
def signals(
    file: Path,
    mapping: Path | None,
    as_of: datetime | None,
    source: str | None,
    evidence: str | None,
    dry_run: bool,
    report: Path | None,
    for_program: bool,
) -> None:
    """File the events of a CSV file (plain or .gz) or a workbook; a row is one event of one customer.

    Its columns are customer, kind, date, source, evidence, magnitude and withdrawn, or what a mapping says.
    Rows that cannot be filed are told, the others are kept; the exit code is 1 when there are any.
    """
    text = None if mapping is None else readable(mapping)
    with ExitStack() as stack:
        services = stack.enter_context(opening.reading() if dry_run else opening.writing())
        files = services.customers
        given = Given(
            None if as_of is None else as_of.date(), None if source is None else SOURCES[source], evidence
        )
        table, digest = stack.enter_context(table_in(file))
        bar = stack.enter_context(progress(f"Import {file.name}", None))
        refused = stack.enter_context(refused_to(report))
        rows = SignalRows(text, table.header, files.rules.kinds, given, files.filing.today())
        read = rows.read(counted(table, bar).rows)
        if dry_run:
            found = files.signalling.check(read, refused)
        else:
            what = What(SIGNALS, digest, None if mapping is None else mapping.name[:200])
            found = files.signalling.take(read, what, by=None, refused=refused)
    tell(found, report, dry_run=dry_run, for_program=for_program)
    sys.exit(TO_LOOK_AT if found.refused else DONE)
