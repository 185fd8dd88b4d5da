"""What was decided anew on the same, in terms of the database.

The same is a reference of one customer, or a customer where that is what a policy is asked about and neither
decision has a reference. The newer was recorded later, and is not of an older day. A referral is superseded
while a newer one on the same is there: that follows from what is recorded, so nothing has to be kept in step.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.store.tables import decision, referral

_newer = decision.alias("newer")
_referred = referral.alias("newer_referral")
_ON_REFERENCE = and_(
    _newer.c.reference == decision.c.reference, _newer.c.customer.is_not_distinct_from(decision.c.customer)
)
_IS_NEWER = and_(
    _newer.c.policy == decision.c.policy,
    _newer.c.id > decision.c.id,
    _newer.c.as_of >= decision.c.as_of,
)
TOLD: Select[Any] = select(
    decision.c.id, decision.c.as_of, decision.c.outcome, referral.c.decision.label("referred")
).join(referral, referral.c.decision == decision.c.id, isouter=True)
"""Decisions with what is told of those that are newer."""


def superseded(of_customers: frozenset[str]) -> ColumnElement[bool]:
    """Whether the same as a row of ``decision`` was referred anew."""
    return or_(*(_referred_anew(same) for same in (_ON_REFERENCE, _on_customer(of_customers))))


def newest(of_customers: frozenset[str]) -> Select[Any]:
    """Decisions with the newest on the same reference and on the same customer, or NULL."""
    return select(
        decision.c.id,
        _newest(_ON_REFERENCE).label("on_reference"),
        _newest(_on_customer(of_customers)).label("on_customer"),
    )


def _on_customer(policies: frozenset[str]) -> ColumnElement[bool]:
    return and_(
        decision.c.policy.in_(sorted(policies)),
        decision.c.reference.is_(None),
        # In a function, so that the index over customers is taken and not all that has no reference.
        func.length(_newer.c.reference).is_(None),
        _newer.c.customer == decision.c.customer,
    )


def _referred_anew(same: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_referred.c.decision == _newer.c.id, _IS_NEWER, same).correlate(decision)


def _newest(same: ColumnElement[bool]) -> Any:
    """The newest decision on the same; one that is referred comes before all others."""
    referred = _referred.c.decision
    return (
        select(_newer.c.id)
        .join(_referred, referred == _newer.c.id, isouter=True)
        .where(_IS_NEWER, same)
        .order_by(referred.is_not(None).desc(), _newer.c.as_of.desc(), _newer.c.id.desc())
        .limit(1)
        .correlate(decision)
        .scalar_subquery()
    )
