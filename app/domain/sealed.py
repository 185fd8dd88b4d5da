"""What the store keeps and gives back: recordings after sealing, with hashes in place of names.

The plain words (facts, customer, requester) are gone at this point; only a holder of
the keys can bring them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.domain.audit import Change
from app.domain.customer_file import Filing
from app.domain.referrals import Referral, Resolution


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log. ``leaf`` is the exact bytes whose hash enters the tree, never made anew."""

    id: UUID
    kind: str
    at: datetime
    leaf: bytes
    sealed: bytes
    key_id: UUID


@dataclass(frozen=True, slots=True)
class IndexedDecision:
    """The search columns of a decision; ``customer``, ``reference`` and people are keyed hashes."""

    policy: str
    version: str
    digest: str
    outcome: str
    outcome_kind: str
    as_of: date
    requester: bytes
    customer: bytes | None
    reference: bytes | None
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    asked_by: bytes | None = None


@dataclass(frozen=True, slots=True)
class SealedClaim:
    """An idempotency claim: ``claim`` hashes principal, policy and key, ``body`` the request, both keyed."""

    claim: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class SealedRecording:
    """A recording as it is written: all of it in one transaction, or none."""

    entry: Entry
    decision: IndexedDecision | None = None
    claim: SealedClaim | None = None
    changes: tuple[Change, ...] = ()
    referral: Referral | None = None
    files: tuple[Filing, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it was read: its entry and its search columns. Its id is its entry's."""

    entry: Entry
    index: IndexedDecision


@dataclass(frozen=True, slots=True)
class ClaimedDecision:
    """The decision that an idempotency key stands for, and the keyed hash of the body that made it."""

    decision_id: UUID
    body: bytes


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A subject's data key, encrypted under a master key; ``wrapped_under`` is that key's fingerprint.

    A subject seals under the one with the highest ``number``; since ``retired_at``, under none of those.
    """

    id: UUID
    subject: bytes
    wrapped: bytes
    wrapped_under: str
    created_at: datetime
    number: int = 1
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visible:
    """Whose decisions may be seen: asked for or by this person, or about a customer assigned to them.

    ``requester`` is the keyed hash of the person's name in the log, ``person`` the id under which customers
    are assigned.
    """

    requester: bytes
    person: UUID


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """What to look for; everything given must hold. ``since`` is inclusive, ``until`` exclusive, both UTC.

    ``rule`` is ``step/rule`` of a rule that held, ``reason`` a code; hashes as in ``IndexedDecision``.
    ``visible_to`` leaves out what that person may not see. ``repeated`` keeps only what was asked before: of
    the same policy, customer and reference.
    """

    policy: str | None = None
    version: str | None = None
    outcome: str | None = None
    outcome_kind: str | None = None
    customer: bytes | None = None
    reference: bytes | None = None
    requester: bytes | None = None
    rule: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    visible_to: Visible | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class StoredResolution:
    """A resolution as it was read, with the entry in which its terms and note are sealed."""

    entry: Entry
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class StoredReferral:
    """A decision that asks for a person, with the latest resolution, None before the first."""

    decision: StoredDecision
    due_at: datetime | None
    latest: StoredResolution | None


class ReferralState(StrEnum):
    """Settled while a resolution holds; else superseded where the same was referred anew; else open."""

    OPEN = "open"
    SETTLED = "settled"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class ReferralFilter:
    """Which referrals to look for. ``now`` (UTC) says what is settled and what is overdue.

    ``policies`` None is all, ``state`` None too. ``of_customers`` are the policies whose decisions without a
    reference are about the customer, so that a newer one supersedes.
    """

    now: datetime
    policies: frozenset[str] | None = None
    customer: bytes | None = None
    state: ReferralState | None = ReferralState.OPEN
    overdue: bool = False
    of_customers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DecidedSince:
    """A newer decision of the same policy on the same; where it is ``referred`` itself, it supersedes."""

    id: UUID
    as_of: date
    outcome: str
    referred: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of decisions, newest first; ``next`` is the cursor of the following page, None on the last."""

    decisions: tuple[StoredDecision, ...]
    next: UUID | None
