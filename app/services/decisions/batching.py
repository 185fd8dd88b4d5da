"""Batching: many requests to as many decisions, by a function that any process can run.

All that a decision takes is in the batch: whoever makes it has read what is filed, measured and was decided
before. What comes back waits to be recorded. Nothing is kept between batches but compiled rulesets, so that a
batch gives the same whoever runs it, and however often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from operator import attrgetter
from typing import Any, NamedTuple

from app.domain.audit import IdempotencyClaim, Recording
from app.domain.customer_file import Held
from app.domain.customer_rules import CustomerRules
from app.domain.decision import Evaluation
from app.domain.errors import Problem, TermwiseError
from app.domain.signals import Signal
from app.domain.values import Value, Values
from app.engine.compiled import Engines
from app.services.customers.enriching import Enriching
from app.services.customers.holding import Holding
from app.services.decisions.gathering import Gathering
from app.services.decisions.lately import OnOthers
from app.services.decisions.making import Asked, Made, Making
from app.services.policies import Ready
from schemas.decisions import sealed_bytes
from schemas.ruleset import load


class Filed(NamedTuple):
    """What the customer file holds of one customer on the day, and what happened to it."""

    held: Mapping[str, Held]
    signals: Sequence[Signal]


NOTHING_FILED = Filed({}, ())


class OnReference(NamedTuple):
    """What was decided on a reference as of a day."""

    reference: str
    day: date
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests to one ruleset. ``measured`` has the measures of each, in their order.

    ``filed`` is by customer; ``earlier`` has outputs of earlier decisions, oldest first, by what they are
    recalled by and its name, None where they were erased. ``told`` names what is told of each decision.
    ``lately`` has, by customer, the last decisions on its references that gave an output of ``shared``: their
    reference, day and outputs, oldest first; those that the batch itself makes are added as they are made.
    ``claimed_by`` makes the claims of decisions: each under its request's reference, or its customer without
    one, with the SHA-256 of its facts, wherever they came from.
    """

    digest: str
    asked: Sequence[Asked]
    measured: Sequence[Mapping[str, Value]]
    filed: Mapping[str, Filed] = field(default_factory=dict)
    earlier: Mapping[tuple[str, str], Sequence[Mapping[str, Any]] | None] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    claimed_by: tuple[str, str] | None = None
    lately: Mapping[str, Sequence[OnReference]] = field(default_factory=dict)


class Decided(NamedTuple):
    """What waits to be recorded, and what was asked to be told of it, in JSON's terms."""

    recordings: tuple[Recording, ...]
    outcome: str
    told: Mapping[str, Any]
    facts_sha256: bytes


class NotDecided(NamedTuple):
    """A request that was refused, and why."""

    message: str
    problems: tuple[Problem, ...]


class _Given:
    """The file, measures and earlier decisions of one batch; ``measured`` is of the request at hand."""

    def __init__(self) -> None:
        self.batch = Batch("", (), ())
        self.measured: Mapping[str, Value] = {}
        self.made: dict[str, list[OnReference]] = {}
        self.places: dict[str | None, int] = {}

    def begin(self, batch: Batch) -> None:
        self.batch, self.made = batch, {}
        references = (asked.request.reference for asked in batch.asked)
        self.places = {reference: place for place, reference in enumerate(references)}

    def lately(self, asked: OnOthers) -> list[Mapping[str, Any]]:
        """On one day, what stands behind a request in the batch does not bear on it, recorded or not."""
        known = (*self.batch.lately.get(asked.customer, ()), *self.made.get(asked.customer, ()))
        own = self.places[asked.besides]
        fitting = [
            one
            for one in known
            if one.reference != asked.besides
            and asked.since <= one.day <= asked.until
            and (one.day < asked.until or self.places.get(one.reference, -1) < own)
        ]
        return [one.outputs for one in sorted(fitting, key=attrgetter("day"))]

    def held(self, customer: str, day: date, /) -> Mapping[str, Held]:  # noqa: ARG002
        return self.batch.filed.get(customer, NOTHING_FILED).held

    def signals(self, customer: str, until: date, /) -> Sequence[Signal]:  # noqa: ARG002
        return self.batch.filed.get(customer, NOTHING_FILED).signals

    def measures(self, customer: str, day: date, held: Mapping[str, Any]) -> Mapping[str, Value]:  # noqa: ARG002
        return self.measured

    def earlier(
        self,
        policy: str,  # noqa: ARG002
        by: str,
        whose: str,
        before: date,  # noqa: ARG002
    ) -> Sequence[Mapping[str, Any]] | None:
        return self.batch.earlier.get((by, whose), ())


