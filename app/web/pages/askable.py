"""What the reader may ask of which policy in force."""

from __future__ import annotations

from typing import NamedTuple

from app.domain.access import View
from app.domain.declarations import FactSpec
from app.domain.errors import Refused
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.web.auth import own_view, principal
from schemas.statements import addresses_customers


class Choice(NamedTuple):
    """A policy that may be asked."""

    policy: str
    ruleset: Ruleset


def choices(services: Services) -> tuple[list[Choice], list[Choice]]:
    """Policies in force that take something from the reader's role: those to bargain over, and the others.

    To bargain over is one whose answers go to customers and in which the role may change what it asks for.
    """
    now, bargains, others = services.deciding.now(), [], []
    for policy in services.policies.names():
        try:
            ruleset = services.policies.in_force(policy, now).ruleset
        except Refused:  # none of its versions answers
            continue
        mine = given_by(ruleset)
        if any(one.changeable for one in mine) and addresses_customers(ruleset):
            bargains.append(Choice(policy, ruleset))
        elif mine and own_view() is View.FULL:
            others.append(Choice(policy, ruleset))
    return sorted(bargains, key=_most_first), others


def given_by(ruleset: Ruleset) -> list[FactSpec]:
    """The facts that the reader's role may give."""
    role = principal().role
    return [one for one in ruleset.facts.values() if not one.given_by or role in one.given_by]


def _most_first(one: Choice) -> tuple[int, str]:
    """What a role can say most about comes first."""
    return -len(given_by(one.ruleset)), one.policy
