"""Who may settle a referral, with what, and how that compares with what the rules alone say.

A decision asks for a person when its outcome is the referral, when its outcome takes
effect only once a person confirms it, or when the ruleset's ``also_when`` holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.decision import Evaluation
from app.domain.people import Authority, Person
from app.domain.referrals import Referral
from app.domain.rules import Reference, Rule
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import holds
from app.domain.values import Kind, Values


def referral_of(evaluation: Evaluation, at: datetime) -> Referral | None:
    """The referral that an evaluation made at ``at`` (UTC) opens; None when it asks for nobody."""
    ruleset = evaluation.ruleset
    if evaluation.outcome not in ruleset.asks_a_person and not _also(evaluation):
        return None
    return Referral(ruleset.policy, _due(evaluation, at))


def _also(evaluation: Evaluation) -> bool:
    asked = evaluation.ruleset.referrals
    if asked is None or not asked.also_when or evaluation.failure is not None:
        return False
    return all(holds(one.test, evaluation.value(one.name)) for one in asked.also_when)


def _due(evaluation: Evaluation, at: datetime) -> datetime | None:
    """When it is to be settled; at once where the hours are not known, so that it is seen first."""
    asked = evaluation.ruleset.referrals
    if asked is None:
        return None
    hours = evaluation.value(asked.due.name) if isinstance(asked.due, Reference) else asked.due
    try:
        return at + timedelta(hours=max(0, hours or 0))
    except OverflowError:
        return datetime.max.replace(tzinfo=at.tzinfo)


def settling_outcomes(ruleset: Ruleset) -> tuple[str, ...]:
    """The outcomes that a referral may be settled with, mildest first: all but the referral unless said."""
    declared = ruleset.referrals.settle_with if ruleset.referrals is not None else ()
    all_others = tuple(one.id for one in ruleset.outcomes if one is not ruleset.referral)
    return declared or all_others


def ruled(ruleset: Ruleset, effective: Iterable[Rule]) -> str:
    """What the rules alone say, the call for a person left aside: the strictest other outcome of any.

    ``otherwise`` where no rule set one.
    """
    said = [rule.outcome for rule in effective if rule.outcome and rule.outcome != ruleset.referral.id]
    return max(said, key=lambda outcome: ruleset.severities[outcome], default=ruleset.otherwise)


@dataclass(frozen=True, slots=True)
class Figures:
    """What authority is held against. None is not known, and only an authority without limit covers that."""

    amount: Decimal | None = None
    days: int | None = None
    days_count: bool = True


def with_terms(figures: Figures, ruleset: Ruleset, terms: Values) -> Figures:
    """The figures of a decision and of the terms set for it: of each the larger counts."""
    amount, days = figures.amount, figures.days
    for name, value in terms.items():
        kind = ruleset.outputs[name].type.kind
        if kind is Kind.MONEY and amount is not None:
            amount = max(amount, value)
        elif kind is Kind.DAYS and days is not None:
            days = max(days, value)
        elif kind is Kind.DAYS and not figures.days_count:
            days = value
    return Figures(amount, days, figures.days_count or days is not None)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What lies beyond an authority: ``limit`` is the authority's, None where it covers nothing unknown.

    ``over`` is by how much; None where the figure is not known, or the outcome is not allowed.
    """

    what: str
    limit: Decimal | int | None = None
    over: Decimal | int | None = None


def shortfalls(authority: Authority, figures: Figures, outcomes: Collection[str]) -> tuple[Shortfall, ...]:
    """Where an authority does not suffice for these figures and any of ``outcomes``; empty: it does."""
    found = []
    most, days = authority.amount, authority.days
    if most is not None and (figures.amount is None or figures.amount > most):
        found.append(Shortfall("amount", most, None if figures.amount is None else figures.amount - most))
    if days is not None and figures.days_count and (figures.days is None or figures.days > days):
        found.append(Shortfall("days", days, None if figures.days is None else figures.days - days))
    if authority.outcomes and not authority.outcomes.intersection(outcomes):
        found.append(Shortfall("outcome"))
    return tuple(found)


def least_sufficient(
    holders: Sequence[tuple[Person, Authority]],
    figures: Figures,
    outcomes: Collection[str],
    excluded: Collection[str],
) -> tuple[Person, ...]:
    """The active people with the least authority that suffices, none of them excluded (by id, as text)."""
    able = able_to_settle(holders, figures, outcomes, excluded)
    least = min((_height(authority) for _, authority in able), default=None)
    return tuple(person for person, authority in able if _height(authority) == least)


def able_to_settle(
    holders: Sequence[tuple[Person, Authority]],
    figures: Figures,
    outcomes: Collection[str],
    excluded: Collection[str],
) -> tuple[tuple[Person, Authority], ...]:
    """Everyone active who could settle it."""
    return tuple(
        (person, authority)
        for person, authority in holders
        if person.active and str(person.id) not in excluded and not shortfalls(authority, figures, outcomes)
    )


def _height(authority: Authority) -> tuple[bool, Decimal, bool, int]:
    """How much an authority covers: no limit is above every limit."""
    return (
        authority.amount is None,
        authority.amount or Decimal(0),
        authority.days is None,
        authority.days or 0,
    )
