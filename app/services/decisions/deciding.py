"""Deciding: facts in, decision out, and no answer before its audit entry is durable.

The only conductor of a decision. Its steps are those of the house: the ruleset
in force, typed facts, the walk with both engines, one recording, the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.audit import AlreadyClaimed, IdempotencyClaim
from app.domain.decision import Evaluation
from app.domain.errors import TermwiseError
from app.domain.instants import utc_text
from app.domain.requests import Caller, DecisionRequest
from app.domain.values import Value
from app.ledger.leaf import leaf_hash
from app.services.customers.holding import Holding
from app.services.decisions.asking import check_decision, check_reach, check_simulation
from app.services.decisions.gathering import Gathering
from app.services.decisions.making import Asked, Made, Making
from app.services.decisions.records import about, of_simulation
from app.services.policies import Policies, Ready
from app.services.recording import Recorder
from app.services.referrals.replacing import Replacing
from schemas.decisions import document_of, evaluation_document

BATCH_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller gets: ``replayed`` when it is the stored answer to the same request made before."""

    id: UUID | None
    body: dict[str, Any]
    replayed: bool = False


class Item(NamedTuple):
    """One of many; ``claim`` lets a repeated run skip what is decided, ``caller`` is not the batch's own."""

    request: DecisionRequest
    claim: IdempotencyClaim | None = None
    caller: Caller | None = None


_Tried: TypeAlias = Made | Answer | TermwiseError


