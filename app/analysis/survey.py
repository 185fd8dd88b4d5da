"""Walks the steps of a ruleset once and lays each match step out as a grid over the values it can meet.

What a step yields decides what the steps below it can meet: a grade that no row
gives is no value of the grade, and an output that every way through a table
sets is never unknown behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.analysis.geometry.covering import Covering
from app.analysis.geometry.grid import Grid
from app.analysis.geometry.work import TooMuch, Work
from app.analysis.possible.context import PATIENCE, Context, Known
from app.analysis.possible.contributions import aggregated, contributed
from app.analysis.possible.extents import KNOWN, UNKNOWN, Bound, Extent, as_number, exactly, of_type
from app.analysis.possible.formulas import extent
from app.domain.rules import (
    AS_OF,
    OUTCOME,
    Formula,
    HitPolicy,
    MatchStep,
    Reference,
    Rule,
    RuleList,
    Scorecard,
    Table,
)  # fmt: skip
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, ValueType

CERTAINTY_WORK = 20_000
_SINGLE = (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One match step; ``grid`` is None where the step is more than can be laid out."""

    step: MatchStep
    number: int
    grid: Grid | None


def survey(ruleset: Ruleset) -> list[Surveyed]:
    """The match steps in order, each over the extents that hold where it is read."""
    return list(_Survey(ruleset).steps())


class _Survey:
    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._known = Known(ruleset)
        self._extents = self._known.extents
        self._extents[AS_OF] = of_type(ValueType(Kind.DATE), KNOWN)
        self._extents[OUTCOME] = exactly(ruleset.otherwise)
        for name, parameter in ruleset.parameters.items():
            self._extents[name] = exactly(parameter.value)
        for name, fact in ruleset.facts.items():
            low, high = as_number(fact.minimum), as_number(fact.maximum)
            self._extents[name] = of_type(fact.type, Extent(low, high, unknown=fact.unknown_allowed))
        for name in ruleset.outputs:
            self._extents[name] = UNKNOWN

    def steps(self) -> Iterator[Surveyed]:
        number = 0
        for step in self._ruleset.steps:
            if isinstance(step, Formula):
                self._calculate(step)
                continue
            grid = self._laid_out(step, number)
            yield Surveyed(step, number, grid)
            if isinstance(step, Scorecard):
                self._extents[step.name] = _score(step)
            else:
                self._contribute(step, grid)
            number += 1

    def _laid_out(self, step: MatchStep, number: int) -> Grid | None:
        try:
            return Grid(step, number, self._ruleset.types, self._extents)
        except TooMuch:
            return None

    def _calculate(self, formula: Formula) -> None:
        self._known.patience = PATIENCE
        found = of_type(formula.type, extent(formula.expression, Context(self._known)))
        self._extents[formula.name] = found
        self._known.formulas[formula.name] = formula
        if formula.output:
            self._add(formula.output, [found], certain=not found.unknown)

    def _add(self, output: str, given: Sequence[Extent], *, certain: bool) -> None:
        declared = self._ruleset.outputs[output]
        self._extents[output] = contributed(self._extents[output], given, declared.combine, certain=certain)

    def _contribute(self, step: Table | RuleList, grid: Grid | None) -> None:
        possible = {i: rule for i, rule in enumerate(step.rules) if grid is None or not grid.impossible(i)}
        outcomes = {rule.outcome for rule in possible.values() if rule.outcome}
        words = (self._extents[OUTCOME].words or frozenset()) | outcomes
        self._extents[OUTCOME] = Extent(words=words)
        given: dict[str, dict[int, Extent]] = {}
        for i, rule in possible.items():
            for one in rule.then:
                given.setdefault(one.output, {})[i] = self._given(one.value)
        after = {}
        for output, by_rule in given.items():
            certain = self._certain(step, grid, possible, by_rule)
            if isinstance(step, Table) and step.aggregate:
                whole = aggregated(step.aggregate, list(by_rule.values()), certain=certain)
                after[output] = ([whole], not whole.unknown)
            else:
                after[output] = (list(by_rule.values()), certain)
        for output, (several, certain) in after.items():
            self._add(output, several, certain=certain)

    def _given(self, value: Value) -> Extent:
        return self._extents[value.name] if isinstance(value, Reference) else exactly(value)

    def _certain(
        self,
        step: Table | RuleList,
        grid: Grid | None,
        possible: Mapping[int, Rule],
        given: Mapping[int, Extent],
    ) -> bool:
        """Whether the step contributes to an output whatever the values."""
        always = [i for i, one in given.items() if not one.unknown]
        if grid is None or not always or (step.hit_policy in _SINGLE and len(always) < len(possible)):
            return False
        try:
            return Covering(grid, sum(1 << i for i in always), grid.whole, Work(CERTAINTY_WORK)).complete
        except TooMuch:
            return False


def _score(card: Scorecard) -> Extent:
    """The least and the most points; with ``scale`` a score is a share of it where no points are negative."""
    points = [[rule.points or 0 for rule in one.rules] for one in card.characteristics]
    low, high = (Fraction(sum(pick(one) for one in points)) for pick in (min, max))
    unknown = False
    if card.scale is not None:
        negative = any(one < 0 for several in points for one in several)
        low_bound: Bound = None if negative else Fraction(0)
        unknown = all(any(rule.skip for rule in one.rules) for one in card.characteristics)
        return of_type(card.type, Extent(low_bound, Fraction(card.scale), unknown=unknown))
    return of_type(card.type, Extent(low, high, unknown=unknown))
