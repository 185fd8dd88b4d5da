"""People and keys for tests, made without the costly hashing of a password that nobody gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from secrets import randbits
from uuid import UUID

from app.credentials import tokens
from app.domain.audit import JSON, EntryKind, Recording
from app.domain.identifiers import Identifiers
from app.domain.people import SCOPES_OF, Person, Role, Scope
from app.domain.people_changes import PersonAdded, SessionOpened
from app.services.assembly import Services
from app.services.people.signing_in import ABSOLUTE

NOBODYS = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$"
"""In the place of a password: nothing matches it."""


def person(services: Services, login: str, role: Role = Role.CREDIT_OFFICER) -> Person:
    """The person of that login, made when there is none."""
    found = services.people.find(login)
    if found is not None:
        return found
    made = Person(_new_id(services), login, login.title(), role)
    clear = {"person": str(made.id), "change": "created", "role": role.value}
    _record(services, EntryKind.PERSON_STATE, clear, PersonAdded(made, NOBODYS))
    return made


def key(
    services: Services, owner: Person, scopes: Collection[Scope] | None = None, *, label: str = "test"
) -> str:
    """A key of that person; with every scope that the role may have, unless told which."""
    chosen = SCOPES_OF[owner.role] if scopes is None else scopes
    return services.api_keys.create(owner.id, label, chosen, by=None).text


def session(services: Services, whose: Person) -> str:
    """The token of a session in which the password was given just now."""
    at, token = services.deciding.now(), tokens.new_secret()
    opened = SessionOpened(tokens.digest(token), whose.id, at, at + ABSOLUTE, None)
    _record(services, EntryKind.SIGN_IN, {}, opened)
    return token


def bearer(text: str) -> dict[str, str]:
    """The header that shows a key or a session's token."""
    return {"Authorization": f"Bearer {text}"}


def _record(
    services: Services, kind: EntryKind, clear: Mapping[str, JSON], change: PersonAdded | SessionOpened
) -> None:
    at = services.deciding.now()
    services.recorder.record(
        Recording(_new_id(services), kind, at, clear, b"{}", actor="operator", changes=(change,))
    )


def _new_id(services: Services) -> UUID:
    return Identifiers(services.deciding.now, randbits).new()
