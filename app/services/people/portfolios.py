"""Portfolios: whose customers a representative looks after. One customer may have several.

A customer's name is sealed under the customer's own key, so that an erasure takes it away
here, too; the keyed hash by which decisions are found stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.domain.audit import EntryKind, Erased
from app.domain.errors import NotFound, Refused
from app.domain.keeping import of_customer
from app.domain.messages import told
from app.domain.people import Role
from app.domain.people_changes import Assigned, Unassigned
from app.ledger.sealing import context
from app.services.people.managing import By, Register, check_manages
from app.services.sealing import Vault
from app.store.people import People as Known


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer in somebody's portfolio. ``name`` is None after an erasure; ``id`` names it all the same."""

    id: str
    name: str | None


class Portfolios:
    """Assigns customers to people and lists them. ``by`` is who acts; see ``managing``."""

    def __init__(self, known: Known, vault: Vault, origin: str, register: Register) -> None:
        self._known = known
        self._vault = vault
        self._origin = origin
        self._register = register

    def of(self, person: UUID) -> tuple[Customer, ...]:
        """The customers that person looks after, by name; raises ``NotFound`` for a person."""
        self._known.get(person)
        found = [Customer(one.customer.hex(), self._name(one)) for one in self._known.assigned(person)]
        return tuple(sorted(found, key=lambda one: (one.name is None, one.name or "", one.id)))

    def assign(self, person: UUID, customer: str, *, by: By) -> tuple[Customer, ...]:
        """Let ``person`` look after a customer; the whole portfolio. Raises ``Refused`` where it is so."""
        check_manages(by)
        role = self._known.get(person).role
        if role is not Role.SALES:
            form = "Customers are assigned to sales; this person's role is {role}."
            raise Refused(told(form, role=told(role)))
        hashed = self._vault.pseudonyms.customer(customer)
        key_id, sealed = self._vault.seal(of_customer(customer), customer.encode(), self._bound(person))
        clear = {"person": str(person), "change": "assigned"}
        self._register.record(
            EntryKind.PERSON_STATE,
            self._register.now(),
            by,
            clear,
            {"customer": customer},
            Assigned(person, hashed, sealed, key_id),
            customer=customer,
        )
        return self.of(person)

    def unassign(self, person: UUID, id: str, *, by: By) -> tuple[Customer, ...]:
        """Take a customer, by id, out of a portfolio; what is left. Raises ``NotFound``."""
        check_manages(by)
        found = next((one for one in self.of(person) if one.id == id), None)
        if found is None:
            raise NotFound("This customer is not assigned to this person.")
        clear = {"person": str(person), "change": "unassigned"}
        self._register.record(
            EntryKind.PERSON_STATE,
            self._register.now(),
            by,
            clear,
            {"customer": found.name},
            Unassigned(person, bytes.fromhex(id)),
            customer=found.name,
        )
        return self.of(person)

    def _name(self, one: Assigned) -> str | None:
        try:
            return self._vault.unseal(one.key_id, one.sealed, self._bound(one.person)).decode()
        except Erased:
            return None

    def _bound(self, person: UUID) -> bytes:
        return context(self._origin, person, "assignment")
