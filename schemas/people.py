"""People and keys as they are answered: never a password or a secret, but once where it was just made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.domain.access import TABLE, Reach, reach
from app.domain.instants import utc_text
from app.domain.people import ApiKey, Authority, Person, Principal, Role, Scope
from schemas.shapes import (
    ID,
    INSTANT,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
    part,
)

_ROLE: Schema = {"enum": [role.value for role in Role]}
_SCOPE: Schema = {"enum": [scope.value for scope in Scope]}
_AUTHORITY: Mapping[str, Schema] = {
    "policy": TEXT,
    "amount": TEXT_OR_NULL,
    "days": or_null(WHOLE),
    "outcomes": listed(TEXT),
}
_PERSON: Mapping[str, Schema] = {
    "id": ID,
    "login": TEXT,
    "name": TEXT,
    "role": _ROLE,
    "active": YES_NO,
    "language": TEXT,
    "revision": WHOLE,
}
_KEY: Mapping[str, Schema] = {
    "id": ID,
    "owner": ID,
    "label": TEXT,
    "scopes": listed(_SCOPE),
    "created_at": INSTANT,
    "expires_at": INSTANT,
    "revoked_at": or_null(INSTANT),
    "last_used_at": or_null(INSTANT),
}

SHAPES: Mapping[str, Schema] = {
    "Person": closed(_PERSON),
    "PersonCreated": closed({**_PERSON, "password": TEXT}, optional=("password",)),
    "PersonStanding": closed({**_PERSON, "authority": listed(part("Authority"))}),
    "People": closed({"people": listed(part("Person")), "next": or_null(ID)}),
    "Authority": closed(_AUTHORITY),
    "Authorities": closed({"authority": listed(part("Authority"))}),
    "Portfolio": closed({"customers": listed(closed({"id": TEXT, "customer": TEXT_OR_NULL}))}),
    "Session": closed(
        {
            "person": part("Person"),
            "role": _ROLE,
            "csrf": TEXT,
            "token": TEXT,
            "expires_at": INSTANT,
        }
    ),
    "Me": closed(
        {
            "person": part("PersonStanding"),
            "signed_in_at": or_null(INSTANT),
            "key": or_null(part("Key")),
            "may": listed(TEXT),
        }
    ),
    "Key": closed(_KEY),
    "KeyCreated": closed({**_KEY, "secret": TEXT}),
    "KeyPage": closed({"keys": listed(part("Key")), "next": or_null(ID)}),
    "Done": closed({"done": TEXT}),
}


def person_document(person: Person) -> dict[str, Any]:
    """A person."""
    return {
        "id": str(person.id),
        "login": person.login,
        "name": person.name,
        "role": person.role.value,
        "active": person.active,
        "language": person.language,
        "revision": person.revision,
    }


def standing_document(person: Person, authority: Mapping[str, Authority]) -> dict[str, Any]:
    """A person with what they may settle."""
    return {**person_document(person), "authority": authority_list(authority.values())}


def authority_list(held: Iterable[Authority]) -> list[dict[str, Any]]:
    """What somebody may settle, a member a policy; null is no limit, no outcomes any."""
    return [
        {
            "policy": one.policy,
            "amount": None if one.amount is None else str(one.amount),
            "days": one.days,
            "outcomes": sorted(one.outcomes),
        }
        for one in held
    ]


def session_document(person: Person, csrf: str, token: str, expires_at: datetime) -> dict[str, Any]:
    """A session just opened, with the tokens that are told here and nowhere else."""
    return {
        "person": person_document(person),
        "role": person.role.value,
        "csrf": csrf,
        "token": token,
        "expires_at": utc_text(expires_at),
    }


def key_document(key: ApiKey) -> dict[str, Any]:
    """A key without its secret."""
    return {
        "id": str(key.id),
        "owner": str(key.owner),
        "label": key.label,
        "scopes": sorted(key.scopes),
        "created_at": utc_text(key.created_at),
        "expires_at": utc_text(key.expires_at),
        "revoked_at": _instant(key.revoked_at),
        "last_used_at": _instant(key.last_used_at),
    }


def me_document(principal: Principal, authority: Mapping[str, Authority]) -> dict[str, Any]:
    """Who asks, by what, and which calls are theirs to make."""
    return {
        "person": standing_document(principal.person, authority),
        "signed_in_at": _instant(principal.signed_in_at),
        "key": None if principal.key is None else key_document(principal.key),
        "may": sorted(one.value for one in TABLE if reach(one, principal) is not Reach.NONE),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)
