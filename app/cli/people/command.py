"""``termwise people``: create, list, change, password, authority, assign, erase."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from app.cli import opening
from app.cli.console import answers, as_json, table
from app.cli.faults import Unusable
from app.cli.people import given
from app.domain.keeping import GIVEN_BY_PEOPLE, Reason
from app.domain.people import Authority, Person, Role
from app.services.assembly import Services

PATH = click.Path(path_type=Path, dir_okay=False)
ROLE = click.Choice([role.value for role in Role])
LANGUAGE = click.Choice(["en", "zh"])
REASON = click.Choice([one.value for one in GIVEN_BY_PEOPLE])
PASSWORD_FILE = click.option(
    "--password-file", type=PATH, help="Whose first line is the password.  [asked for]"
)
GENERATE = click.option("--generate", is_flag=True, help="Make a password up and print it.")
SHOWN = 200


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def people() -> None:
    """Create and list people; change what they are, may settle and look after."""


@people.command("create")
@click.argument("login")
@click.option("--name", required=True, help="As others read it.")
@click.option("--role", type=ROLE, required=True)
@click.option("--language", type=LANGUAGE, default="en", show_default=True)
@PASSWORD_FILE
@GENERATE
def create(
    login: str, name: str, role: str, language: str, password_file: Path | None, generate: bool
) -> None:
    """Create a person who may sign in as LOGIN. Of the first, make an administrator."""
    secret = given.password(password_file, generate)
    with opening.writing() as services:
        made = services.people.create(login, name, Role(role), secret.text, by=None, language=language)
    secret.tell()
    click.echo(f"created: {made.login} ({made.role}), {made.id}")


@people.command("list")
@click.option("--json", "for_program", is_flag=True)
def list_people(for_program: bool) -> None:
    """List everybody, with what they may settle."""
    with opening.reading() as services:
        rows = [_row(services, one) for one in _everybody(services)]
    columns = ("login", "name", "role", "active", "authority", "customers", "id")
    if for_program:
        as_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        answers().print(table(columns, [(*row[:3], "yes" if row[3] else "no", *row[4:]) for row in rows]))


@people.command("change")
@click.argument("login")
@click.option("--name")
@click.option("--role", type=ROLE)
@click.option("--language", type=LANGUAGE)
@click.option("--active/--inactive", default=None, help="Whether they, and their keys, may do anything.")
def change(login: str, name: str | None, role: str | None, language: str | None, active: bool | None) -> None:
    """Change a person's name, role, language, or whether they are active, from their next request on."""
    with opening.writing() as services:
        old = given.person(services, login)
        new = services.people.change(
            old.id,
            old.revision,
            by=None,
            name=name,
            role=None if role is None else Role(role),
            active=active,
            language=language,
        )
    click.echo(f"{new.login}: {new.name}, {new.role}, {'active' if new.active else 'inactive'}")


@people.command("password")
@click.argument("login")
@PASSWORD_FILE
@GENERATE
def password(login: str, password_file: Path | None, generate: bool) -> None:
    """Give a person another password; they are signed out everywhere."""
    secret = given.password(password_file, generate)
    with opening.writing() as services:
        services.people.reset_password(given.person(services, login).id, secret.text, by=None)
    secret.tell()
    click.echo(f"{login}: the password is another now")


@people.command("authority")
@click.argument("login")
@click.argument("policy")
@click.option("--amount", help="Up to which amount, in the policy's currency.  [no limit]")
@click.option("--days", type=click.IntRange(0), help="Up to how many days.  [no limit]")
@click.option("--outcomes", help="With which outcomes, between commas.  [any]")
@click.option("--none", "nothing", is_flag=True, help="Take the authority away.")
def authority(
    login: str, policy: str, amount: str | None, days: int | None, outcomes: str | None, nothing: bool
) -> None:
    """Say what a person may settle in POLICY, in place of what stood there."""
    with opening.writing() as services:
        person = given.person(services, login)
        if nothing:
            services.people.remove_authority(person.id, policy, by=None)
            click.echo(f"{login} settles nothing in {policy} any more")
            return
        words = frozenset(word.strip() for word in (outcomes or "").split(",") if word.strip())
        found = Authority(policy, _amount(amount), days, words)
        services.people.set_authority(person.id, found, by=None)
    click.echo(f"{login}: {_said(found)}")


@people.command("erase")
@click.argument("login")
@click.option("--reason", type=REASON, required=True, help="For all to read, for as long as the log lives.")
@click.option("--note", help="Sealed. It outlives the erasure, so it names nobody.")
def erase(login: str, reason: str, note: str | None) -> None:
    """Take name, login and password from a person who left; their id stays in what they did."""
    with opening.writing() as services:
        person = given.person(services, login)
        made = services.keeping.erasing.erase_person(person, Reason(reason), note, by=None)
        left = services.people.get(person.id)
    click.echo(f"erased: {left.login}, {len(made.keys)} data keys; entry {made.id}")


@people.command("assign")
@click.argument("login")
@click.argument("customer")
@click.option("--remove", is_flag=True, help="Take the customer away again.")
def assign(login: str, customer: str, remove: bool) -> None:
    """Let a sales person look after CUSTOMER: they see what is decided about it."""
    with opening.writing() as services:
        person = given.person(services, login)
        if remove:
            ids = {one.name: one.id for one in services.portfolios.of(person.id)}
            left = services.portfolios.unassign(person.id, ids.get(customer, ""), by=None)
        else:
            left = services.portfolios.assign(person.id, customer, by=None)
    click.echo(f"{login} looks after {len(left)} customer{'s' * (len(left) != 1)}")


def _everybody(services: Services) -> list[Person]:
    found: list[Person] = []
    while page := services.people.page(after=found[-1].id if found else None, limit=SHOWN):
        found += page
    return found


def _row(services: Services, one: Person) -> tuple[object, ...]:
    held = services.people.standing(one.id).authority.values()
    customers = len(services.portfolios.of(one.id))
    told = "; ".join(map(_said, held))
    return one.login, one.name, one.role.value, one.active, told, customers, str(one.id)


def _said(authority: Authority) -> str:
    limits = [authority.policy]
    if authority.amount is not None:
        limits.append(f"up to {authority.amount:,}")
    if authority.days is not None:
        limits.append(f"{authority.days} days")
    if authority.outcomes:
        limits.append("/".join(sorted(authority.outcomes)))
    return " ".join(limits)


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = None if text is None else Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount is not None and not (amount.is_finite() and amount >= 0):
        raise Unusable(f"--amount {text}: takes an amount such as 50000.00")
    return amount
