"""The rows that each change about people writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain.people import ApiKey, Authority, Person, Role
from app.domain.people_changes import (
    LAST_ADMINISTRATOR,
    Assigned,
    AuthorityRemoved,
    AuthoritySet,
    KeyAdded,
    KeyRevoked,
    PasswordSet,
    PersonAdded,
    PersonChanged,
    SessionOpened,
    Unassigned,
)
from app.store.changes import Another, Delete, Insert, Update, Write, Writes
from app.store.columns import words_text
from app.store.people_tables import api_key, assignment, authority, person, session


def _person_added(change: PersonAdded) -> Iterator[Write]:
    one = change.person
    yield Insert(person, {"id": one.id, "login": one.login, **_row(one), "password": change.password})


def _person_changed(change: PersonChanged) -> Iterator[Write]:
    one = change.person
    if change.steps_down:
        administrators = {"role": Role.ADMINISTRATOR.value, "active": True}
        yield Another(person, administrators, besides=one.id, missing=LAST_ADMINISTRATOR)
    yield Update(person, {"id": one.id, "revision": one.revision - 1}, _row(one))
    if change.leaves:
        yield Delete(session, {"person": one.id}, any_number=True)


def _password_set(change: PasswordSet) -> Iterator[Write]:
    where = {"id": change.person, "password": change.instead_of}
    yield Update(person, where, {"password": change.password})
    spared = {} if change.keeping is None else {"token": change.keeping}
    yield Delete(session, {"person": change.person}, any_number=True, sparing=spared)


def _authority_set(change: AuthoritySet) -> Iterator[Write]:
    given: Authority = change.authority
    key = {"person": change.person, "policy": given.policy}
    yield Delete(authority, key, any_number=True)
    amount = None if given.amount is None else str(given.amount)
    outcomes = words_text(sorted(given.outcomes))
    yield Insert(authority, {**key, "amount": amount, "days": given.days, "outcomes": outcomes})


def _authority_removed(change: AuthorityRemoved) -> Iterator[Write]:
    yield Delete(authority, {"person": change.person, "policy": change.policy})


def _assigned(change: Assigned) -> Iterator[Write]:
    key = {"person": change.person, "customer": change.customer}
    yield Insert(assignment, {**key, "sealed": change.sealed, "key_id": change.key_id})


def _unassigned(change: Unassigned) -> Iterator[Write]:
    yield Delete(assignment, {"person": change.person, "customer": change.customer})


def _session_opened(change: SessionOpened) -> Iterator[Write]:
    if change.instead_of is not None:
        yield Delete(session, {"token": change.instead_of}, any_number=True)
    yield Insert(
        session,
        {
            "token": change.token,
            "person": change.person,
            "signed_in_at": change.at,
            "seen_at": change.at,
            "expires_at": change.expires_at,
        },
    )


def _key_added(change: KeyAdded) -> Iterator[Write]:
    key: ApiKey = change.key
    yield Insert(
        api_key,
        {
            "id": key.id,
            "owner": key.owner,
            "secret": change.secret,
            "label": key.label,
            "scopes": words_text(sorted(key.scopes)),
            "created_at": key.created_at,
            "expires_at": key.expires_at,
        },
    )


def _key_revoked(change: KeyRevoked) -> Iterator[Write]:
    yield Update(api_key, {"id": change.id, "revoked_at": None}, {"revoked_at": change.at})


def _row(one: Person) -> dict[str, object]:
    return {
        "name": one.name,
        "role": one.role.value,
        "active": one.active,
        "language": one.language,
        "revision": one.revision,
    }


WRITES: Mapping[type, Writes] = {
    PersonAdded: _person_added,
    PersonChanged: _person_changed,
    PasswordSet: _password_set,
    AuthoritySet: _authority_set,
    AuthorityRemoved: _authority_removed,
    Assigned: _assigned,
    Unassigned: _unassigned,
    SessionOpened: _session_opened,
    KeyAdded: _key_added,
    KeyRevoked: _key_revoked,
}
