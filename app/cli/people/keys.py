"""``termwise keys``: create, list, revoke."""

from __future__ import annotations

from uuid import UUID

import click

from app.cli import opening
from app.cli.console import answers, as_json, notes, table
from app.cli.faults import Unusable
from app.cli.people import given
from app.domain.people import ApiKey, Scope
from app.services.assembly import Services
from app.services.people.keys import MOST_DAYS, USUAL_DAYS

SHOWN = 200


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def keys() -> None:
    """Create, list and revoke API keys. A key acts for its owner, within the owner's role."""


@keys.command("create")
@click.argument("login")
@click.option("--scopes", default="decide,read", show_default=True, help=f"Of {', '.join(Scope)}.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=USUAL_DAYS, show_default=True)
@click.option("--label", default="made in the shell", show_default=True, help="What it is for.")
def create(login: str, scopes: str, days: int, label: str) -> None:
    """Create a key that acts for LOGIN, and print it: it cannot be read again."""
    wanted = _scopes(scopes)
    with opening.writing() as services:
        made = services.api_keys.create(given.person(services, login).id, label, wanted, by=None, days=days)
    click.echo(f"TERMWISE_KEY={made.text}")
    notes().print(f"Key {made.key.id} of {login} stands until {made.key.expires_at:%Y-%m-%d}.")


@keys.command("list")
@click.argument("login", required=False)
@click.option("--json", "for_program", is_flag=True)
def list_keys(login: str | None, for_program: bool) -> None:
    """List the keys of LOGIN, or all, without their secrets."""
    with opening.reading() as services:
        owner = None if login is None else given.person(services, login).id
        rows = [_row(services, one) for one in _all(services, owner)]
    columns = ("id", "owner", "label", "scopes", "until", "revoked", "last used")
    if for_program:
        as_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        answers().print(table(columns, rows))


@keys.command("revoke")
@click.argument("id")
def revoke(id: str) -> None:
    """End a key, from its next request on."""
    try:
        which = UUID(id)
    except ValueError:
        raise Unusable(f"{id}: takes a key's id, as termwise keys list shows it") from None
    with opening.writing() as services:
        services.api_keys.revoke(which, by=None)
    click.echo(f"revoked: {which}")


def _scopes(text: str) -> list[Scope]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        return [Scope(word) for word in words]
    except ValueError:
        raise Unusable(f"--scopes {text}: takes {', '.join(Scope)}, between commas") from None


def _all(services: Services, owner: UUID | None) -> list[ApiKey]:
    found: list[ApiKey] = []
    while page := services.api_keys.page(owner, after=found[-1].id if found else None, limit=SHOWN):
        found += page
    return found


def _row(services: Services, one: ApiKey) -> tuple[object, ...]:
    return (
        str(one.id),
        services.people.get(one.owner).login,
        one.label,
        " ".join(sorted(one.scopes)),
        f"{one.expires_at:%Y-%m-%d}",
        "" if one.revoked_at is None else f"{one.revoked_at:%Y-%m-%d %H:%M}",
        "" if one.last_used_at is None else f"{one.last_used_at:%Y-%m-%d %H:%M}",
    )
