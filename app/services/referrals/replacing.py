"""Replacing: a request that takes the place of an earlier one of whoever asks, which then waits no more.

That is said with the new request and never guessed. It is a resolution of the earlier decision, by who asked
for it, with which nothing holds: so of an officer who settles it and a requester who replaces it at the same
moment one comes first, and the log and both decisions say which request stands for which.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app.domain.audit import Recording
from app.domain.errors import Invalid, NotFound, Problem, Refused
from app.domain.messages import told
from app.domain.referrals import REPLACED, Resolution
from app.domain.requests import Caller, DecisionRequest
from app.services.referrals.cases import Case, Cases
from app.services.referrals.settling import recording
from app.store.referrals import Referrals
from schemas.resolutions import sealed_resolution


class Replacing:
    """Finds what a request replaces, and takes it back. ``new_id`` gives an id at an instant (UTC)."""

    def __init__(self, referrals: Referrals, cases: Cases, *, new_id: Callable[[datetime], UUID]) -> None:
        self._referrals = referrals
        self._cases = cases
        self._new_id = new_id

    def waits(self, decision: UUID, requester: str, at: datetime) -> bool:
        """Whether a decision is one that this person (UUID text) asked for, and waits for a person."""
        case = self._asked_by(requester, decision)
        return case is not None and not _is_over(case, at)

    def replaced_by(self, decision: UUID) -> UUID | None:
        """The decision that took the place of this one; None where none did."""
        latest = self._referrals.latest(decision)
        if latest is None or not latest.resolution.withdrawn:
            return None
        return self._cases.read(self._referrals.get(decision)).replaced_by

    def waiting(self, policy: str, request: DecisionRequest, caller: Caller, at: datetime) -> Case | None:
        """The referral that the request says it replaces; None where it replaces nothing.

        Raises ``Invalid`` where it is no such request of the caller's, and ``Refused`` (409) where it waits
        no more.
        """
        if request.replaces is None:
            return None
        case = self._asked_by(caller.name, request.replaces)
        if case is None or case.document is None:
            message = "`replaces` is the id of a decision that you asked for and that waits for a person"
            raise Invalid("The request cannot be accepted.", [Problem(message, "/replaces")])
        if case.ruleset.policy != policy or case.document["customer"] != request.customer:
            message = "`replaces` is a decision of the same policy on the same customer"
            raise Invalid("The request cannot be accepted.", [Problem(message, "/replaces")])
        if _is_over(case, at):
            message = told(
                "Decision {id} waits no more. Read how it stands; then leave `replaces` out.", id=case.id
            )
            raise Refused(message, [Problem(message, "/replaces")], conflict=True)
        return case

    def withdrawal(self, case: Case, decision: UUID, caller: Caller, at: datetime) -> Recording:
        """That ``decision`` takes the place of the referral; nothing holds by it."""
        latest = None if case.latest is None else case.latest.resolution
        one = Resolution(
            id=self._new_id(at),
            decision=case.id,
            policy=case.ruleset.policy,
            outcome=case.stored.decision.index.outcome,
            reason=REPLACED,
            at=at,
            by=caller.name,
            follows=None if latest is None else latest.id,
            asked=case.asked,
        )
        by = caller.asked_by or caller.name
        return recording(case, one, sealed_resolution({}, None), caller.role, by, replaced_by=str(decision))

    def _asked_by(self, requester: str, decision: UUID) -> Case | None:
        """The referral of a decision that this person asked for; None where there is none any more."""
        try:
            case = self._cases.read(self._referrals.get(decision))
        except NotFound:
            return None
        known = case.document
        return case if known is not None and known["requested_by"] == requester else None


def _is_over(case: Case, at: datetime) -> bool:
    latest = None if case.latest is None else case.latest.resolution
    return latest is not None and (latest.withdrawn or latest.holds_at(at))
