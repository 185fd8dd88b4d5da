"""Making: from a request to the recordings of its decision.

Nothing is written, and nothing read but through what this is given: the file, earlier decisions and the
engines. So the same code decides one request in a server and many in other processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from app.domain.audit import IdempotencyClaim, Recording
from app.domain.decision import Decision, Evaluation
from app.domain.matching import ENGINE_DISAGREEMENT, ENGINE_FAILED
from app.domain.requests import Caller, DecisionRequest
from app.domain.values import Values
from app.services.customers.holding import Holding
from app.services.decisions.gathering import Gathering
from app.services.decisions.records import of_decision, of_doubt
from app.services.policies import Ready
from schemas.decisions import decision_document

Evaluate: TypeAlias = Callable[[Ready, Values, date], Evaluation]
"""What a ruleset says about complete facts on a day, by both engines."""


class Asked(NamedTuple):
    """A request with what is settled elsewhere: the instant (UTC), the day, and ids at that instant.

    ``id`` is the decision's, ``doubt`` that of the entry beside it should the engines not agree.
    """

    request: DecisionRequest
    caller: Caller
    at: datetime
    as_of: date
    id: UUID
    doubt: UUID
    claim: IdempotencyClaim | None = None


class Made(NamedTuple):
    """A decision that waits to be recorded; an engine's doubt is an entry of its own in the same commit."""

    caller: Caller
    evaluation: Evaluation
    document: dict[str, Any]
    recordings: tuple[Recording, ...]

    @property
    def id(self) -> UUID:
        """The decision's."""
        return self.recordings[0].id


class Making:
    """Makes decisions of requests that were checked; ``evaluate`` asks both engines."""

    def __init__(self, gathering: Gathering, holding: Holding, evaluate: Evaluate) -> None:
        self._gathering = gathering
        self._holding = holding
        self._evaluate = evaluate

    def made(self, ready: Ready, asked: Asked) -> Made:
        """The decision; raises ``Invalid`` where the facts cannot be accepted."""
        request, caller = asked.request, asked.caller
        found = self._gathering.gathered(ready, request, caller, asked.as_of, recall=True)
        evaluation = self._evaluate(ready, found.facts, asked.as_of)
        decision = Decision(
            id=asked.id,
            evaluation=evaluation,
            decided_at=asked.at,
            requested_by=caller.name,
            role=caller.role,
            customer=request.customer,
            reference=request.reference,
            asked_by=caller.asked_by,
            replaces=request.replaces,
        )
        filled = found.filled
        document = decision_document(decision, found.recalled, filled.origins, filled.entered_by)
        return Made(caller, evaluation, document, self._recordings(asked, decision, document, filled.held))

    def _recordings(
        self, asked: Asked, decision: Decision, document: Mapping[str, Any], held: Mapping[str, Any]
    ) -> tuple[Recording, ...]:
        evaluation = decision.evaluation
        files = self._holding.of_decision(decision.id, evaluation.ruleset, document, held)
        first = of_decision(decision, document, asked.caller, asked.claim, files)
        failure = evaluation.failure
        if failure is None or failure.code not in (ENGINE_DISAGREEMENT, ENGINE_FAILED):
            return (first,)
        return first, of_doubt(asked.doubt, asked.at, decision, failure)
