"""Referrals: what a ruleset says about the decisions that a person must settle, and what was settled.

A decision is never changed: what a person settles is an entry of its own. How the two
are measured against each other stands in ``app.domain.settling``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.messages import told
from app.domain.rules import Condition, Reference
from app.domain.values import Text, Value

SETTLED_BY_PERSON = "SETTLED_BY_PERSON"
"""The reason of every resolution where a ruleset declares none; no ruleset may declare it."""
REPLACED = "REPLACED"
"""The reason where whoever asked took the request back by asking anew; no ruleset may declare it either."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a resolution may set: an output between two bounds (inclusive), each a constant or a name.

    With the outcomes in ``needed_with`` it must be set, and with no others it may be; empty: with any, or
    left out, and then the decision's own value stands.
    """

    output: str
    minimum: Value | Reference
    maximum: Value | Reference
    source: str
    needed_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Referrals:
    """How the referrals of a ruleset are measured and settled.

    ``amount`` (money) and ``days`` name what a person's authority is held against; ``due`` is hours from the
    decision, as the clock runs, or the name of such. ``reasons`` are codes that a resolution may give.
    """

    amount: str
    due: int | Reference
    reasons: Mapping[str, Text]
    days: str | None = None
    settle_with: tuple[str, ...] = ()
    also_when: tuple[Condition, ...] = ()
    terms: Mapping[str, Term] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Referral:
    """A decision that waits for a person until ``due_at`` (UTC). It has the id and time of its decision.

    It holds no amount: that is sealed with the decision.
    """

    policy: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a person settled, without the parts that are sealed (terms, note).

    ``follows`` is the resolution it replaces, None for the first. ``override`` tells that it is milder than
    what the rules alone say; ``asked`` are the rules that called for a person, ``overruled`` those whose
    stricter outcome was set aside.
    """

    id: UUID
    decision: UUID
    policy: str
    outcome: str
    reason: str
    at: datetime
    by: str
    follows: UUID | None = None
    expires_at: datetime | None = None
    override: bool = False
    asked: tuple[str, ...] = ()
    overruled: tuple[str, ...] = ()

    @property
    def withdrawn(self) -> bool:
        """Whether nobody settled anything: the request was replaced by another one of whoever asked."""
        return self.reason == REPLACED

    def holds_at(self, instant: datetime) -> bool:
        """Whether it still stands; an expired one no longer does, and the referral is open again."""
        return not self.withdrawn and (self.expires_at is None or instant < self.expires_at)


@dataclass(frozen=True, slots=True)
class ResolutionChange:
    """A resolution as a recording makes it durable."""

    resolution: Resolution

    @property
    def conflict(self) -> str:
        """What is said when somebody else was first."""
        return told(
            "Decision {decision} was settled by somebody else in the meantime. Read it again, and "
            "settle it anew if you still want to.",
            decision=self.resolution.decision,
        )


@dataclass(frozen=True, slots=True)
class ResolutionRequest:
    """What a person wishes to settle, its terms not yet typed. ``follows`` is the resolution they read."""

    outcome: str
    reason: str
    terms: Mapping[str, Any] = field(default_factory=dict, hash=False)
    note: str | None = None
    expires_at: datetime | None = None
    follows: UUID | None = None