class Batching:
    """Decides batches. ``texts`` are the rulesets by digest, ``rules`` says what fills the file."""

    def __init__(self, texts: Mapping[str, bytes], rules: CustomerRules) -> None:
        self._texts = texts
        self._ready: dict[str, Ready] = {}
        self._engines = Engines()
        self._given = _Given()
        self._shared = rules.shared
        enriching = Enriching(rules, self._given, self._given.measures)
        gathering = Gathering(self._given.earlier, enriching, rules.shared, self._given.lately)
        self._making = Making(gathering, Holding(rules, self._given), self._evaluated)

    def decided(self, batch: Batch) -> list[Decided | NotDecided]:
        """One for each request, in order."""
        ready = self._ready_for(batch.digest)
        self._given.begin(batch)
        found: list[Decided | NotDecided] = []
        for asked, self._given.measured in zip(batch.asked, batch.measured, strict=True):
            try:
                made = self._making.made(ready, asked)
                self._remember(ready, asked, made)
                found.append(_told(batch, asked, made))
            except TermwiseError as error:
                found.append(NotDecided(error.message, error.problems))
        return found

    def _remember(self, ready: Ready, asked: Asked, made: Made) -> None:
        """What bears on the customer's other references in this batch."""
        request = asked.request
        if ready.ruleset.policy in self._shared and request.customer is not None and request.reference:
            one = OnReference(request.reference, asked.as_of, made.document["outputs"])
            self._given.made.setdefault(request.customer, []).append(one)

    def _evaluated(self, ready: Ready, facts: Values, as_of: date) -> Evaluation:
        with self._engines.get(ready.ruleset) as engine:
            return ready.plan.evaluate(engine.matcher, facts, as_of)

    def _ready_for(self, digest: str) -> Ready:
        if digest not in self._ready:
            self._ready[digest] = Ready(load(self._texts[digest]))
        return self._ready[digest]


def facts_sha256(document: Mapping[str, Any]) -> bytes:
    """The SHA-256 of everything that was decided on."""
    return sha256(sealed_bytes(document["facts"])).digest()


def told_of(document: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What a decision says under these names of facts, calculated values and outputs; None is nothing."""
    said = {**document["facts"], **document["derived"], **document["outputs"]}
    return {name: said.get(name) for name in names}


def _told(batch: Batch, asked: Asked, made: Made) -> Decided:
    document, recordings = made.document, made.recordings
    sha = facts_sha256(document)
    if batch.claimed_by is not None:
        principal, key = batch.claimed_by
        request, policy = asked.request, made.evaluation.ruleset.policy
        whose = request.customer if request.reference is None else request.reference
        claim = IdempotencyClaim(principal, policy, f"{key}:{whose}", sha)
        recordings = (replace(recordings[0], idempotency=claim), *recordings[1:])
    return Decided(recordings, document["outcome"], told_of(document, batch.told), sha)


_deciding: list[Batching] = []
"""What this process decides with, once it has begun."""


def begin(texts: Mapping[str, bytes], rules: CustomerRules) -> None:
    """Make this process ready for batches."""
    _deciding[:] = [Batching(texts, rules)]


def decided(batch: Batch) -> list[Decided | NotDecided]:
    """What ``Batching.decided`` finds, in a process that has begun."""
    return _deciding[-1].decided(batch)
