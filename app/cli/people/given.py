"""What a command about people is given: a person by login or id, a password that no shell remembers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from app.cli.faults import Unusable, readable
from app.credentials import passwords
from app.domain.people import Person
from app.services.assembly import Services

MOST_PASSWORD_BYTES = 4096


def person(services: Services, named: str) -> Person:
    """The person whose login or id is ``named``; raises ``Unusable``."""
    found = services.people.find(named)
    if found is None:
        raise Unusable(f"there is nobody with the login or id {named}: termwise people list")
    return found


@dataclass(frozen=True, slots=True)
class Secret:
    """A password; one that was ``made_up`` is told, once, when it counts."""

    text: str
    made_up: bool = False

    def tell(self) -> None:
        """Print what nobody knows yet."""
        if self.made_up:
            click.echo(f"password: {self.text}")


def password(file: Path | None, generate: bool) -> Secret:
    """The password from a file's first line, made up, or typed twice; never an argument, which others see.

    Raises ``Unusable`` and ``Invalid``.
    """
    if file is not None and generate:
        raise Unusable("give --password-file or --generate, not both")
    if generate:
        return Secret(passwords.generated(), made_up=True)
    if file is not None:
        lines = readable(file)[:MOST_PASSWORD_BYTES].decode(errors="replace").splitlines()
        return Secret(passwords.acceptable(lines[0] if lines else ""))
    if not sys.stdin.isatty():
        raise Unusable("nobody is there to type a password: give --password-file FILE or --generate")
    return Secret(passwords.acceptable(click.prompt("Password", hide_input=True, confirmation_prompt=True)))
