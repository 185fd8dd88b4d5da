"""``termwise receivables``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from app.cli import opening
from app.cli.console import answers, as_json, notes, table
from app.cli.faults import DONE, TO_LOOK_AT, Unusable, readable
from app.cli.receivables.showing import (
    account_rows,
    item_rows,
    measure_rows,
    report_rows,
    stress_rows,
    unknown_said,
    unmatched_rows,
)
from app.cli.receivables.tables import opened
from app.domain.receivables.documents import DocumentKind
from app.services.customers.filing import What
from app.services.receivables.importing import KIND, Report
from schemas.customer_items import Refusal
from schemas.receivables.answers import account_document, report_document, stress_document
from schemas.receivables.charts import stress_chart
from schemas.receivables.imports import import_document
from schemas.receivables.mapping import plain_rows, read_document_mapping

DAY = click.DateTime(["%Y-%m-%d"])
MOST_SHOWN = 10
LANGUAGE = click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
AS_OF = click.option("--as-of", "as_of", type=DAY, required=True, help="The day; nothing dated later counts.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def receivables() -> None:
    """Invoices, payments and the other documents of receivables, and what is measured on them."""


@receivables.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--mapping", type=click.Path(path_type=Path, dir_okay=False), help="Which column is what.")
@click.option("--kind", type=click.Choice([str(kind) for kind in DocumentKind]), help="Without a mapping.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would become of it.")
@click.option("--report", "report_to", type=click.Path(path_type=Path), help="CSV for the refused rows.")
@click.option("--json", "for_program", is_flag=True)
@click.pass_context
def take(
    context: click.Context,
    file: Path,
    mapping: Path | None,
    kind: str | None,
    dry_run: bool,
    report_to: Path | None,
    for_program: bool,
) -> None:
    """Import documents from FILE (CSV, .csv.gz or .xlsx), by their own numbers: twice changes nothing.

    Exit code 1 when rows were refused; they are listed with number and reason.
    """
    if (mapping is None) is (kind is None):
        raise Unusable("give --mapping, or --kind for a file whose columns are named as the fields are")
    with (
        opened(file) as (found, digest),
        _refusals(report_to) as refused,
        opening.reading() if dry_run else opening.writing() as services,
    ):
        books, today = services.receivables, services.customers.filing.today()
        if mapping is not None:
            rows = read_document_mapping(readable(mapping), found.header, books.rules.currency)
        else:
            rows = plain_rows(DocumentKind(str(kind)), found.header, books.rules.currency)
        importing = books.importing(services.customers.imports, today)
        what = What(KIND, digest, None if mapping is None else mapping.name)
        read = rows.read(found.rows)
        if dry_run:
            report = importing.check(read, refused)
        else:
            report = importing.take(read, what, by=None, refused=refused)
            books.totals.work_out(today)
    _told(report, dry_run=dry_run, for_program=for_program)
    context.exit(TO_LOOK_AT if report.refused else DONE)


@receivables.command()
@click.argument("customer")
@AS_OF
@LANGUAGE
@click.option("--json", "for_program", is_flag=True)
def show(customer: str, as_of: datetime, lang: str, for_program: bool) -> None:
    """Show what CUSTOMER owes on a day: measures, ageing, and every open invoice."""
    with opening.reading() as services:
        found = services.receivables.measuring.measured(customer, as_of.date())
        rules = services.receivables.rules
    if found is None:
        raise Unusable(f"no document of {customer} was known on {as_of.date()}")
    if for_program:
        as_json(account_document(found, rules))
        return
    screen = answers()
    screen.print(table(("measure", "", "formula"), measure_rows(found, rules, lang)))
    screen.print(table(("past due", "open"), account_rows(found, rules), numbers=1))
    screen.print(table(("invoice", "due", "days past due", "open", "disputed", "plan"), item_rows(found)))
    if unmatched := unmatched_rows(found):
        screen.print(table(("payment without an invoice", "named", "paid on", "amount"), unmatched))


@receivables.command()
@AS_OF
@LANGUAGE
@click.option("--json", "for_program", is_flag=True)
def report(as_of: datetime, lang: str, for_program: bool) -> None:
    """Report the key figures over all customers, with formulas and benchmarks."""
    with opening.reading() as services:
        found = services.receivables.reporting.report(as_of.date())
        rules = services.receivables.rules
    if for_program:
        as_json(report_document(found, rules))
        return
    for columns, rows in report_rows(found, rules, lang):
        answers().print(table(columns, rows))


@receivables.command()
@AS_OF
@LANGUAGE
@click.option("--svg", type=click.Path(path_type=Path), help="Draw the cash gap by week.")
@click.option("--json", "for_program", is_flag=True)
def stress(as_of: datetime, lang: str, svg: Path | None, for_program: bool) -> None:
    """Say what scenarios of late payment and failure do to cash by week, and which limits they break."""
    with opening.reading() as services:
        base, found = services.receivables.reporting.stress(as_of.date())
    if svg is not None:
        svg.write_text(stress_chart(found, lang), encoding="utf-8")
    if for_program:
        as_json(stress_document(as_of.date(), base, found))
        return
    columns, rows = stress_rows(base, found, lang)
    answers().print(table(columns, rows, numbers=len(columns) - 1))
    for line in unknown_said(found, lang):
        notes().print(line, soft_wrap=True)


@contextmanager
def _refusals(path: Path | None) -> Iterator[Callable[[Refusal], object]]:
    """Where refused rows are told: in a file of their own, else on standard error."""
    if path is None:
        yield lambda one: notes().print(f"row {one.place}: {'; '.join(p.message for p in one.problems)}")
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("row", "problem"))
        yield lambda one: writer.writerows((one.place, problem.message) for problem in one.problems)


def _told(report: Report, *, dry_run: bool, for_program: bool) -> None:
    if for_program:
        as_json(import_document(report, ()))
        return
    done = "would be written" if dry_run else "new"
    click.echo(
        f"{report.read:,} rows: {report.new:,} documents {done}, {report.corrected:,} corrected,"
        f" {report.unchanged:,} unchanged, {report.refused:,} rows refused, {report.left_out:,} left out"
    )
    if report.moved:
        notes().print(f"{report.moved:,} of those corrected are another customer's now")
    if report.ahead:
        notes().print(f"{report.ahead:,} are dated after today")
    if report.unmatched:
        some = ", ".join(f"{one.kind} {one.number} ({one.invoice})" for one in report.stray[:MOST_SHOWN])
        said = f"{report.unmatched:,} settle nothing: their customer has no invoice of that number: {some}"
        notes().print(f"{said}{', ...' * (report.unmatched > MOST_SHOWN)}", soft_wrap=True)
