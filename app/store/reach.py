"""How far a person reaches, as conditions of a query: what is out of reach is never read at all.

A condition inside the query, and not a look afterwards, is what makes another's
decision the same as one that does not exist: the same row count, the same answer.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select

from app.domain.sealed import Visible
from app.store.people_tables import assignment
from app.store.tables import decision

_earlier = decision.alias("earlier")
ASKED_BEFORE: ColumnElement[bool] = exists().where(
    _earlier.c.reference == decision.c.reference,
    _earlier.c.customer == decision.c.customer,
    _earlier.c.policy == decision.c.policy,
    _earlier.c.id < decision.c.id,
)
"""There is an earlier decision of the same policy, customer and reference; never true without both names."""


def conditions(visible_to: Visible | None) -> list[ColumnElement[bool]]:
    """What a decision must meet to be seen by this person; nothing for None, who sees all."""
    if visible_to is None:
        return []
    theirs = select(assignment.c.customer).where(assignment.c.person == visible_to.person)
    return [
        or_(
            decision.c.requester == visible_to.requester,
            decision.c.asked_by == visible_to.requester,
            decision.c.customer.in_(theirs),
        )
    ]


def assigned(person: UUID, customer: bytes) -> Select[Any]:
    """A row where the customer is assigned to the person, none where it is not."""
    return select(assignment.c.person).where(assignment.c.person == person, assignment.c.customer == customer)
