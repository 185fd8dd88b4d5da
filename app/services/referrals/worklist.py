"""The worklist: which decisions wait for a person, for whom, and since when.

Oldest first; of one day (UTC), the largest amount first. Amounts are sealed: ``glances`` opens each once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from app.domain.identifiers import made_at
from app.domain.people import Authority, Principal, Role
from app.domain.ruleset import Ruleset
from app.domain.sealed import ReferralFilter, ReferralState
from app.domain.settling import settling_outcomes
from app.services.recording import Recorder
from app.services.referrals.authorising import Authorising, within
from app.services.referrals.cases import Case, Cases
from app.services.referrals.glances import Glance, Glances, glance
from app.services.referrals.looking import Look
from app.services.referrals.since import Since
from app.store.referrals import DAY, Referrals, day_of
from schemas.resolutions import reason_codes, reason_words, resolution_document, words

MOST_LOOKED_AT = 10_000
"""How many referrals one page looks at before it ends short; ``next`` goes on."""


@dataclass(frozen=True, slots=True)
class ReferralsWanted:
    """Which referrals to list, in plain words. ``state`` None is all of them.

    ``least`` is an amount, ``until`` (UTC) the instant before which it was opened, ``owner`` the role of
    whoever could settle it with the least authority.
    """

    policy: str | None = None
    customer: str | None = None
    mine: bool = False
    overdue: bool = False
    state: ReferralState | None = ReferralState.OPEN
    least: Decimal | None = None
    until: datetime | None = None
    owner: Role | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the worklist and the cursor of the next one."""

    referrals: tuple[dict[str, Any], ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first that wait for somebody, and for others, with how many there are of each.

    ``whole`` is False where there are more than were looked at: then the numbers are the least.
    """

    mine: tuple[dict[str, Any], ...]
    beyond: tuple[dict[str, Any], ...]
    mine_in_all: int
    beyond_in_all: int
    whole: bool


class Worklist:
    """Lists referrals. ``principal`` is who looks: it decides which are theirs to see and to settle."""

    def __init__(
        self,
        referrals: Referrals,
        cases: Cases,
        authorising: Authorising,
        recorder: Recorder,
        since: Since,
        now: Callable[[], datetime],
    ) -> None:
        self._referrals = referrals
        self._cases = cases
        self._glances = Glances(referrals, cases)
        self._since = since
        self._authorising = authorising
        self._recorder = recorder
        self._now = now

    def listed(
        self, wanted: ReferralsWanted, principal: Principal, *, after: UUID | None = None, limit: int = 50
    ) -> Listed:
        """Up to ``limit`` referrals from behind the one called ``after``; any page may be short.

        Raises ``NotFound`` when ``after`` is no referral.
        """
        now = self._now()
        authority = self._authorising.authority(principal)
        look = Look(self._authorising, principal, authority, now)
        policies = _policies(wanted, principal, authority)
        chosen: list[UUID] = []
        following: UUID | None = None
        ordered = self._ordered(self._filter(wanted, policies, now), after)
        for looked_at, one in enumerate(ordered):
            if len(chosen) == limit or looked_at == MOST_LOOKED_AT:
                following = after
                break
            after = one.id
            if _fits(wanted, one, look):
                chosen.append(one.id)
        return Listed(self._items(chosen, look, now), following)

    def waiting(self, principal: Principal, *, limit: int) -> Waiting:
        """The first open referrals that this person may settle, and the first that they may not."""
        now = self._now()
        authority = self._authorising.authority(principal)
        look = Look(self._authorising, principal, authority, now)
        wanted = self._filter(ReferralsWanted(), within(principal, authority), now)
        mine: list[UUID] = []
        beyond: list[UUID] = []
        for one in islice(self._ordered(wanted, None), MOST_LOOKED_AT):
            (mine if look.may_settle(one) else beyond).append(one.id)
        return Waiting(
            self._items(mine[:limit], look, now),
            self._items(beyond[:limit], look, now),
            len(mine),
            len(beyond),
            whole=len(mine) + len(beyond) < MOST_LOOKED_AT,
        )

    def one(self, id: UUID, principal: Principal) -> dict[str, Any]:
        """One referral with what may be settled and what was; raises ``NotFound``."""
        now = self._now()
        authority = self._authorising.authority(principal)
        case = self._cases.read(self._referrals.get(id, within(principal, authority)))
        look = Look(self._authorising, principal, authority, now)
        ruleset = case.ruleset
        history = (self._cases.settled(one) for one in self._referrals.history(id))
        return {
            **look.item(case, self._standing(case, now), self._since.of([case])[id]),
            "ruled": case.ruled,
            "settle_with": [
                {"outcome": one, "label": words(ruleset.outcome(one).label)}
                for one in settling_outcomes(ruleset)
            ],
            "terms": _terms(ruleset),
            "reasons_to_give": {code: words(reason_words(ruleset, code)) for code in reason_codes(ruleset)},
            "resolutions": [resolution_document(ruleset, *one) for one in history],
        }

    def _standing(self, case: Case, now: datetime) -> dict[str, Any] | None:
        if case.latest is None or not case.latest.resolution.holds_at(now):
            return None
        return resolution_document(case.ruleset, *self._cases.settled(case.latest))

    def _filter(
        self, wanted: ReferralsWanted, policies: frozenset[str] | None, now: datetime
    ) -> ReferralFilter:
        customer = None if wanted.customer is None else self._recorder.customer_hash(wanted.customer)
        of_customers = self._since.of_customers
        return ReferralFilter(now, policies, customer, wanted.state, wanted.overdue, of_customers)

    def _items(self, ids: Sequence[UUID], look: Look, now: datetime) -> tuple[dict[str, Any], ...]:
        """The lines of these ids, in their order."""
        read = {one.decision.entry.id: self._cases.read(one) for one in self._referrals.many(ids)}
        for one in read.values():
            if one.document is None:
                self._glances.forget(one.id)
        since = self._since.of(read.values())
        return tuple(look.item(read[id], self._standing(read[id], now), since[id]) for id in ids)

    def _ordered(self, wanted: ReferralFilter, after: UUID | None) -> Iterator[Glance]:
        """Referrals in the order of the worklist, from behind ``after``, be it still on the list or not."""
        behind = None if after is None else glance(self._cases.read(self._referrals.get(after))).place
        day = self._referrals.first_day(wanted, None if after is None else day_of(after))
        while day is not None:
            found = self._glances.of(self._referrals.ids_of_day(wanted, day))
            found.sort(key=attrgetter("place"))
            yield from (one for one in found if behind is None or one.place > behind)
            day = self._referrals.first_day(wanted, day + DAY)


def _policies(
    wanted: ReferralsWanted, principal: Principal, authority: Mapping[str, Authority]
) -> frozenset[str] | None:
    """The policies to look in, None for all."""
    seen = frozenset(authority) if wanted.mine else within(principal, authority)
    if wanted.policy is None:
        return seen
    return frozenset({wanted.policy}) if seen is None else seen & {wanted.policy}


def _fits(wanted: ReferralsWanted, one: Glance, look: Look) -> bool:
    """Whether it is among those wanted by what its glance tells."""
    if wanted.mine and not look.may_settle(one):
        return False
    if wanted.least is not None and (one.figures.amount is None or one.figures.amount < wanted.least):
        return False
    if wanted.until is not None and made_at(one.id) >= wanted.until:
        return False
    return wanted.owner is None or any(each.role is wanted.owner for each in look.assigned(one))


def _terms(ruleset: Ruleset) -> dict[str, Any]:
    terms = ruleset.referrals.terms if ruleset.referrals is not None else {}
    return {
        name: {
            "label": words(ruleset.outputs[name].label),
            "type": str(ruleset.outputs[name].type.kind),
            "needed_with": list(term.needed_with),
            "source": term.source,
        }
        for name, term in terms.items()
    }
