"""What a caller asks, and who the caller is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.access import View

FILE = "file"
"""Who may give a fact beside the roles: the customer file, through a key made for it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom is asked, and what they may. Only the shell's operator ``may_give_any`` fact.

    ``name`` is the person's id (UUID text) and ``role`` theirs; ``asked_by`` is the owner of the key where
    it asks on somebody's behalf. ``gives_file``: facts reserved to the file may be given, too. ``backdate``:
    ``as_of`` may be another day. ``any_version``: simulations may name a version. ``own_customers``:
    simulations are about customers assigned to ``name``. ``view`` is how much of the answer is told.
    """

    name: str
    role: str
    may_give_any: bool = False
    asked_by: str | None = None
    gives_file: bool = False
    backdate: bool = False
    any_version: bool = False
    own_customers: bool = False
    view: View = View.FULL

    @property
    def giving_roles(self) -> frozenset[str] | None:
        """Whose facts may be given, None where any may."""
        if self.may_give_any:
            return None
        return frozenset({self.role, FILE} if self.gives_file else {self.role})


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """A request whose envelope was read and whose facts were not: which facts exist, the ruleset says.

    ``enrich``: what it does not bring comes from the customer file, where it names a customer. ``replaces``
    is the decision, waiting for a person, whose place it takes.
    """

    facts: Mapping[str, Any]
    customer: str | None = None
    reference: str | None = None
    as_of: date | None = None
    currency: str | None = None
    on_behalf_of: str | None = None
    version: str | None = None
    ruleset_as_of: datetime | None = None
    enrich: bool = True
    replaces: UUID | None = None
