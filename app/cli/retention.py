"""``termwise retention``: the table of keep times, and what it lets go."""

from __future__ import annotations

from datetime import date, datetime

import click

from app.cli import opening
from app.cli.console import answers, as_json, progress, table
from app.cli.faults import Unusable
from app.domain.instants import utc_text
from app.domain.keeping import MOST_MONTHS
from app.services.keeping.applying import Report
from schemas.keeping import rule_document

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def retention() -> None:
    """Say how long decisions are kept, and erase what has been kept long enough.

    Nothing is erased by age without a row of the table, and nothing while a legal hold stands on it.
    """


@retention.command("list")
@click.option("--history", is_flag=True, help="Every row that ever stood, oldest first.")
@click.option("--json", "for_program", is_flag=True)
def list_rules(history: bool, for_program: bool) -> None:
    """List the keep times, with who set them and why."""
    with opening.reading() as services:
        kept = services.keeping.retention
        rules = kept.history() if history else kept.rules()
    if for_program:
        as_json([rule_document(one) for one in rules])
        return
    rows = [
        (one.policy, "for good" if one.months is None else one.months, one.source, utc_text(one.at), one.by)
        for one in rules
    ]
    answers().print(table(("policy", "months", "source", "set at", "by"), rows))


@retention.command("set")
@click.argument("policy")
@click.option("--months", type=click.IntRange(1, MOST_MONTHS), help="How long after the day of the decision.")
@click.option("--none", "nothing", is_flag=True, help="Take the row away: keep for good.")
@click.option("--source", required=True, help="The law, contract or rule that says so.")
def set_rule(policy: str, months: int | None, nothing: bool, source: str) -> None:
    """Say how long decisions of POLICY are kept; "*" stands for every policy without a row of its own."""
    if (months is None) is not nothing:
        raise Unusable("give --months, or --none to keep for good")
    with opening.writing() as services:
        rule = services.keeping.retention.set(policy, months, source, by=None)
    click.echo(f"{policy}: {'kept for good' if rule.months is None else f'kept for {rule.months} months'}")


@retention.command("apply")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@click.option("--as-of", type=DAY, help="As if today were this day; one still to come only with --dry-run.")
@click.option("--json", "for_program", is_flag=True)
def apply(dry_run: bool, as_of: datetime | None, for_program: bool) -> None:
    """Erase what has been kept long enough: the data keys go, the rows of the log stay.

    Interrupted, give the command again. On SQLite it refuses while a server runs, but for --dry-run.
    """
    day = None if as_of is None else as_of.date()
    if dry_run:
        with opening.reading() as services:
            report = services.keeping.applying.plan(day)
    else:
        with opening.writing() as services, progress("Erasing", None) as bar:
            report = services.keeping.applying.apply(
                day, lambda done: bar.update(bar.task_ids[0], completed=done)
            )
    if for_program:
        as_json(_document(report, dry_run))
    else:
        _tell(report, dry_run)


def _document(report: Report, dry_run: bool) -> dict[str, object]:
    return {
        "as_of": report.as_of.isoformat(),
        "dry_run": dry_run,
        "looked_at": report.looked_at,
        "due": len(report.due),
        "erased": report.erased,
        "decisions": sum(one.decisions for one in report.due) if dry_run else report.decisions,
        "held": report.held,
        "used_again": report.used_again,
        "kept": report.kept,
    }


def _tell(report: Report, dry_run: bool) -> None:
    found = _document(report, dry_run)
    done, count = ("would be erased", found["due"]) if dry_run else ("erased", found["erased"])
    day: date = report.as_of
    rows = [
        ("looked at", f"{report.looked_at:,}", "customers, and months of what is no customer's"),
        (done, f"{count:,}", f"with {found['decisions']:,} decisions, as of {day}"),
        ("held", f"{report.held:,}", "whose time has run out, but for a legal hold"),
        ("kept", f"{report.kept:,}", "whose time has not run out, or is set nowhere"),
    ]
    if report.used_again:
        rows.append(("used again", f"{report.used_again:,}", "while this ran, and left alone"))
    answers().print(table(("", "", ""), rows, header=False))
