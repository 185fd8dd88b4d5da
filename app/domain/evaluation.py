"""Walks the steps of a ruleset with a Matcher it is given: facts in, evaluation out.

The walk is a pure function of ruleset, facts and date; the matcher only says
which rules hold. Any doubt of the matcher, and any conflict between rules,
stops the walk and becomes a referral: it never becomes an automatic answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

from app.domain.combining import check_totals
from app.domain.decision import RULES_CONFLICT, Evaluation, Failure, conclude
from app.domain.hit_policies import Conflict
from app.domain.matching import Matcher, NoAnswer
from app.domain.rules import AS_OF, OUTCOME, Formula, MatchStep, Scorecard
from app.domain.ruleset import Ruleset
from app.domain.steps import FormulaWalk, MatchWalk, ScorecardWalk, Walk
from app.domain.values import Value, Values


class Watcher(Protocol):
    """Told of every match step as it is walked, with the values it saw; explanations watch."""

    def __call__(self, step: MatchStep, values: Values) -> None: ...


class Plan:
    """A ruleset made ready to be walked many times; immutable and safe between threads."""

    __slots__ = ("ruleset", "_start", "_totals", "_walks")

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        # With a place for every fact: filling a copy is quicker than letting one grow.
        self._start: dict[str, Value] = dict.fromkeys((AS_OF, *ruleset.facts, *ruleset.outputs))
        self._start.update((name, one.value) for name, one in ruleset.parameters.items())
        self._start[OUTCOME] = ruleset.otherwise
        self._totals = [output for output in ruleset.outputs.values() if output.total]
        self._walks: list[Callable[[Walk], None]] = []
        number = 0
        for step in ruleset.steps:
            if isinstance(step, Formula):
                self._walks.append(FormulaWalk(ruleset, step).walk)
                continue
            if isinstance(step, Scorecard):
                self._walks.append(ScorecardWalk(step, number).walk)
            else:
                self._walks.append(MatchWalk(ruleset, step, number).walk)
            number += 1

    def evaluate(
        self,
        matcher: Matcher,
        facts: Values,
        as_of: date,
        *,
        forced: Mapping[str, Value] | None = None,
        watcher: Watcher | None = None,
    ) -> Evaluation:
        """What the ruleset says about ``facts`` (complete: one entry a declared fact) on ``as_of``.

        ``forced`` sets derived values for examples of single rules; a decision
        never forces anything.
        """
        values = self._start.copy()
        values.update(facts)
        values[AS_OF] = as_of
        walk = Walk(values, matcher, forced or {}, watcher)
        failure = None
        try:
            for take_step in self._walks:
                take_step(walk)
            for output in self._totals:
                check_totals(output, values[output.name])
        except NoAnswer as doubt:
            failure = Failure(doubt.code, doubt.detail)
        except Conflict as conflict:
            failure = Failure(RULES_CONFLICT, str(conflict))
        return conclude(self.ruleset, facts, as_of, values, walk.held, walk.notes, failure)
