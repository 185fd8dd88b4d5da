"""Settling: a person's answer to a decision that asked for one, as an entry of its own.

The decision is never changed. Of two who settle the same referral at once, exactly one
wins: each says which resolution they had read, and the database lets one follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.access import View
from app.domain.audit import EntryKind, Erased, Recording
from app.domain.customer_file import Filing
from app.domain.customer_rules import Said
from app.domain.errors import Invalid, Problem, Refused
from app.domain.instants import utc_text
from app.domain.messages import told
from app.domain.people import Principal
from app.domain.referrals import Resolution, ResolutionChange, ResolutionRequest
from app.domain.settling import settling_outcomes, with_terms
from app.domain.values import Values
from app.services.customers.holding import Holding
from app.services.recording import Recorder
from app.services.referrals.authorising import Authorising, within
from app.services.referrals.cases import Case, Cases
from app.services.referrals.overrides import counted, monthly
from app.services.referrals.since import Happened, Since
from app.store.referrals import Referrals
from schemas.constants import listed, nearest
from schemas.decisions import sealed_bytes
from schemas.json_values import json_values
from schemas.resolutions import CANNOT, read_terms, reason_codes, resolution_document, sealed_resolution


class Settling:
    """Settles referrals and says what holds. ``now`` gives UTC, ``new_id`` an id at that instant."""

    def __init__(
        self,
        referrals: Referrals,
        cases: Cases,
        authorising: Authorising,
        recorder: Recorder,
        holding: Holding,
        since: Since,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
        zone: ZoneInfo,
    ) -> None:
        self._referrals = referrals
        self._cases = cases
        self._authorising = authorising
        self._recorder = recorder
        self._holding = holding
        self._since = since
        self._now = now
        self._new_id = new_id
        self._zone = zone

    def settle(self, id: UUID, wanted: ResolutionRequest, principal: Principal) -> dict[str, Any]:
        """The resolution, durable. Raises ``NotFound``, ``Erased``, ``Invalid``, and ``Refused``.

        Refused with 403 is who may not, with 409 who was not first.
        """
        authority = self._authorising.authority(principal)
        case = self._cases.read(self._referrals.get(id, within(principal, authority)))
        if case.document is None:
            raise Erased("What was referred here was erased with its subject's key; nothing can be settled.")
        held = self._authorising.held(case, principal, authority)
        at = self._now()
        terms = _checked(case, wanted, at)
        figures = with_terms(case.figures, case.ruleset, terms)
        self._authorising.check(held, case, figures, wanted.outcome, principal)
        _check_unchanged(case, wanted, at)
        _check_newest(case, self._since.of([case])[id])
        resolution = Resolution(
            id=self._new_id(at),
            decision=id,
            policy=case.ruleset.policy,
            outcome=wanted.outcome,
            reason=wanted.reason,
            at=at,
            by=principal.id,
            follows=wanted.follows,
            expires_at=wanted.expires_at,
            override=case.is_override(wanted.outcome),
            asked=case.asked,
            overruled=case.overruled(wanted.outcome),
        )
        sealed = sealed_resolution(terms, wanted.note)
        files = self._files(case, resolution, terms)
        self._recorder.record(recording(case, resolution, sealed, principal.role, principal.id, files))
        return resolution_document(case.ruleset, resolution, sealed)

    def _files(self, case: Case, one: Resolution, terms: Values) -> tuple[Filing, ...]:
        """What the customer's file holds by it; nothing by one that ends."""
        if one.expires_at is not None or case.document is None:
            return ()
        day = one.at.astimezone(self._zone).date()
        said = Said(one.reason, json_values(terms))
        return self._holding.of_resolution(one.id, case.ruleset, case.document, one.outcome, said, day)

    def standing(self, id: UUID, view: View = View.FULL) -> dict[str, Any] | None:
        """What holds now of a decision by a person's word, as ``view`` tells it; None where nothing does."""
        latest = self._referrals.latest(id)
        if latest is None or not latest.resolution.holds_at(self._now()):
            return None
        ruleset = self._cases.read(self._referrals.get(id)).ruleset
        return resolution_document(ruleset, *self._cases.settled(latest), view)

    def overrides(
        self, by: str, policy: str | None, since: datetime | None, until: datetime | None
    ) -> list[dict[str, Any]]:
        """How often was settled how, from ``since`` (inclusive) to ``until``: ``overrides.counted``."""
        found = counted(self._referrals.resolutions(policy, since, until), by)
        if by != "person":
            return found
        return [
            {"person": one["person"], "name": self._authorising.name(one["person"]), **one} for one in found
        ]

    def settled_since(self, since: datetime) -> list[Resolution]:
        """What was settled since an instant (UTC), without what is sealed, in the order of settling."""
        return list(self._referrals.resolutions(None, since, None))

    def override_months(
        self, policy: str | None, since: datetime | None, until: datetime | None
    ) -> list[dict[str, Any]]:
        """How much was settled month by month, and how many of it were overrides: ``overrides.monthly``."""
        return monthly(self._referrals.resolutions(policy, since, until), self._zone)


