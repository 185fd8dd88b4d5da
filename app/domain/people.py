"""People, what they may settle, the keys they own, and who is asking.

A person has one role. A key acts for the person who owns it, and for nobody when its
owner is gone; it may do what its scopes name, never more than the owner's role allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is here for; see section 10 of the written policy."""

    SALES = "sales"
    CREDIT_OFFICER = "credit-officer"
    FINANCE = "finance"
    LEGAL = "legal"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


DEMO_PREFIX = "demo-"
"""How logins of the demonstration begin. Their passwords are printed, so they stand on loopback only."""


class Scope(StrEnum):
    """What a key may be made for. None of them reaches approval, activation, people or keys."""

    DECIDE = "decide"
    READ = "read"
    BACKDATE = "decide:backdate"
    ON_BEHALF = "decide:on-behalf"
    FILE = "decide:file"
    FILING = "file"


SCOPES_OF: Mapping[Role, frozenset[Scope]] = {
    Role.SALES: frozenset({Scope.DECIDE, Scope.READ}),
    Role.CREDIT_OFFICER: frozenset(Scope),
    Role.FINANCE: frozenset({Scope.DECIDE, Scope.READ, Scope.BACKDATE, Scope.FILING}),
    Role.LEGAL: frozenset({Scope.DECIDE, Scope.READ, Scope.BACKDATE}),
    Role.AUDITOR: frozenset({Scope.READ}),
    Role.ADMINISTRATOR: frozenset({Scope.READ}),
}
"""What a key may be made for by the role of its owner; the role is looked at again at each use."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may sign in. ``id`` names them in the log; ``login`` and ``name`` are for people.

    ``revision`` counts changes: whoever changes a person says which revision they had read.
    """

    id: UUID
    login: str
    name: str
    role: Role
    active: bool = True
    language: str = "en"
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Authority:
    """What a person may settle in one policy: up to ``amount`` (in the policy's currency) and ``days``.

    None is no limit. ``outcomes`` are those that a referral may be settled with; empty means any.
    """

    policy: str
    amount: Decimal | None = None
    days: int | None = None
    outcomes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. ``last_used_at`` is exact to a minute."""

    id: UUID
    owner: UUID
    label: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who sends the present request: a person who signed in, or one of their keys.

    ``signed_in_at`` (UTC) is when the password was last given; None for a key. ``session`` and ``key`` say by
    what they came; exactly one of them stands.
    """

    person: Person
    signed_in_at: datetime | None = None
    session: bytes | None = field(default=None, repr=False)
    key: ApiKey | None = None

    @property
    def id(self) -> str:
        """The name in the log."""
        return str(self.person.id)

    @property
    def role(self) -> Role:
        """The role at the time of this request."""
        return self.person.role


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a person may do beyond the role: authority by policy."""

    person: Person
    authority: Mapping[str, Authority] = field(default_factory=dict, hash=False)
