"""What changes about people: each kind of change whole, with what is said when somebody was first.

A change carries what is stored: hashes of passwords and secrets, a sealed customer.
Whoever changes what somebody else changed in the meantime is refused, and so is
whatever would leave nobody to manage the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.messages import told
from app.domain.people import ApiKey, Authority, Person

CHANGED_BY_ANOTHER = (
    "Somebody else has changed this person in the meantime. Read it again and repeat the change."
)
LAST_ADMINISTRATOR = (
    "This is the last active administrator. Make another one first: nobody else manages people."
)


@dataclass(frozen=True, slots=True)
class PersonAdded:
    """A new person; ``password`` is the PHC form."""

    person: Person
    password: str = field(repr=False)

    @property
    def conflict(self) -> str:
        """Logins are unique."""
        return told("There is somebody with the login {login} already.", login=self.person.login)


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """A person as they will be; ``person.revision`` is one more than the revision that was read.

    ``steps_down``: an active administrator ceases to be one, which needs another one. ``leaves``: the
    sessions end.
    """

    person: Person
    steps_down: bool = False
    leaves: bool = False

    conflict: ClassVar[str] = CHANGED_BY_ANOTHER


@dataclass(frozen=True, slots=True)
class PasswordSet:
    """Another password, in PHC form, in place of ``instead_of``. All sessions end but the one ``keeping``."""

    person: UUID
    password: str = field(repr=False)
    instead_of: str = field(repr=False)
    keeping: bytes | None = None

    conflict: ClassVar[str] = "The password was changed in the meantime. Nothing was changed now."


@dataclass(frozen=True, slots=True)
class AuthoritySet:
    """What a person may settle in one policy, in place of what stood there."""

    person: UUID
    authority: Authority

    conflict: ClassVar[str] = CHANGED_BY_ANOTHER


@dataclass(frozen=True, slots=True)
class AuthorityRemoved:
    """A person may settle nothing in that policy any more."""

    person: UUID
    policy: str

    @property
    def conflict(self) -> str:
        """It is gone by now."""
        return told("This person has no authority in {policy}.", policy=self.policy)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A customer (keyed hash, 16 bytes) that ``person`` looks after; the name is ``sealed`` under its key."""

    person: UUID
    customer: bytes
    sealed: bytes
    key_id: UUID

    conflict: ClassVar[str] = "The customer is assigned to this person already."


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A customer is looked after by ``person`` no longer."""

    person: UUID
    customer: bytes

    conflict: ClassVar[str] = "The customer is not assigned to this person."


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """Somebody signed in. ``token`` is the SHA-256, ``instead_of`` that of a session that this replaces."""

    token: bytes
    person: UUID
    at: datetime
    expires_at: datetime
    instead_of: bytes | None = None

    conflict: ClassVar[str] = "The session could not be opened. Sign in again."


@dataclass(frozen=True, slots=True)
class KeyAdded:
    """A new key; ``secret`` is the SHA-256 of what its owner holds."""

    key: ApiKey
    secret: bytes = field(repr=False)

    conflict: ClassVar[str] = "The key could not be made. Ask again."


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """A key that opens nothing from now on."""

    id: UUID
    at: datetime

    conflict: ClassVar[str] = "The key was revoked before."
