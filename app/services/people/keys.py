"""API keys: made by an administrator for an active person, told once, ended by either.

A key acts for its owner and may do what its scopes name, never more than the owner's
role allows at the moment of use.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from app.credentials import tokens
from app.domain.audit import JSON, EntryKind
from app.domain.errors import Invalid, NotFound, Problem, Refused
from app.domain.messages import joined, told
from app.domain.people import SCOPES_OF, ApiKey, Role, Scope
from app.domain.people_changes import KeyAdded, KeyRevoked
from app.services.people.managing import By, Register, check_manages
from app.store.people import People as Known
from app.store.ways_in import WaysIn

MOST_DAYS = 366
USUAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; ``text`` is the whole of it, which nobody can read again."""

    key: ApiKey
    text: str = field(repr=False)


class ApiKeys:
    """Makes, lists and revokes keys. ``by`` is who acts; see ``app.services.people.managing``."""

    def __init__(self, known: Known, ways_in: WaysIn, register: Register) -> None:
        self._known = known
        self._ways_in = ways_in
        self._register = register

    def create(
        self, owner: UUID, label: str, scopes: Collection[Scope], *, by: By, days: int = USUAL_DAYS
    ) -> NewKey:
        """A key that expires after ``days``, 1 to 366; raises ``NotFound``, ``Invalid`` and ``Refused``."""
        check_manages(by)
        person = self._known.get(owner)
        if not person.active:
            raise Refused("A key acts for its owner, and this person is not active.", conflict=True)
        self._check(person.role, scopes, days)
        at, secret = self._register.now(), tokens.new_secret()
        id = self._register.new_id(at)
        key = ApiKey(id, owner, label, frozenset(scopes), at, at + timedelta(days))
        clear: dict[str, JSON] = {
            "key": str(id),
            "change": "created",
            "owner": str(owner),
            "scopes": sorted(key.scopes),
            "days": days,
        }
        change = KeyAdded(key, tokens.digest(secret))
        self._register.record(EntryKind.KEY_STATE, at, by, clear, {"label": label}, change, person=owner)
        return NewKey(key, tokens.key_text(id, secret))

    def get(self, id: UUID) -> ApiKey:
        """The key of that id; raises ``NotFound``."""
        found = self._ways_in.key(id)
        if found is None:
            raise NotFound(told("There is no key {id}.", id=id))
        return found.key

    def page(self, owner: UUID | None, *, after: UUID | None = None, limit: int = 50) -> tuple[ApiKey, ...]:
        """Keys of one owner, or of all where it is None, in the order in which they were made."""
        return self._ways_in.keys(owner, after=after, limit=limit)

    def revoke(self, id: UUID, *, by: By) -> ApiKey:
        """End a key, from the next request on; raises ``NotFound``, also for somebody else's key.

        Its owner and any administrator may, each in person.
        """
        key = self.get(id)
        if by is None or by.key is not None or key.owner != by.person.id:
            try:
                check_manages(by)
            except Refused:
                raise NotFound(told("There is no key {id}.", id=id)) from None
        at = self._register.now()
        clear = {"key": str(id), "change": "revoked", "owner": str(key.owner)}
        sealed, change = {"label": key.label}, KeyRevoked(id, at)
        self._register.record(EntryKind.KEY_STATE, at, by, clear, sealed, change, person=key.owner)
        return self.get(id)

    def _check(self, role: Role, scopes: Collection[Scope], days: int) -> None:
        problems = []
        if not scopes:
            problems.append(Problem("a key needs a scope, or it may do nothing", "/scopes"))
        if beyond := sorted(set(scopes) - SCOPES_OF[role]):
            allowed = ", ".join(sorted(SCOPES_OF[role]))
            problems.append(
                Problem(
                    told(
                        "{beyond}: beyond the role {role}, which has {allowed}",
                        beyond=joined(", ", beyond),
                        role=told(role),
                        allowed=allowed,
                    ),
                    "/scopes",
                )
            )
        if not 1 <= days <= MOST_DAYS:
            problems.append(Problem(told("a key lasts 1 to {most} days", most=MOST_DAYS), "/days"))
        if problems:
            raise Invalid("The key cannot be made.", problems)