class Deciding:
    """Decides and simulates.

    ``now`` gives UTC, ``new_id`` an id at that instant; ``zone`` says which day it is; ``receipt`` signs.
    """

    def __init__(
        self,
        policies: Policies,
        recorder: Recorder,
        gathering: Gathering,
        holding: Holding,
        replacing: Replacing,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
        zone: ZoneInfo,
        receipt: Callable[[bytes], str],
        count: Callable[[Evaluation], None] = lambda evaluation: None,
    ) -> None:
        self._policies = policies
        self._recorder = recorder
        self._gathering = gathering
        self._holding = holding
        self._replacing = replacing
        self._making = Making(gathering, holding, self._evaluated)
        self.now = now
        self._new_id = new_id
        self._zone = zone
        self._receipt = receipt
        self._count = count

    def decide(
        self, policy: str, request: DecisionRequest, caller: Caller, claim: IdempotencyClaim | None = None
    ) -> Answer:
        """The recorded decision. With a ``claim``, a repeat of the same request gets the stored answer.

        Raises ``NotFound``, ``Invalid``, ``Refused``, and ``Unavailable`` when it could not be recorded.
        """
        if claim is not None and (stored := self._stored(claim, caller)) is not None:
            return stored
        at = self.now()
        ready = self._policies.in_force(policy, at)
        (answer,) = self._recorded(ready, [self._made(ready, at, Item(request, claim), caller)])
        if isinstance(answer, TermwiseError):
            raise answer
        return answer

    def decide_many(
        self, policy: str, items: Iterable[Item], caller: Caller
    ) -> Iterator[Answer | TermwiseError]:
        """One answer or error an item, in order, by the version in force when its turn comes."""
        ready = self._policies.in_force(policy, self.now())
        chunk: list[_Tried] = []
        pending: set[str | None] = set()
        for item in items:
            at = self.now()
            try:
                found = self._policies.in_force(policy, at)
            except TermwiseError as error:
                chunk.append(error)
                continue
            about = self._depends_on(found, item.request)
            if len(chunk) >= BATCH_CHUNK or pending & about or found is not ready:
                yield from self._recorded(ready, chunk)
                ready, chunk, pending = found, [], set()
            chunk.append(self._attempt(ready, at, item, caller))
            pending |= about
        yield from self._recorded(ready, chunk)

    def simulate(self, policy: str, request: DecisionRequest, caller: Caller) -> Answer:
        """The same schema, engines and answer, but no decision: no id and nothing recalled from or for later.

        An entry of its own says who asked what. Raises ``Refused`` for a version or a customer that is not
        the caller's to ask about.
        """
        at = self.now()
        check_simulation(request, caller, self._recorder.reaches)
        if request.version is None:
            ready = self._policies.in_force(policy, request.ruleset_as_of or at)
        else:
            ready = self._policies.version(policy, request.version)
        as_of = request.as_of or self._today(at)
        asking = replace(caller, may_give_any=True) if caller.any_version else caller  # tries rules out
        found = self._gathering.gathered(ready, request, asking, as_of, recall=False)
        evaluation = self._evaluated(ready, found.facts, as_of)
        document = {
            **evaluation_document(evaluation),
            "origins": found.filled.origins,
            "customer": request.customer,
            "reference": request.reference,
        }
        self._recorder.record(of_simulation(self._new_id(at), at, evaluation, document, caller))
        about = {"simulated_at": utc_text(at), "customer": request.customer, "reference": request.reference}
        return Answer(None, ready.presenter.answer(document, caller.view, **about))

    def _attempt(self, ready: Ready, at: datetime, item: Item, caller: Caller) -> _Tried:
        caller = item.caller or caller
        try:
            if item.claim is not None and (stored := self._stored(item.claim, caller)) is not None:
                return stored
            return self._made(ready, at, item, caller)
        except TermwiseError as error:
            return error

    def _recorded(self, ready: Ready, chunk: Sequence[_Tried]) -> Iterator[Answer | TermwiseError]:
        made = [one for one in chunk if isinstance(one, Made)]
        outcomes = iter(self._recorder.record_many([entry for one in made for entry in one.recordings]))
        for one in chunk:
            if not isinstance(one, Made):
                yield one
                continue
            outcome, *_ = [next(outcomes) for _ in one.recordings]
            if isinstance(outcome, AlreadyClaimed):
                yield self._settled(outcome, one.recordings[0].idempotency, one.caller)
            elif isinstance(outcome, TermwiseError):
                yield outcome
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                yield self._answer(ready, one, outcome.leaf_hash)

    def _made(self, ready: Ready, at: datetime, item: Item, caller: Caller) -> Made:
        request = item.request
        today = self._today(at)
        as_of = request.as_of or today
        check_decision(request, caller, today)
        check_reach(request, caller, lambda name: self._holding.knows(name, as_of), self._recorder.reaches)
        ids = (self._new_id(at), self._new_id(at))
        replaced = self._replacing.waiting(ready.ruleset.policy, request, caller, at)
        made = self._making.made(ready, Asked(request, caller, at, as_of, *ids, item.claim))
        if replaced is None:
            return made
        withdrawal = self._replacing.withdrawal(replaced, made.id, caller, at)
        return made._replace(recordings=(*made.recordings, withdrawal))

    def _depends_on(self, ready: Ready, request: DecisionRequest) -> set[str | None]:
        """The references and customers of which an earlier decision bears on this one."""
        policy = ready.ruleset.policy
        of_customer = self._holding.writes(policy) or self._gathering.shares(policy)
        by = {*ready.recalls, *(["customer"] if of_customer else [])}
        return {getattr(request, one) for one in by} - {None}

    def _evaluated(self, ready: Ready, facts: Mapping[str, Value], as_of: date) -> Evaluation:
        with self._policies.engine(ready) as engine:
            evaluation = ready.plan.evaluate(engine.matcher, facts, as_of)
        self._count(evaluation)
        return evaluation

    def _today(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _answer(self, ready: Ready, made: Made, leaf: bytes) -> Answer:
        told = about(made.id, made.document, made.caller.view, self._receipt(leaf))
        return Answer(made.id, ready.presenter.answer(made.document, made.caller.view, **told))

    def _stored(self, claim: IdempotencyClaim, caller: Caller) -> Answer | None:
        """The answer that this request got before, if it did."""
        stored = self._recorder.answered(claim)
        if stored is None:
            return None
        id, document = stored.entry.id, document_of(self._recorder.unsealed(stored.entry))
        presenter = self._policies.by_digest(stored.index.digest).presenter
        told = about(id, document, caller.view, self._receipt(leaf_hash(stored.entry.leaf)))
        return Answer(id, presenter.answer(document, caller.view, **told), replayed=True)

    def _settled(
        self, twin: AlreadyClaimed, claim: IdempotencyClaim | None, caller: Caller
    ) -> Answer | TermwiseError:
        """What the later of two requests under one key gets: the first one's answer, if it is a repeat."""
        if not twin.same_body or claim is None:
            return twin
        return self._stored(claim, caller) or twin
