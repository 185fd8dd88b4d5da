"""People beside the log: rows that change, held against what the log's entries say became of them.

Role, activity, keys, authority and assigned customers follow from the entries in the order
in which they were made: whoever changed a row by hand gave or took a right of which no
entry tells. Of an authority and an assignment the entry's sealed part says what it was, as
long as its key is there. Names, passwords and sessions are in no leaf.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.people import ApiKey, Authority, Person
from app.services.log.beside import Beside, Difference
from app.store.store import Store

PAGE = 1000
MOST_ATTEMPTS = 3
GONE = None
UNKNOWN: Mapping[str, Any] = {"unknown": True}
Said: TypeAlias = Mapping[str, Any] | None
Rights: TypeAlias = dict[tuple[str, ...], tuple[Said, UUID | None]]
"""What holds of a thing (``person``, ``key``, ``authority`` or ``customer`` and its ids), and since which
entry; ``UNKNOWN`` where its sealed part can no longer be read."""


class PeopleBeside:
    """Compares people, keys, authorities and assignments with what their entries say."""

    def __init__(self, store: Store, beside: Beside) -> None:
        self._store = store
        self._beside = beside

    def differences(self) -> list[Difference]:
        """What differs. Asked again when something does: what changes meanwhile is no difference."""
        found: list[Difference] = []
        for _ in range(MOST_ATTEMPTS):
            found = list(_compared(self._told(), self._rows()))
            if not found:
                break
        return found

    def _told(self) -> Rights:
        """What the log's entries say holds now."""
        rights: Rights = {}
        for entry in self._beside.entries(EntryKind.PERSON_STATE, EntryKind.KEY_STATE):
            clear = json.loads(entry.leaf)["clear"]
            match clear.get("change"):
                case "created" if entry.kind == EntryKind.KEY_STATE:
                    expires = entry.at + timedelta(clear["days"])
                    said = _key(clear["owner"], clear["scopes"], entry.at, expires, None)
                    rights["key", clear["key"]] = said, entry.id
                case "revoked":
                    before, _ = rights.get(("key", clear["key"]), ({}, None))
                    rights["key", clear["key"]] = {**(before or {}), "revoked_at": entry.at}, entry.id
                case "created" | "changed":
                    said = {"role": clear["role"], "active": clear.get("active", True)}
                    rights["person", clear["person"]] = said, entry.id
                case "authority":
                    said = self._beside.opened(entry) or UNKNOWN
                    rights["authority", clear["person"], clear["policy"]] = said, entry.id
                case "authority-removed":
                    rights["authority", clear["person"], clear["policy"]] = GONE, entry.id
                case "assigned" | "unassigned" as change:
                    name = (self._beside.opened(entry) or {}).get("customer")
                    customer = "" if name is None else self._beside.hashes.customer(name).hex()
                    holds: Any = GONE if change == "unassigned" else {}
                    rights["customer", clear["person"], customer] = holds, entry.id
        return rights

    def _rows(self) -> Rights:
        """What the rows say."""
        rights: Rights = {}
        for person in self._people():
            id = str(person.id)
            rights["person", id] = {"role": person.role.value, "active": person.active}, None
            for policy, one in self._store.people.authorities(person.id).items():
                rights["authority", id, policy] = _authority(one), None
            for assigned in self._store.people.assigned(person.id):
                rights["customer", id, assigned.customer.hex()] = {}, None
        for key in self._keys():
            said = _key(str(key.owner), sorted(key.scopes), key.created_at, key.expires_at, key.revoked_at)
            rights["key", str(key.id)] = said, None
        return rights

    def _people(self) -> Iterator[Person]:
        after: UUID | None = None
        while page := self._store.people.page(after=after, limit=PAGE):
            yield from page
            after = page[-1].id

    def _keys(self) -> Iterator[ApiKey]:
        after: UUID | None = None
        while page := self._store.ways_in.keys(None, after=after, limit=PAGE):
            yield from page
            after = page[-1].id


def _compared(told: Rights, rows: Rights) -> Iterator[Difference]:
    unreadable = {thing[:2] for thing in told if thing[0] == "customer" and not thing[2]}
    for thing in sorted({*told, *rows}):
        if thing[:2] in unreadable:
            continue
        said, entry = told.get(thing, (GONE, None))
        row, _ = rows.get(thing, (GONE, None))
        if said is UNKNOWN and row is not GONE:
            continue
        if row != said:
            name = " ".join(thing)
            if row is GONE:
                yield Difference(f"the row of {name} is gone", entry)
            elif said is GONE:
                yield Difference(f"the log says nothing of {name}, or that it was taken away", entry)
            else:
                which = next(one for one in row if row[one] != said.get(one))
                yield Difference(f"the row of {name} says another `{which}` than the log", entry)


def _key(owner: str, scopes: Any, created: Any, expires: Any, revoked: Any) -> Mapping[str, Any]:
    return {
        "owner": owner,
        "scopes": list(scopes),
        "created_at": created,
        "expires_at": expires,
        "revoked_at": revoked,
    }


def _authority(one: Authority) -> Mapping[str, Any]:
    amount = None if one.amount is None else str(one.amount)
    return {"amount": amount, "days": one.days, "outcomes": sorted(one.outcomes)}
