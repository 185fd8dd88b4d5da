"""A table or list of rules over extents: which rules can be effective, and what they contribute."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from app.analysis.alternatives.cells import Cell
from app.analysis.alternatives.state import UNSET, Hopeless, State
from app.analysis.possible.contributions import aggregated
from app.analysis.possible.extents import (
    ANYTHING,
    KNOWN,
    Extent,
    any_of,
    either,
    exactly,
    least,
    opposite,
    plus,
)
from app.domain.hit_policies import EVERY, priority
from app.domain.rules import OUTCOME, HitPolicy, Reference, Rule, RuleList, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import holds
from app.domain.values import Values

Given: TypeAlias = tuple[str, str | None, Extent | str]
"""What a rule gives to an output: the output, its ``combine``, and the value or the name that has it."""

_BY_RANK = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
_FIRST = (HitPolicy.FIRST, HitPolicy.PRIORITY)  # one that holds is effective unless another goes before it
_ALL = (*EVERY, HitPolicy.OUTPUT_ORDER)


class _Rule(NamedTuple):
    """A rule that can still hold: its tests that can turn out either way, and what it contributes."""

    tests: Sequence[tuple[str, Cell]]
    severity: int
    rank: tuple[int, ...]
    gives: Sequence[Given]


Chosen: TypeAlias = tuple[_Rule, bool]
"""A rule that may hold, or be effective, and whether it must."""


class RulesOutlook:
    """One table or list. A rule that the ``constants`` rule out is not there, nor one behind a sure FIRST."""

    __slots__ = ("yields", "_policy", "_aggregate", "_rules")

    def __init__(self, ruleset: Ruleset, step: Table | RuleList, constants: Values) -> None:
        self._policy = step.hit_policy
        self._aggregate: tuple[str, str, str | None] | None = None
        if isinstance(step, Table) and step.aggregate:
            output = step.outputs[0]
            self._aggregate = step.aggregate, output, ruleset.outputs[output].combine
        columns = step.outputs if isinstance(step, Table) else (OUTCOME, *ruleset.outputs)
        self._rules: list[_Rule] = []
        for rule in step.rules:
            if any(one.name in constants and not holds(one.test, constants[one.name]) for one in rule.when):
                continue
            ready = _ready(ruleset, rule, columns if self._policy in _BY_RANK else (), constants)
            self._rules.append(ready)
            if self._policy is HitPolicy.FIRST and not ready.tests:
                break
        outputs = {output for rule in step.rules for output in (one.output for one in rule.then)}
        self.yields: Collection[str] = {*outputs, OUTCOME}

    def keep(self, needed: Collection[str]) -> Collection[str]:
        """Forget contributions that nothing needs, and rules that then say nothing."""
        narrowed = [
            one._replace(gives=[given for given in one.gives if given[0] in needed]) for one in self._rules
        ]
        if self._policy in EVERY:
            narrowed = [one for one in narrowed if one.gives or one.severity != UNSET]
        self._rules = narrowed
        return {
            *(name for rule in narrowed for name, _ in rule.tests),
            *(value for rule in narrowed for _, _, value in rule.gives if isinstance(value, str)),
        }

    def walk(self, state: State) -> None:
        extents = state.extents
        chosen = self._effective(self._hopeful(state))
        sure = max((rule.severity for rule, must in chosen if must), default=UNSET)
        state.add(sure, (rule.severity for rule, must in chosen if not must))
        if self._aggregate is not None:
            self._gather(*self._aggregate, chosen, extents)
        else:
            for rule, must in chosen:
                for output, combine, value in rule.gives:
                    given = extents[value] if isinstance(value, str) else value
                    extents[output] = contributed(extents[output], given, combine, certain=must)
        extents[OUTCOME] = state.said()

    def _hopeful(self, state: State) -> list[Chosen]:
        """The rules that may hold without making the outcome too strict, first those that go before others.

        That one does not hold may settle another, so they are looked at again until nothing follows any more.
        """
        while True:
            left: list[Chosen] = []
            learnt = False
            for rule, must in self._possible(state.extents):
                counts = not left or self._policy not in _FIRST
                if not counts or rule.severity <= state.severity:
                    left.append((rule, must))
                elif must:
                    raise Hopeless
                else:
                    learnt = _rule_out(rule, state.extents) or learnt
            if not learnt:
                return left

    def _possible(self, extents: dict[str, Extent]) -> list[Chosen]:
        possible = [(rule, must) for rule in self._rules for may, must in [_turns_out(rule, extents)] if may]
        if self._policy in _BY_RANK:
            possible.sort(key=lambda one: one[0].rank)
        return possible

    def _effective(self, possible: list[Chosen]) -> list[Chosen]:
        """The rules that may be effective, in the order of contributing, and whether each must be."""
        if self._policy in _ALL:
            return possible
        first = next((place for place, (_, must) in enumerate(possible) if must), None)
        if first is None:
            return possible
        if self._policy not in _FIRST:
            return [possible[first]]  # UNIQUE, ANY: another beside it is a conflict, or says the same
        return [*((rule, False) for rule, _ in possible[:first]), (possible[first][0], first == 0)]

    def _gather(
        self,
        aggregate: str,
        output: str,
        combine: str | None,
        chosen: Sequence[Chosen],
        extents: dict[str, Extent],
    ) -> None:
        """The one output of an aggregated table, to which no rule at all may contribute, too."""
        several, sure = [], False
        for rule, must in chosen:
            for _, _, value in rule.gives:
                given = extents[value] if isinstance(value, str) else value
                several.append(given)
                sure = sure or (must and not given.unknown)
        whole = aggregated(aggregate, several, certain=sure)
        extents[output] = contributed(extents[output], whole, combine, certain=True)


def _ready(ruleset: Ruleset, rule: Rule, columns: Sequence[str], constants: Values) -> _Rule:
    tests = [
        (one.name, Cell(one.test, ruleset.types[one.name]))
        for one in rule.when
        if one.name not in constants and not one.test.irrelevant
    ]
    gives: list[Given] = [
        (
            one.output,
            ruleset.outputs[one.output].combine,
            one.value.name if isinstance(one.value, Reference) else exactly(one.value),
        )
        for one in rule.then
    ]
    return _Rule(tests, ruleset.severities[rule.outcome], priority(ruleset, columns, rule), gives)


def _turns_out(rule: _Rule, extents: dict[str, Extent]) -> tuple[bool, bool]:
    """Whether the rule may hold, and whether it must."""
    must = True
    for name, test in rule.tests:
        may, sure = test.turns_out(extents.get(name, ANYTHING))
        if not may:
            return False, False
        must = must and sure
    return True, must


def _rule_out(rule: _Rule, extents: dict[str, Extent]) -> bool:
    """Note what follows when a rule that may hold does not: where one test alone is open, that fails."""
    undecided = [
        (name, test) for name, test in rule.tests if not test.turns_out(extents.get(name, ANYTHING))[1]
    ]
    if len(undecided) != 1:
        return False
    ((name, test),) = undecided
    before = extents.get(name, ANYTHING)
    extents[name] = test.without(before)
    return extents[name] != before


def contributed(before: Extent, given: Extent, combine: str | None, *, certain: bool) -> Extent:
    """An output after one more contribution, which is made for certain or only perhaps; unknown is none."""
    if not given.known:
        return before
    added = replace(given, unknown=False) if given.unknown else given
    after = [added] if before.unknown or not before.known else []
    if before.known:
        after.append(_joined(combine, replace(before, unknown=False) if before.unknown else before, added))
    found = after[0] if len(after) == 1 else any_of(after)
    return found if certain and not given.unknown else either(found, before)


def _joined(combine: str | None, before: Extent, added: Extent) -> Extent:
    if combine == "smallest":
        return least(before, added)
    if combine == "largest":
        return opposite(least(opposite(before), opposite(added)))
    if combine == "sum":
        return plus(before, added)
    if combine in ("union", "append"):
        return KNOWN
    return before if combine == "first" else added  # a second one without `combine` is a conflict
