"""Ways forward from some facts under one ruleset: searched exactly, and run by the engines that decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.analysis.alternatives.chain import Chain
from app.analysis.alternatives.ladders import Ladder, ladders
from app.analysis.alternatives.outlook import Outlook
from app.analysis.alternatives.searching import MOST_WORK, Rungs, Search
from app.analysis.alternatives.telling import Telling
from app.analysis.search.reading import Reading
from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.rules import AS_OF
from app.domain.values import Value, Values
from app.domain.ways_forward import Change, Way


@dataclass(frozen=True, slots=True)
class Found:
    """The ways, fewest facts and then least change first; ``changeable`` are the facts that could move.

    ``settled``: the search was finished, and both engines agreed with all that it found.
    """

    ways: tuple[Way, ...]
    changeable: tuple[str, ...]
    settled: bool
    work: int


class Finder:
    """Finds ways forward under one ruleset; holds only what does not hang on the facts.

    ``sensitive`` are the names of which not everybody is told.
    """

    def __init__(self, plan: Plan, sensitive: Collection[str] = ()) -> None:
        self._plan = plan
        self._sensitive = sensitive
        self._chain = Chain(plan.ruleset)
        self._reading = Reading(plan.ruleset)

    def find(
        self,
        unchanged: Evaluation,
        names: Sequence[str],
        bar: int,
        *,
        quick: Matcher,
        sure: Matcher,
        most_work: int = MOST_WORK,
    ) -> Found:
        """The least changes of ``names`` that are milder than the severity ``bar``.

        ``quick`` is asked in the search, ``sure`` about what is found: where it does not say the same, that
        is no way forward, and nothing is settled.
        """
        climb = ladders(self._reading, unchanged.facts, names)
        changeable = tuple(one.spec.name for one in climb)
        if not climb or not bar:
            return Found((), changeable, True, 0)

        def decided(matcher: Matcher, facts: Values) -> Evaluation:
            return self._plan.evaluate(matcher, facts, unchanged.as_of)

        def changed(rungs: Rungs) -> Values:
            return {**unchanged.facts, **_values(climb, rungs)}

        outlook = Outlook(self._chain, _values_of(unchanged), changeable)
        searched = Search(climb, outlook, lambda rungs: decided(quick, changed(rungs)), most_work).below(bar)
        telling = Telling(unchanged, lambda facts: decided(quick, facts), self._sensitive)
        ways, agreed = [], True
        for least in searched.found:
            found = decided(sure, changed(least.rungs))
            if found.failure or found.ruleset.severities[found.outcome] != least.severity:
                agreed = False
                continue
            way = Way(_changes(climb, least.rungs), found, least.steps)
            ways.append(replace(way, tells=telling.of(way)))
        return Found(tuple(ways), changeable, searched.settled and agreed, searched.work)


def _values(climb: Sequence[Ladder], rungs: Rungs) -> dict[str, Value]:
    return {one.spec.name: one.value(rung) for one, rung in zip(climb, rungs, strict=True)}


def _changes(climb: Sequence[Ladder], rungs: Rungs) -> tuple[Change, ...]:
    return tuple(
        Change(one.spec, one.before, one.value(rung)) for one, rung in zip(climb, rungs, strict=True) if rung
    )


def _values_of(evaluation: Evaluation) -> Values:
    """Every name of an evaluation but its outputs, which change on the way."""
    parameters = {name: one.value for name, one in evaluation.ruleset.parameters.items()}
    return {AS_OF: evaluation.as_of, **parameters, **evaluation.derived, **evaluation.facts}
