"""The retention table: how long decisions of each policy are kept, and why; nothing goes without a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app.domain.audit import EntryKind, Recording
from app.domain.errors import Invalid, NotFound, Problem
from app.domain.keeping import EVERY_POLICY, MOST_MONTHS, RetentionChange, RetentionRule
from app.domain.messages import told
from app.services.people.managing import OPERATOR, By
from app.services.policies import Policies
from app.services.recording import Recorder
from app.store.keeping import Keeping
from schemas.decisions import sealed_bytes


class Retention:
    """Reads and sets keep times. What was said before stays in the table's history."""

    def __init__(
        self,
        keeping: Keeping,
        policies: Policies,
        recorder: Recorder,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._keeping = keeping
        self._policies = policies
        self._recorder = recorder
        self._now = now
        self._new_id = new_id

    def rules(self) -> tuple[RetentionRule, ...]:
        """The keep times that stand, by policy."""
        return tuple(one for one in self._keeping.rules() if one.months is not None)

    def history(self) -> tuple[RetentionRule, ...]:
        """Every rule that was ever set or withdrawn, by policy, oldest first."""
        return tuple(self._keeping.rules(history=True))

    def set(self, policy: str, months: int | None, source: str, *, by: By) -> RetentionRule:
        """Keep decisions of a policy, or of ``EVERY_POLICY``, for so many months; None: for good.

        Raises ``NotFound`` for a policy that is not there, ``Invalid``, ``Refused`` where another was first.
        """
        if policy != EVERY_POLICY and policy not in self._policies.names():
            message = told(
                "There is no policy {policy}; `{every}` stands for every one.",
                policy=policy[:64],
                every=EVERY_POLICY,
            )
            raise NotFound(message)
        if months is not None and not 1 <= months <= MOST_MONTHS:
            problem = Problem(
                told("`months` is a whole number from 1 to {most}", most=MOST_MONTHS), "/months"
            )
            raise Invalid("The keep time cannot be set.", [problem])
        stands = {one.policy: one for one in self._keeping.rules()}
        before = stands.get(policy)
        at, who = self._now(), OPERATOR if by is None else by.id
        follows = None if before is None else before.id
        rule = RetentionRule(self._new_id(at), policy, months, source, at, who, follows)
        self._recorder.record(
            Recording(
                id=rule.id,
                kind=EntryKind.RETENTION,
                at=at,
                clear={
                    "change": "withdrawn" if months is None else "set",
                    "policy": policy,
                    "months": months,
                },
                sealed_plaintext=sealed_bytes({"source": source}),
                actor=who,
                changes=(RetentionChange(rule),),
            )
        )
        return rule
