"""People for the demonstration: one in each role, a second officer, and a key, known to everybody.

Their password is printed at every start. That is safe because ``SigningIn`` lets nobody
in whose login begins with ``demo-``, nor their keys, unless the service runs in
development and listens on loopback; the same store served otherwise has no demo people.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from app.domain.errors import Unauthenticated
from app.domain.people import DEMO_PREFIX, Authority, Role, Scope
from app.domain.ruleset import Ruleset
from app.services.assembly import Services

PASSWORD = "only-for-the-demo"
KEY_FILE = "demo.key"
KEY_DAYS = 366
PORTFOLIO = 20


class Someone(NamedTuple):
    """A demo person; ``amount`` and ``days`` are what they may settle in every policy, None nothing."""

    login: str
    name: str
    role: Role
    settles: tuple[Decimal | None, int | None] | None = None


OFFICER = f"{DEMO_PREFIX}officer"
SECOND_OFFICER = f"{DEMO_PREFIX}officer-2"
SALES = f"{DEMO_PREFIX}sales"
PEOPLE = (
    Someone(f"{DEMO_PREFIX}admin", "Demo administrator", Role.ADMINISTRATOR),
    Someone(OFFICER, "Demo officer", Role.CREDIT_OFFICER, (Decimal(200_000), 90)),
    Someone(SECOND_OFFICER, "Demo second officer", Role.CREDIT_OFFICER, (None, None)),
    Someone(SALES, "Demo representative", Role.SALES),
    Someone(f"{DEMO_PREFIX}finance", "Demo finance", Role.FINANCE, (Decimal(50_000), 30)),
    Someone(f"{DEMO_PREFIX}legal", "Demo legal", Role.LEGAL),
    Someone(f"{DEMO_PREFIX}auditor", "Demo auditor", Role.AUDITOR),
)


def load(services: Services, rulesets: list[Ruleset], customers: list[str]) -> Iterator[str]:
    """Make the demo people in a store that has nobody; says what was done.

    ``customers`` are the portfolio of the representative; everybody who settles does so in all ``rulesets``.
    """
    if not services.settings.demo_allowed:
        yield "Demo people: none, they stand in development on loopback only"
        return
    if services.people.page(limit=1):
        return
    for one in PEOPLE:
        made = services.people.create(one.login, one.name, one.role, PASSWORD, by=None, demo=True)
        if one.settles is not None:
            for ruleset in rulesets:
                services.people.set_authority(made.id, Authority(ruleset.policy, *one.settles), by=None)
        if one.login == SALES:
            for customer in customers:
                services.portfolios.assign(made.id, customer, by=None)
    yield f"Demo people: {len(PEOPLE)}, one in each role and a second officer"


def key(services: Services) -> str | None:
    """The demo key, kept in ``demo.key`` beside the master key; None where there are no demo people.

    It acts for the demo officer. One that no longer stands is replaced.
    """
    owner = services.people.find(OFFICER) if services.settings.demo_allowed else None
    if owner is None or not owner.active:
        return None
    path = services.settings.master_key_file.with_name(KEY_FILE)
    with suppress(FileNotFoundError, Unauthenticated):
        kept = path.read_text("ascii", errors="replace").strip()
        if services.signing_in.principal_of_key(kept).person.id == owner.id:
            return kept
    made = services.api_keys.create(owner.id, "demonstration", frozenset(Scope), by=None, days=KEY_DAYS)
    _keep(path, made.text)
    return made.text


def who(url: str) -> list[str]:
    """Who may sign in as what, in lines for a terminal."""
    widest = max(len(one.login) for one in PEOPLE)
    return [
        f"Sign in, each with the password {PASSWORD} (development on loopback only):",
        *(f"  {one.login:<{widest}}  {one.role}" for one in PEOPLE),
        f"  curl -s {url}/v1/sessions -H 'Content-Type: application/json' \\",
        f'       -d \'{{"login": "{OFFICER}", "password": "{PASSWORD}"}}\'',
    ]


def _keep(path: Path, text: str) -> None:
    """Write the key for its owner's eyes only, whatever stood there with whatever rights."""
    with suppress(FileNotFoundError):
        path.unlink()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