def _checked(case: Case, wanted: ResolutionRequest, at: datetime) -> Values:
    """The terms, typed, of a request that can be granted; raises ``Invalid`` with every fault."""
    problems = []
    outcomes, codes = settling_outcomes(case.ruleset), reason_codes(case.ruleset)
    for name, given, known in (("outcome", wanted.outcome, outcomes), ("reason", wanted.reason, codes)):
        if given not in known:
            message = told(
                "`{name}` is one of {known}{near}", name=name, known=listed(known), near=nearest(given, known)
            )
            problems.append(Problem(message, f"/{name}"))
    if wanted.expires_at is not None and wanted.expires_at <= at:
        problems.append(Problem("`expires_at` has passed; name an instant still to come", "/expires_at"))
    if problems:
        raise Invalid(CANNOT, problems)
    assert case.document is not None
    terms = read_terms(case.ruleset, case.document, wanted.outcome, wanted.terms)
    if wanted.note is None and (case.ruled is None or case.is_override(wanted.outcome)):
        why = (
            told("is milder than the rules alone say, {ruled}", ruled=case.ruled)
            if case.ruled
            else "is no engine's answer"
        )
        raise Invalid(
            CANNOT,
            [Problem(told("`note` is needed: {outcome} {why}", outcome=wanted.outcome, why=why), "/note")],
        )
    return terms


def _check_unchanged(case: Case, wanted: ResolutionRequest, at: datetime) -> None:
    latest = case.latest.resolution if case.latest is not None else None
    if latest is not None and latest.withdrawn:
        message = told(
            "Decision {id} waits no more: it was asked anew, as decision {newer}, which took its place.",
            id=latest.decision,
            newer=case.replaced_by,
        )
        raise Refused(message, conflict=True)
    if wanted.follows == (latest.id if latest is not None else None):
        return
    if latest is None:
        raise Refused("Nothing was settled here before; leave `follows` out.", conflict=True)
    held = "is settled" if latest.holds_at(at) else "was settled, and that has ended"
    raise Refused(
        told(
            "Decision {id} {held}: {outcome}, at {at}. To settle it anew, name that resolution: "
            "`follows` {resolution}.",
            id=latest.decision,
            held=held,
            outcome=latest.outcome,
            at=utc_text(latest.at),
            resolution=latest.id,
        ),
        conflict=True,
    )


def _check_newest(case: Case, since: Happened) -> None:
    if since.superseded and (newer := since.decided) is not None:
        raise Refused(
            told(
                "Decision {id} was superseded: the same was referred anew as of {as_of}, with the "
                "outcome {outcome}. Settle decision {newer} instead.",
                id=case.id,
                as_of=newer.as_of,
                outcome=newer.outcome,
                newer=newer.id,
            ),
            conflict=True,
        )


def recording(
    case: Case,
    one: Resolution,
    sealed: Mapping[str, Any],
    role: str,
    actor: str,
    files: tuple[Filing, ...] = (),
    **more: str,
) -> Recording:
    """A resolution as it is recorded; ``more`` stands in the clear beside it."""
    assert case.document is not None
    return Recording(
        id=one.id,
        kind=EntryKind.RESOLUTION,
        at=one.at,
        clear={
            "decision": str(one.decision),
            "policy": one.policy,
            "version": case.ruleset.version,
            "digest": case.ruleset.digest,
            "outcome": one.outcome,
            "reason": one.reason,
            "override": one.override,
            "follows": None if one.follows is None else str(one.follows),
            "expires_at": None if one.expires_at is None else utc_text(one.expires_at),
            "asked": list(one.asked),
            "overruled": list(one.overruled),
            "role": str(role),
            **more,
        },
        sealed_plaintext=sealed_bytes(sealed),
        subject=case.document["customer"],
        actor=actor,
        changes=(ResolutionChange(one),),
        files=files,
    )
