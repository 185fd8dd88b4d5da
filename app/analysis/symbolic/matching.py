"""Match steps on symbols: which rules hold, which of them count, and when they contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.analysis.geometry.grid import Grid
from app.analysis.symbolic.cells import meets
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.symbols import Lines, Symbol, constant, equal, nothing
from app.analysis.symbolic.terms import Term
from app.domain.hit_policies import EVERY, priority
from app.domain.matching import rule_numbers
from app.domain.rules import OUTCOME, HitPolicy, MatchStep, Reference, Rule, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import UnaryTest
from app.domain.values import Kind, Value, ValueType

Names = Mapping[str, Symbol]
Effect = Mapping[str, Symbol]
Grids = Callable[[int], Grid | None]
"""A match step laid out, by its number; asked only where pairs of rules matter."""


@dataclass(frozen=True, slots=True)
class Matched:
    """One match step: ``alive`` where no earlier step stopped the walk.

    ``holds`` and ``effective`` are by the number of the rule; ``order`` are the numbers in the order of
    contributing; ``conflict`` is where the hit policy is violated. ``apart`` tells that no two rules are
    ever effective together.
    """

    step: MatchStep
    number: int
    alive: Term
    names: Names
    holds: tuple[Term, ...]
    effective: tuple[Term, ...]
    order: tuple[int, ...]
    conflict: Term
    apart: bool


class Matching:
    """Says which rules of a step hold and count. ``grids`` spare it pairs that never hold together."""

    def __init__(self, terms: Terms, ruleset: Ruleset, grids: Grids) -> None:
        self._terms = terms
        self._ruleset = ruleset
        self._grids = grids

    def matched(
        self, step: MatchStep, number: int, alive: Term, names: Names, effects: Sequence[Effect]
    ) -> Matched:
        """The step, over what its names can be. ``effects`` are what its rules would contribute."""
        terms = self._terms
        holds = [
            terms.every(self._meets(names[one.name], one.test) for one in rule.when) for rule in step.rules
        ]
        if isinstance(step, Scorecard):
            conflict = self._bands(step, number, holds)
            every = tuple(range(len(holds)))
            return Matched(step, number, alive, names, tuple(holds), tuple(holds), every, conflict, False)
        order = self._order(step)
        effective, conflict = self._effective(step, number, holds, order, effects)
        apart = step.hit_policy not in (*EVERY, HitPolicy.OUTPUT_ORDER)
        return Matched(step, number, alive, names, tuple(holds), effective, order, conflict, apart)

    def _meets(self, symbol: Symbol, test: UnaryTest) -> Term:
        """Whether a test holds; asked once of each symbol, also where several rulesets ask."""
        if test.irrelevant:
            return self._terms.true
        key = (id(symbol), test)
        if key not in self._terms.met:
            self._terms.met[key] = (
                symbol,
                meets(self._terms, symbol, test),
            )  # kept, so that its id stays its own
        found: Term = self._terms.met[key][1]
        return found

    def _order(self, step: Table | RuleList) -> tuple[int, ...]:
        numbers = range(len(step.rules))
        if step.hit_policy not in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
            return tuple(numbers)
        outputs = step.outputs if isinstance(step, Table) else (OUTCOME, *self._ruleset.outputs)
        ranks = [priority(self._ruleset, outputs, rule) for rule in step.rules]
        return tuple(sorted(numbers, key=ranks.__getitem__))

    def _effective(
        self,
        step: Table | RuleList,
        number: int,
        holds: Sequence[Term],
        order: Sequence[int],
        effects: Sequence[Effect],
    ) -> tuple[tuple[Term, ...], Term]:
        terms, policy = self._terms, step.hit_policy
        if policy in (*EVERY, HitPolicy.OUTPUT_ORDER):
            return tuple(holds), terms.false
        if policy is HitPolicy.UNIQUE:
            return tuple(holds), self._together(number, holds)
        found, before = list(holds), terms.false
        for i in order:
            found[i] = terms.both(holds[i], terms.no(before))
            before = terms.either(before, holds[i])
        conflict = terms.false
        if policy is HitPolicy.ANY:
            conflict = terms.some(
                terms.both(holds[i], holds[j], self._differ(step, i, j, effects))
                for i, j in self._pairs(number, holds)
            )
        return tuple(found), conflict

    def _differ(self, step: Table | RuleList, i: int, j: int, effects: Sequence[Effect]) -> Term:
        terms = self._terms
        first, second = step.rules[i], step.rules[j]
        if first.outcome != second.outcome or effects[i].keys() != effects[j].keys():
            return terms.true
        if first.then == second.then:
            return terms.false
        pairs = [(effects[i][name], effects[j][name]) for name in effects[i]]
        return terms.some(terms.no(equal(terms, one, other)) for one, other in pairs)

    def _pairs(self, number: int, holds: Sequence[Term]) -> list[tuple[int, int]]:
        grid = self._grids(number)
        if grid is None:
            return [(i, j) for j in range(len(holds)) for i in range(j)]
        found = []
        for i in range(len(holds)):
            meeting = grid.meeting(grid.boxes[i]) if all(grid.boxes[i]) else 0
            found += [(i, j) for j in rule_numbers(meeting >> i + 1 << i + 1)]
        return found

    def _together(self, number: int, holds: Sequence[Term]) -> Term:
        """Whether any two hold together."""
        terms = self._terms
        pairs = self._pairs(number, holds)
        if len(pairs) <= 4 * len(holds):
            return terms.some(terms.both(holds[i], holds[j]) for i, j in pairs)
        seen, twice = terms.false, terms.false
        for one in holds:
            twice = terms.either(twice, terms.both(seen, one))
            seen = terms.either(seen, one)
        return twice

    def _bands(self, card: Scorecard, number: int, holds: Sequence[Term]) -> Term:
        """Whether for any characteristic not exactly one band holds."""
        terms, wrong, position = self._terms, [], 0
        for characteristic in card.characteristics:
            count = len(characteristic.rules)
            if not self._partition(number, characteristic.fact, position, count):
                several = holds[position : position + count]
                seen, twice = terms.false, terms.false
                for one in several:
                    twice = terms.either(twice, terms.both(seen, one))
                    seen = terms.either(seen, one)
                wrong.append(terms.either(terms.no(seen), twice))
            position += count
        return terms.some(wrong)

    def _partition(self, number: int, fact: str, position: int, count: int) -> bool:
        grid = self._grids(number)
        if grid is None:
            return False
        columns = [one for one in grid.columns if one.name == fact]
        group = (1 << count) - 1 << position
        return len(columns) == 1 and all((place.rows & group).bit_count() == 1 for place in columns[0].places)


def effect_of(terms: Terms, rule: Rule, names: Names, types: Mapping[str, ValueType]) -> Effect:
    """What a rule contributes to each output that it names."""
    return {one.output: given(terms, one.value, names, types[one.output]) for one in rule.then}


def given(terms: Terms, value: Value, names: Names, kind: ValueType) -> Symbol:
    """A constant, the value of a name, or a record of either."""
    if isinstance(value, Reference):
        return names[value.name]
    if isinstance(value, dict):
        line = {name: given(terms, part, names, kind.fields[name]) for name, part in value.items()}
        return Lines(terms.true, ((terms.true, line),))
    if value is None:
        return nothing(terms, kind)
    if kind.kind is Kind.RECORDS:
        several = [given(terms, one, names, kind) for one in value]
        return Lines(
            terms.true, tuple(line for one in several if isinstance(one, Lines) for line in one.lines)
        )
    return constant(terms, value, kind.kind)
