"""The worklist: which decisions wait for a person, for whom, and since when.

Oldest first; of one day (UTC), the largest amount first. Amounts are sealed, so a day is
unsealed to be put in order, and no more than one page needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.domain.instants import utc_text
from app.domain.people import Authority, Person, Principal
from app.domain.ruleset import Ruleset
from app.domain.sealed import ReferralFilter
from app.domain.settling import least_sufficient, settling_outcomes, shortfalls
from app.services.recording import Recorder
from app.services.referrals.authorising import NAMED_TO, Authorising, settles, within
from app.services.referrals.cases import Case, Cases
from app.store.referrals import DAY, Referrals, day_of
from schemas.json_values import json_value
from schemas.resolutions import reason_codes, reason_words, resolution_document, words

READ_AT_ONCE = 50
MOST_LOOKED_AT = 2000
"""How many referrals one page unseals before it ends short; ``next`` goes on."""


@dataclass(frozen=True, slots=True)
class ReferralsWanted:
    """Which referrals to list, in plain words. ``open`` None is both open and settled ones."""

    policy: str | None = None
    customer: str | None = None
    mine: bool = False
    overdue: bool = False
    open: bool | None = True


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the worklist and the cursor of the next one."""

    referrals: tuple[dict[str, Any], ...]
    next: UUID | None


class Worklist:
    """Lists referrals. ``principal`` is who looks: it decides which are theirs to see and to settle."""

    def __init__(
        self,
        referrals: Referrals,
        cases: Cases,
        authorising: Authorising,
        recorder: Recorder,
        now: Callable[[], datetime],
    ) -> None:
        self._referrals = referrals
        self._cases = cases
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
        look = _Look(self._authorising, principal, authority, now)
        policies = _policies(wanted, principal, authority)
        found: list[dict[str, Any]] = []
        ordered = self._ordered(self._filter(wanted, policies, now), after)
        for looked_at, case in enumerate(ordered):
            if len(found) == limit or looked_at == MOST_LOOKED_AT:
                return Listed(tuple(found), after)
            after = case.stored.decision.entry.id
            if not wanted.mine or look.may_settle(case):
                found.append(look.item(case, self._standing(case, now)))
        return Listed(tuple(found), None)

    def one(self, id: UUID, principal: Principal) -> dict[str, Any]:
        """One referral with what may be settled and what was; raises ``NotFound``."""
        now = self._now()
        authority = self._authorising.authority(principal)
        case = self._cases.read(self._referrals.get(id, within(principal, authority)))
        look = _Look(self._authorising, principal, authority, now)
        ruleset = case.ruleset
        history = (self._cases.settled(one) for one in self._referrals.history(id))
        return {
            **look.item(case, self._standing(case, now)),
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
        return ReferralFilter(now, policies, customer, wanted.open, wanted.overdue)

    def _ordered(self, wanted: ReferralFilter, after: UUID | None) -> Iterator[Case]:
        """Cases in the order of the worklist, from behind ``after``, be it still on the list or not.

        A day's amounts are read to put it in order; of the rest only as many as are asked for are held.
        """
        behind = None if after is None else _place(self._cases.read(self._referrals.get(after)))
        day = self._referrals.first_day(wanted, None if after is None else day_of(after))
        while day is not None:
            places = sorted(_place(self._cases.read(one)) for one in self._referrals.of_day(wanted, day))
            ids = [place[-1] for place in places if behind is None or place > behind]
            for start in range(0, len(ids), READ_AT_ONCE):
                some = ids[start : start + READ_AT_ONCE]
                read = {one.decision.entry.id: one for one in self._referrals.many(some)}
                yield from (self._cases.read(read[id]) for id in some)
            day = self._referrals.first_day(wanted, day + DAY)


class _Look:
    """How referrals are shown to one person; who holds which authority is read once for each policy."""

    def __init__(
        self,
        authorising: Authorising,
        principal: Principal,
        authority: Mapping[str, Authority],
        now: datetime,
    ) -> None:
        self._authorising = authorising
        self._principal = principal
        self._authority = authority
        self._now = now
        self._holders: dict[str, Sequence[tuple[Person, Authority]]] = {}

    def may_settle(self, case: Case) -> bool:
        """Whether the one who looks may settle it in some way."""
        authority = self._authority.get(case.ruleset.policy)
        if authority is None or case.document is None or not settles(self._principal):
            return False
        return not case.is_excluded(self._principal.person) and not shortfalls(
            authority, case.figures, settling_outcomes(case.ruleset)
        )

    def item(self, case: Case, standing: dict[str, Any] | None) -> dict[str, Any]:
        """One line of the worklist; what was erased is null."""
        ruleset, document, decision = case.ruleset, case.document, case.stored.decision
        due, outcome = case.stored.due_at, ruleset.outcome(decision.index.outcome)
        return {
            "decision": str(decision.entry.id),
            "policy": ruleset.policy,
            "ruleset": {"version": ruleset.version, "digest": ruleset.digest},
            "customer": document["customer"] if document else None,
            "reference": document["reference"] if document else None,
            "currency": ruleset.currency,
            "amount": json_value(case.figures.amount),
            "days": case.figures.days,
            "outcome": outcome.id,
            "outcome_label": words(outcome.label),
            "needs_confirmation": outcome.confirm,
            "reasons": [
                {"code": code, "text": document["texts"][code] if document else None}
                for code in decision.index.reasons
            ],
            "opened_at": utc_text(decision.entry.at),
            "due_at": None if due is None else utc_text(due),
            "overdue": standing is None and due is not None and due < self._now,
            "assigned_to": [self._named(one) for one in self._assigned(case)],
            "may_settle": self.may_settle(case),
            "erased": document is None,
            "standing": standing,
        }

    def _assigned(self, case: Case) -> Sequence[Person]:
        if case.document is None:
            return ()
        policy = case.ruleset.policy
        if policy not in self._holders:
            self._holders[policy] = self._authorising.holders(policy)
        outcomes = settling_outcomes(case.ruleset)
        return least_sufficient(self._holders[policy], case.figures, outcomes, case.excluded)

    def _named(self, person: Person) -> dict[str, Any]:
        name = person.name if self._principal.role in NAMED_TO else None
        return {"id": str(person.id), "role": str(person.role), "name": name}


def _policies(
    wanted: ReferralsWanted, principal: Principal, authority: Mapping[str, Authority]
) -> frozenset[str] | None:
    """The policies to look in, None for all."""
    seen = frozenset(authority) if wanted.mine else within(principal, authority)
    if wanted.policy is None:
        return seen
    return frozenset({wanted.policy}) if seen is None else seen & {wanted.policy}


def _place(case: Case) -> tuple[datetime, bool, Decimal, UUID]:
    """Where a case stands: by day, the largest first, then by id; an unknown amount comes last of its day."""
    amount, id = case.figures.amount, case.stored.decision.entry.id
    return day_of(id), amount is None, -(amount or Decimal(0)), id


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
