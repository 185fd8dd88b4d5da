"""Cases of two versions, each decided by both: which of them are answered otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.values import Value, Values

Carry: TypeAlias = Callable[[Values], Values | str]
"""Facts of one version as the other reads them, or why it cannot."""


@dataclass(frozen=True, slots=True)
class Side:
    """One version, ready to decide; ``carry`` brings the other version's facts over to it."""

    plan: Plan
    matcher: Matcher
    carry: Carry


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as far as it is compared; ``outputs`` are those that somebody contributed to."""

    outcome: str
    reasons: tuple[str, ...]
    outputs: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """A case and both answers. ``of`` is ``before``, ``after`` or ``both``: which version has such a case.

    Where one version cannot read the facts, its answer is None and ``not_comparable`` says why.
    """

    name: str
    of: str
    before: Told | None
    after: Told | None
    not_comparable: str | None = None


def differing_cases(before: Side, after: Side) -> Iterator[CaseDifference]:
    """The baseline and every case of either version, where the two versions answer otherwise."""
    old, new = _samples(before.plan), _samples(after.plan)
    for name, (facts, day) in new.items():
        yield from _compared(
            name, "both" if old.get(name) == (facts, day) else "after", after, before, facts, day
        )
    for name, (facts, day) in old.items():
        if new.get(name) != (facts, day):
            yield from _compared(name, "before", before, after, facts, day)


def _samples(plan: Plan) -> dict[str, tuple[Values, date]]:
    ruleset = plan.ruleset
    found: dict[str, tuple[Values, date]] = {"": (ruleset.baseline, ruleset.baseline_as_of)}
    found.update({one.name: ({**ruleset.baseline, **one.given}, one.as_of) for one in ruleset.cases})
    return found


def _compared(
    name: str, of: str, own: Side, other: Side, facts: Values, day: date
) -> Iterator[CaseDifference]:
    """``own`` is the version that the facts are of."""
    told = told_by(own.plan.evaluate(own.matcher, facts, day))
    carried = other.carry(facts)
    if isinstance(carried, str):
        yield _difference(name, of, told, None, carried)
        return
    others = told_by(other.plan.evaluate(other.matcher, carried, day))
    if told != others:
        yield _difference(name, of, told, others)


def _difference(name: str, of: str, own: Told, other: Told | None, why: str | None = None) -> CaseDifference:
    before, after = (own, other) if of == "before" else (other, own)
    return CaseDifference(name, of, before, after, why)


def told_by(evaluation: Evaluation) -> Told:
    """An evaluation as far as it is compared."""
    outputs = {name: value for name, value in evaluation.outputs.items() if value not in (None, ())}
    return Told(evaluation.outcome, tuple(one.code for one in evaluation.reasons), outputs)
