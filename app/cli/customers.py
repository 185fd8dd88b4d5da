"""``termwise customers``: import, signals, file, erase, hold, release, show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from app.cli import opening
from app.cli.console import answers, as_json, table
from app.cli.importing import import_
from app.cli.signals import signals
from app.domain.instants import utc_text
from app.domain.keeping import GIVEN_BY_PEOPLE, Reason
from app.services.keeping.holds import Standing
from schemas.customer_documents import file_document
from schemas.spreadsheet import cell

REASON = click.Choice([one.value for one in GIVEN_BY_PEOPLE])
WHY = click.option("--reason", required=True, help="Why; sealed under the customer's key.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def customers() -> None:
    """Fill and read the customer file; erase customers, hold them against erasure, and see how they stand."""


customers.add_command(import_)
customers.add_command(signals)


@customers.command("file")
@click.argument("customer")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="What held on that day.  [today]")
@click.option("--json", "for_program", is_flag=True)
def file(customer: str, as_of: datetime | None, for_program: bool) -> None:
    """Print what the file holds of CUSTOMER: each fact with its day, source, evidence and age."""
    with opening.reading() as services:
        filing = services.customers.filing
        day = filing.today() if as_of is None else as_of.date()
        found = file_document(customer, services.customers.stored.held(customer, day), filing.facts(), day)
    if for_program:
        as_json(found)
        return
    columns = ("fact", "value", "as of", "source", "evidence", "days old")
    rows = [
        [one["name"], cell(one["value"]), one["as_of"], one["source"], one["evidence"], _age(one)]
        for one in found["facts"]
    ]
    answers().print(table(columns, rows, numbers=1) if rows else f"Nothing is filed about {customer}.")


def _age(one: Mapping[str, Any]) -> str:
    return f"{one['age']} (too old: unknown)" if one["stale"] else str(one["age"])


@customers.command("erase")
@click.argument("customer")
@click.option("--reason", type=REASON, required=True, help="For all to read, for as long as the log lives.")
@click.option("--note", help="Sealed. It outlives the erasure, so it names nobody.")
def erase(customer: str, reason: str, note: str | None) -> None:
    """Destroy CUSTOMER's data keys: what they sealed is gone, for everybody and for good.

    Give the command again when it was interrupted: it goes on where it stopped.
    """
    with opening.writing() as services:
        made = services.keeping.erasing.erase(customer, Reason(reason), note, by=None)
    keys = f"{len(made.keys)} data key{'s' * (len(made.keys) != 1)}"
    click.echo(f"erased at {utc_text(made.at)}: {keys}, {made.decisions:,} decisions; entry {made.id}")


@customers.command("hold")
@click.argument("customer")
@WHY
def hold(customer: str, reason: str) -> None:
    """Hold CUSTOMER: nothing of it is erased, by anybody or by age, until the hold is released."""
    with opening.writing() as services:
        found = services.keeping.holds.place(customer, reason, by=None)
    click.echo(_said(found))


@customers.command("release")
@click.argument("customer")
@WHY
def release(customer: str, reason: str) -> None:
    """Let the hold on CUSTOMER end."""
    with opening.writing() as services:
        found = services.keeping.holds.release(customer, reason, by=None)
    click.echo(_said(found))


@customers.command("show")
@click.argument("customer")
@click.option("--json", "for_program", is_flag=True)
def show(customer: str, for_program: bool) -> None:
    """Say what was done about CUSTOMER last: held, released or erased."""
    with opening.reading() as services:
        found = services.keeping.holds.standing(customer)
    if not for_program:
        click.echo(_said(found))
        return
    event = found.event
    as_json(
        {
            "held": found.held,
            "last": None if event is None else event.state.value,
            "at": None if event is None else utc_text(event.at),
            "by": None if event is None else event.by,
            "reason": found.reason,
        }
    )


def _said(found: Standing) -> str:
    if found.event is None:
        return "neither held nor erased"
    why = f": {found.reason}" if found.reason else ""
    return f"{found.event.state} since {utc_text(found.event.at)}, by {found.event.by}{why}"
