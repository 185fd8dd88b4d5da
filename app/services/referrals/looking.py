"""How a referral is shown to whoever looks: what it is about, for whom, and whether they may settle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain.instants import utc_text
from app.domain.people import Authority, Person, Principal
from app.domain.ruleset import Ruleset
from app.domain.settling import least_sufficient, settling_outcomes, shortfalls
from app.services.referrals.authorising import NAMED_TO, Authorising, settles
from app.services.referrals.cases import Case
from app.services.referrals.glances import Glance, glance
from app.services.referrals.since import Happened
from schemas.json_values import json_value
from schemas.resolutions import words


class Look:
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
        self._settles, self._id = settles(principal), str(principal.person.id)
        self._outcomes: dict[str, Sequence[str]] = {}

    def may_settle(self, one: Glance) -> bool:
        """Whether the one who looks may settle it in some way."""
        authority = self._authority.get(one.ruleset.policy)
        if authority is None or one.erased or not self._settles or self._id in one.excluded:
            return False
        outcomes = self._outcomes.get(one.ruleset.digest)
        if outcomes is None:
            outcomes = self._outcomes[one.ruleset.digest] = settling_outcomes(one.ruleset)
        return not shortfalls(authority, one.figures, outcomes)

    def assigned(self, one: Glance) -> Sequence[Person]:
        """Who could settle it with the least authority that suffices."""
        if one.erased:
            return ()
        policy = one.ruleset.policy
        if policy not in self._holders:
            self._holders[policy] = self._authorising.holders(policy)
        outcomes = settling_outcomes(one.ruleset)
        return least_sufficient(self._holders[policy], one.figures, outcomes, one.excluded)

    def item(self, case: Case, standing: dict[str, Any] | None, since: Happened) -> dict[str, Any]:
        """One line of the worklist; what was erased is null."""
        ruleset, document, decision = case.ruleset, case.document, case.stored.decision
        short = glance(case)
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
            "overdue": standing is None and not since.superseded and due is not None and due < self._now,
            "assigned_to": [self._named(one) for one in self.assigned(short)],
            "may_settle": not since.superseded and self.may_settle(short),
            "erased": document is None,
            "standing": standing,
            "superseded": standing is None and since.superseded,
            "decided_since": _decided_since(since, ruleset),
            "invoice_settled_on": None if since.settled_on is None else since.settled_on.isoformat(),
        }

    def _named(self, person: Person) -> dict[str, Any]:
        name = person.name if self._principal.role in NAMED_TO else None
        return {"id": str(person.id), "role": str(person.role), "name": name}


def _decided_since(since: Happened, ruleset: Ruleset) -> dict[str, Any] | None:
    one = since.decided
    if one is None:
        return None
    # Another version may know another outcome; then it has no words here.
    label = next((words(known.label) for known in ruleset.outcomes if known.id == one.outcome), None)
    return {
        "decision": str(one.id),
        "as_of": one.as_of.isoformat(),
        "outcome": one.outcome,
        "outcome_label": label,
        "referred": one.referred,
    }
