"""What is recorded of a decision, a simulation or an engine's doubt, and in which part of the entry.

The clear part can be read by anyone who holds the log: ids, codes and counts,
and no value of any fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.access import View
from app.domain.audit import DecisionIndex, EntryKind, IdempotencyClaim, Recording
from app.domain.customer_file import Filing
from app.domain.decision import Decision, Evaluation, Failure
from app.domain.requests import Caller
from app.domain.settling import referral_of
from schemas.decisions import sealed_bytes


def about(id: UUID, document: Mapping[str, Any], view: View, receipt: str) -> dict[str, Any]:
    """What an answer says about itself, before what was decided."""
    told = {
        "id": str(id),
        "decided_at": document["decided_at"],
        "requested_by": document["requested_by"],
        "role": document["role"],
        "asked_by": document["asked_by"],
        "customer": document["customer"],
        "reference": document["reference"],
        "replaces": document.get("replaces"),
        "receipt": receipt,
    }
    return {**told, "recalled": document["recalled"]} if view is View.FULL else told


def clear_part(evaluation: Evaluation, caller: Caller) -> dict[str, Any]:
    """The clear part of the entry: ids, codes and counts, no value of any fact."""
    ruleset = evaluation.ruleset
    return {
        "policy": ruleset.policy,
        "version": ruleset.version,
        "digest": ruleset.digest,
        "as_of": evaluation.as_of.isoformat(),
        "outcome": evaluation.outcome,
        "held": [one.id for one in evaluation.fired],
        "effective": [one.id for one in evaluation.fired if one.effective],
        "role": caller.role,
    }


def of_decision(
    decision: Decision,
    document: Mapping[str, Any],
    caller: Caller,
    claim: IdempotencyClaim | None,
    files: tuple[Filing, ...],
) -> Recording:
    """A decision, complete: its entry, what it is found by, and its idempotency key.

    ``files`` is what holds by it, unless it waits for a person.
    """
    evaluation = decision.evaluation
    ruleset = evaluation.ruleset
    clear = clear_part(evaluation, caller)
    if decision.replaces is not None:
        clear["replaces"] = str(decision.replaces)
    referral = referral_of(evaluation, decision.decided_at)
    return Recording(
        id=decision.id,
        kind=EntryKind.DECISION,
        at=decision.decided_at,
        clear=clear,
        sealed_plaintext=sealed_bytes(document),
        subject=decision.customer,
        actor=caller.asked_by or caller.name,
        not_held=evaluation.not_held,
        decision=DecisionIndex(
            policy=ruleset.policy,
            version=ruleset.version,
            digest=ruleset.digest,
            outcome=evaluation.outcome,
            outcome_kind=str(ruleset.outcome(evaluation.outcome).kind),
            as_of=evaluation.as_of,
            requested_by=decision.requested_by,
            customer=decision.customer,
            reference=decision.reference,
            reasons=tuple(reason.code for reason in evaluation.reasons),
            rules=tuple(clear["held"]),
            asked_by=decision.asked_by,
        ),
        idempotency=claim,
        referral=referral,
        files=files if referral is None else (),
    )


def of_simulation(
    id: UUID, at: datetime, evaluation: Evaluation, document: Mapping[str, Any], caller: Caller
) -> Recording:
    """Who asked what; no decision, so nothing that it would be found by."""
    return Recording(
        id=id,
        kind=EntryKind.SIMULATION,
        at=at,
        clear=clear_part(evaluation, caller),
        sealed_plaintext=sealed_bytes(document),
        subject=document["customer"],
        actor=caller.asked_by or caller.name,
        not_held=evaluation.not_held,
    )


def of_doubt(id: UUID, at: datetime, decision: Decision, failure: Failure) -> Recording:
    """That no engine's answer could be used: beside the referral that it became."""
    return Recording(
        id=id,
        kind=EntryKind.ENGINE_DISAGREEMENT,
        at=at,
        clear={"decision": str(decision.id), "code": failure.code},
        sealed_plaintext=sealed_bytes({"detail": failure.detail}),
        subject=decision.customer,
    )
