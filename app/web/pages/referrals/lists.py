"""The worklist as somebody wants to see it: what a filter's form says, and the referrals that it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from app.domain.errors import Refused
from app.domain.people import Role
from app.domain.sealed import ReferralState
from app.domain.values import Text
from app.services.assembly import Services
from app.services.referrals.worklist import ReferralsWanted
from app.web.answers import identifier, policy_name
from app.web.auth import principal
from app.web.pages.filters import Filters
from app.web.pages.language import N_
from app.web.pages.roles import ROLES

SHOWN = 25
LONGEST = 36_500
YES = ("yes",)
STATES: Mapping[str, str] = {
    ReferralState.OPEN.value: N_("open"),
    ReferralState.SUPERSEDED.value: N_("superseded by a newer one"),
    ReferralState.SETTLED.value: N_("settled"),
    "all": N_("all"),
}
OWNERS: Mapping[str, str] = {
    one.value: ROLES[one.value] for one in (Role.CREDIT_OFFICER, Role.FINANCE, Role.LEGAL)
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What the form says; empty is any. ``least`` is an amount, ``days`` how long it has waited at least."""

    policy: str = ""
    customer: str = ""
    state: str = ReferralState.OPEN.value
    owner: str = ""
    least: str = ""
    days: str = ""
    mine: str = ""
    overdue: str = ""
    after: str = ""

    @classmethod
    def read(cls, filters: Filters) -> Self:
        """From a query's filters, which then say what of them is not understood."""
        for name, choices in (("state", STATES), ("owner", OWNERS), ("mine", YES), ("overdue", YES)):
            filters.one_of(name, choices)
        filters.read("days", _days, N_("%(given)s is no number of days."))
        filters.read("least", _amount, N_("%(given)s is no amount."))
        return cls(**filters.meant)

    @property
    def narrowed(self) -> bool:
        """Whether it leaves something out that is open."""
        return replace(self, after="") != Sought()

    def address(self, after: str = "") -> str:
        """The address of a page of the same list."""
        asked = {name: value for name, value in asdict(replace(self, after=after)).items() if value}
        return f"/referrals?{urlencode(asked)}"


class Found(NamedTuple):
    """Referrals as the worklist tells them; ``next`` is the address of the next page, or empty."""

    lines: Sequence[Mapping[str, Any]]
    next: str


def listed(services: Services, sought: Sought) -> Found:
    """The oldest first; raises ``NotFound`` for a page that begins nowhere or a policy that cannot be."""
    wanted = ReferralsWanted(
        policy=policy_name(sought.policy) if sought.policy else None,
        customer=sought.customer or None,
        mine=bool(sought.mine),
        overdue=bool(sought.overdue),
        state=None if sought.state == "all" else ReferralState(sought.state),
        least=_amount(sought.least) if sought.least else None,
        until=services.deciding.now() - _days(sought.days) if sought.days else None,
        owner=Role(sought.owner) if sought.owner in OWNERS else None,
    )
    after = identifier(sought.after, "referral") if sought.after else None
    found = services.worklist.listed(wanted, principal(), after=after, limit=SHOWN)
    return Found(found.referrals, sought.address(str(found.next)) if found.next else "")


def policies(services: Services) -> dict[str, Text]:
    """The policies that may be chosen, with their titles."""
    found = {}
    for policy in services.policies.names():
        try:
            found[policy] = services.policies.in_force(policy, services.deciding.now()).ruleset.title
        except Refused:  # none of its versions answers
            continue
    return found


def _amount(written: str) -> Decimal:
    """An amount as people write it; raises ``ValueError``."""
    try:
        found = Decimal(written.replace(",", "").replace("，", "").replace(" ", ""))
    except InvalidOperation:
        raise ValueError from None
    if not found.is_finite():
        raise ValueError
    return found


def _days(written: str) -> timedelta:
    """A number of days; raises ``ValueError``."""
    if not (written.isascii() and written.isdigit()):
        raise ValueError
    return timedelta(days=min(int(written[:6]), LONGEST))
