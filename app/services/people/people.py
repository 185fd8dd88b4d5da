"""People: who there is, in which role, and what each may settle.

Nobody changes their own role, activity or authority, and the last active administrator
stays one. Every change is an entry of the log; names and logins stand in its sealed part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from app.credentials import passwords
from app.domain.audit import EntryKind
from app.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from app.domain.messages import joined, told
from app.domain.people import DEMO_PREFIX, Authority, Person, Role, Standing
from app.domain.people_changes import (
    CHANGED_BY_ANOTHER,
    AuthorityRemoved,
    AuthoritySet,
    PasswordSet,
    PersonAdded,
    PersonChanged,
)
from app.services.people.managing import By, Register, check_manages, check_not_own
from app.services.policies import Policies
from app.store.people import People as Known

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}", re.ASCII)
MOST_OUTCOMES = 50


class People:
    """Persons and their authority. ``by`` is who acts; see ``app.services.people.managing``."""

    def __init__(self, known: Known, policies: Policies, register: Register) -> None:
        self._known = known
        self._policies = policies
        self._register = register

    def get(self, id: UUID) -> Person:
        """The person of that id, active or not; raises ``NotFound``."""
        return self._known.get(id)

    def page(self, *, after: UUID | None = None, limit: int = 50) -> tuple[Person, ...]:
        """People in the order in which they came."""
        return self._known.page(after=after, limit=limit)

    def find(self, named: str) -> Person | None:
        """The person whose login or id ``named`` is, active or not; None where there is nobody."""
        found = self._known.by_login(named.lower())
        if found is not None:
            return found
        try:
            return self._known.get(UUID(named))
        except (ValueError, NotFound):
            return None

    def standing(self, id: UUID) -> Standing:
        """The person with what they may settle, by policy; raises ``NotFound``."""
        return Standing(self.get(id), self._known.authorities(id))

    def counts(self) -> tuple[int, int]:
        """How many people there are, and how many of them may sign in."""
        return self._known.counts()

    def unprovided(self, settling: Collection[Role]) -> tuple[Person, ...]:
        """Active people with nothing to do in their role: who may settle nothing, or sells to nobody."""
        return self._known.unprovided(settling, Role.SALES)

    def holders(self, policy: str) -> Sequence[tuple[Person, Authority]]:
        """The active people who may settle something in a policy."""
        return self._known.holders(policy)

    def create(
        self,
        login: str,
        name: str,
        role: Role,
        password: str,
        *,
        by: By,
        language: str = "en",
        demo: bool = False,
    ) -> Person:
        """A new active person; raises ``Invalid``, and ``Refused`` for a login that is taken.

        Logins that begin as those of the demonstration do are for it alone (``demo``).
        """
        check_manages(by)
        login = login.strip().lower()
        if not LOGIN.fullmatch(login):
            problem = Problem("a login has 1 to 64 lower-case letters, digits and . _ @ + -", "/login")
            raise Invalid("The login cannot be used.", [problem])
        if login.startswith(DEMO_PREFIX) is not demo:
            problem = Problem(
                told("logins that begin with {prefix} belong to the demonstration", prefix=DEMO_PREFIX),
                "/login",
            )
            raise Invalid("The login cannot be used.", [problem])
        if self._known.by_login(login) is not None:
            raise Refused(
                told("There is somebody with the login {login} already.", login=login), conflict=True
            )
        at = self._register.now()
        person = Person(self._register.new_id(at), login, name, role, language=language)
        clear = {"person": str(person.id), "change": "created", "role": role.value}
        added = PersonAdded(person, passwords.hashed(password))
        named = {"login": login, "name": name}
        self._register.record(EntryKind.PERSON_STATE, at, by, clear, named, added, person=person.id)
        return person

    def change(
        self,
        id: UUID,
        revision: int,
        *,
        by: By,
        name: str | None = None,
        role: Role | None = None,
        active: bool | None = None,
        language: str | None = None,
    ) -> Person:
        """The person after the change; what is None stays. Raises ``NotFound``, ``Stale``, ``Refused``.

        It takes effect at the next request of that person or of their keys. Who ceases to be active is
        signed out everywhere; their keys open nothing for as long as they are not active.
        """
        check_manages(by)
        old = self.get(id)
        if old.revision != revision:
            raise Stale(CHANGED_BY_ANOTHER)
        new = replace(
            old,
            name=old.name if name is None else name,
            role=old.role if role is None else role,
            active=old.active if active is None else active,
            language=old.language if language is None else language,
        )
        if new == old:
            return old
        if (new.role, new.active) != (old.role, old.active):
            check_not_own(by, id)
        new = replace(new, revision=revision + 1)
        change = PersonChanged(
            new,
            steps_down=_manages(old) and not _manages(new),
            leaves=old.active and not new.active,
        )
        clear = {"person": str(id), "change": "changed", "role": new.role.value, "active": new.active}
        was = {"name": old.name, "role": old.role.value, "active": old.active, "language": old.language}
        now = {"name": new.name, "role": new.role.value, "active": new.active, "language": new.language}
        at = self._register.now()
        told = {"was": was, "is": now}
        self._register.record(EntryKind.PERSON_STATE, at, by, clear, told, change, person=id)
        return new

    def reset_password(self, id: UUID, password: str, *, by: By) -> None:
        """Another password for somebody else, who is signed out everywhere; one's own needs the old one."""
        check_manages(by)
        if by is not None and by.person.id == id:
            raise Refused("Change your own password with the old one.")
        known = self._known.known(self.get(id).login)
        assert known is not None  # people are never deleted
        change = PasswordSet(id, passwords.hashed(password), known.password)
        clear = {"person": str(id), "change": "password-reset"}
        self._register.record(EntryKind.PERSON_STATE, self._register.now(), by, clear, {}, change)

    def set_authority(self, id: UUID, authority: Authority, *, by: By) -> Mapping[str, Authority]:
        """What a person may settle in one policy from now on, in place of what stood; their whole authority.

        Raises ``NotFound`` for a person or policy that is not there, ``Invalid`` for an outcome that the
        policy's version in force does not know.
        """
        check_manages(by)
        check_not_own(by, id)
        self.get(id)
        self._check_policy(authority)
        clear = {"person": str(id), "change": "authority", "policy": authority.policy}
        sealed = {
            "amount": None if authority.amount is None else str(authority.amount),
            "days": authority.days,
            "outcomes": sorted(authority.outcomes),
        }
        change = AuthoritySet(id, authority)
        self._register.record(EntryKind.PERSON_STATE, self._register.now(), by, clear, sealed, change)
        return self._known.authorities(id)

    def remove_authority(self, id: UUID, policy: str, *, by: By) -> Mapping[str, Authority]:
        """A person may settle nothing in that policy any more; raises ``NotFound`` where that is so."""
        check_manages(by)
        check_not_own(by, id)
        self.get(id)
        change = AuthorityRemoved(id, policy)
        if policy not in self._known.authorities(id):
            raise NotFound(change.conflict)
        clear = {"person": str(id), "change": "authority-removed", "policy": policy}
        self._register.record(EntryKind.PERSON_STATE, self._register.now(), by, clear, {}, change)
        return self._known.authorities(id)

    def _check_policy(self, authority: Authority) -> None:
        now = self._register.now()
        if authority.policy not in self._policies.names():
            raise NotFound(told("There is no policy {policy}.", policy=authority.policy))
        if not self._policies.is_active(authority.policy, now):
            return
        ruleset = self._policies.in_force(authority.policy, now).ruleset
        known = {one.id for one in ruleset.outcomes}
        if strange := sorted(authority.outcomes - known):
            problem = Problem(
                told(
                    "{strange}: no outcome of this policy; it knows {known}",
                    strange=joined(", ", strange),
                    known=joined(", ", known),
                )
            )
            raise Invalid("The authority cannot be given.", [problem])


def _manages(person: Person) -> bool:
    return person.active and person.role is Role.ADMINISTRATOR
