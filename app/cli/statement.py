"""``termwise statement``: the reasons of a decision, for the customer, on the screen or in a file."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from app.cli import opening
from app.cli.console import answers, notes, table
from app.cli.faults import Unusable
from app.rendering.characters import words
from app.rendering.sheet import Sheet
from app.services.statements.giving import Form, Wanted
from app.services.statements.sheets import sheet_of
from app.settings.issuer import LANGUAGES
from schemas.notices import COUNTRY


@click.command()
@click.argument("decision", metavar="ID", type=click.UUID)
@click.option("--lang", type=click.Choice(LANGUAGES), help="The customer's language.  [TERMWISE_LANGUAGE]")
@click.option("--country", metavar="CC", help="Where the buyer is, such as US: adds what its law asks for.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it to this new file: .pdf, .html or .json.  [the screen]",
)
@click.option("--unrecorded", is_flag=True, help="Leave no entry in the log; works beside a running server.")
def statement(
    decision: UUID, lang: str | None, country: str | None, out: Path | None, unrecorded: bool
) -> None:
    """Give the statement of reasons of decision ID, which refused or offered something else than was asked.

    The log gets an entry that says so. What is then sent to the customer is the file, unchanged.
    """
    wanted = Wanted(decision, _form(out), lang, _checked(country))
    if out is not None and out.exists():
        raise _there(out)
    with opening.reading() if unrecorded else opening.writing() as services:
        statements, who = services.statements, opening.OPERATOR.name
        found = statements.read(wanted) if unrecorded else statements.give(wanted, who, role=who)
        zone = services.settings.timezone
    if out is not None:
        _write(out, found.body)
    else:
        _show(answers(), sheet_of(found.told, zone))
    if found.told["missing"]:
        notes().print(f"Not ready to be sent: set {', '.join(found.told['missing'])}.")


def _form(out: Path | None) -> Form:
    if out is None:
        return Form.JSON
    try:
        return Form(out.suffix.lower().removeprefix("."))
    except ValueError:
        raise Unusable(f"{out}: name a file that ends in .pdf, .html or .json") from None


def _checked(country: str | None) -> str | None:
    if country is not None and not COUNTRY.fullmatch(country):
        raise Unusable(f"--country {country}: write two capitals (ISO 3166-1), such as US")
    return country


def _write(out: Path, body: bytes) -> None:
    """Write a new file that only its owner may read; one that is there already is not touched."""
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _there(out) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)


def _there(out: Path) -> Unusable:
    return Unusable(f"{out} is there already: name another file")


def _show(console: Console, sheet: Sheet) -> None:
    told = words(sheet)
    console.print("\n".join([*told["issuer"], "", f"{told['title']}: {told['subtitle']}", ""]))
    console.print(_table(told["lines"]))
    for section in told["sections"]:
        console.print()
        console.print(section["heading"], style="bold")
        for one in section["before"]:
            console.print(one)
        if section["lines"]:
            console.print(_table(section["lines"]))
        for one in (*(f"- {item}" for item in section["items"]), *section["after"]):
            console.print(one)


def _table(lines: list[tuple[str, list[str]]]) -> Table:
    return table(("", ""), [(label, "\n".join(values)) for label, values in lines], header=False)
