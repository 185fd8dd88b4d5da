"""Which facts a name hangs on, and what its formulas compare: where a search may usefully pull."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.domain import expressions as tree
from app.domain.rules import AS_OF, OUTCOME, Formula, HitPolicy, Reference, Rule, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.values import Value


class Giver(NamedTuple):
    """A rule that gives something, and the rules of its step that would go before it."""

    rule: Rule
    before: tuple[Rule, ...] = ()


class Reading:
    """What every name of a ruleset is made from; steps are not told apart, so it may name too much."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.formulas = {one.name: one for one in ruleset.steps if isinstance(one, Formula)}
        self.givers: dict[str, list[Giver]] = {}
        self._reads: dict[str, set[str]] = {}
        self._slices: dict[str, tuple[str, ...]] = {}
        for step in ruleset.steps:
            self._take(step)

    def facts_behind(self, name: str) -> tuple[str, ...]:
        """The facts, and ``as_of``, that the name is made from, those read most directly first."""
        if name not in self._slices:
            found: dict[str, None] = {name: None}
            for one in found_as_it_grows(found):
                found.update(dict.fromkeys(sorted(self._reads.get(one, ()))))
            facts = [one for one in found if one in self.ruleset.facts]
            self._slices[name] = (*facts, AS_OF) if AS_OF in found else tuple(facts)
        return self._slices[name]

    def comparisons(self, name: str, depth: int = 3) -> Iterator[tree.Comparison]:
        """The comparisons of a formula and of those it reads."""
        formula = self.formulas.get(name)
        if formula is None or not depth:
            return
        yield from comparisons_in(formula.expression)
        for read in tree.names_read(formula.expression):
            yield from self.comparisons(read, depth - 1)

    def constant(self, node: tree.Expression) -> Value:
        """The value of a constant or parameter, None of anything else."""
        if isinstance(node, tree.Constant):
            return node.value
        if isinstance(node, tree.Name) and node.name in self.ruleset.parameters:
            return self.ruleset.parameters[node.name].value
        return None

    def _take(self, step: Formula | Table | RuleList | Scorecard) -> None:
        if isinstance(step, Formula):
            self._read(step.name, tree.names_read(step.expression))
            if step.output:
                self._read(step.output, (step.name,))
            return
        if isinstance(step, Scorecard):
            self._read(step.name, (one.fact for one in step.characteristics))
            return
        first = step.hit_policy is HitPolicy.FIRST
        for number, rule in enumerate(step.rules):
            giver = Giver(rule, step.rules[:number] if first else ())
            names = [one.name for one in rule.when if not one.test.irrelevant]
            if rule.outcome:
                self.givers.setdefault(OUTCOME, []).append(giver)
                self._read(OUTCOME, names)
            for given in rule.then:
                self.givers.setdefault(given.output, []).append(giver)
                self._read(given.output, [*names, *_references(given.value)])

    def _read(self, name: str, names: Iterator[str] | tuple[str, ...] | list[str]) -> None:
        self._reads.setdefault(name, set()).update(names)


def found_as_it_grows(found: Mapping[str, None]) -> Iterator[str]:
    """Every key, those added on the way too."""
    done = 0
    while done < len(found):
        for one in list(found)[done:]:
            done += 1
            yield one


def _references(value: Value) -> Iterator[str]:
    if isinstance(value, Reference):
        yield value.name
    elif isinstance(value, dict):
        for part in value.values():
            yield from _references(part)


def comparisons_in(node: tree.Expression) -> Iterator[tree.Comparison]:
    """The comparisons of an expression, each before those within it."""
    if isinstance(node, tree.Comparison):
        yield node
    for part in tree.parts(node):
        yield from comparisons_in(part)
