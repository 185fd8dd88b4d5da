"""How each kind of step is walked: formula, scorecard, table and rule list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.domain.arithmetic import compiled
from app.domain.combining import aggregated, combined
from app.domain.decision import NOTHING, Held, Note
from app.domain.expressions import names_read
from app.domain.hit_policies import Conflict, effective, priority
from app.domain.matching import Matcher, rule_numbers
from app.domain.rules import OUTCOME, Contribution, Formula, Reference, Rule, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.values import Value, Values, of_type


class Walk:
    """The state of one walk: the values so far, the rules that held, and notes on formulas."""

    __slots__ = ("forced", "held", "matcher", "notes", "severity", "values", "watcher")

    def __init__(
        self, values: dict[str, Value], matcher: Matcher, forced: Values, watcher: Callable[..., None] | None
    ) -> None:
        self.values = values
        self.matcher = matcher
        self.forced = forced
        self.watcher = watcher
        self.held: list[Held] = []
        self.notes: list[Note] = []
        self.severity = -1


class FormulaWalk:
    """Calculates one value and, if the formula says so, contributes it to an output."""

    __slots__ = ("_evaluate", "_name", "_output", "_reads", "_rounds", "_type")

    def __init__(self, ruleset: Ruleset, formula: Formula) -> None:
        self._name = formula.name
        self._type = formula.type
        self._rounds = formula.type.numeric
        self._evaluate = compiled(formula.expression)
        self._reads = names_read(formula.expression)
        self._output = ruleset.outputs[formula.output] if formula.output else None

    def walk(self, walk: Walk) -> None:
        name, values, output = self._name, walk.values, self._output
        if name in walk.forced:
            value = walk.forced[name]
        else:
            try:
                value = self._evaluate(values)
                if self._rounds and value is not None:
                    value = of_type(self._type, value)
            except OverflowError:
                value = None
        values[name] = value
        missing = [operand for operand in self._reads if values[operand] is None]
        if missing or value is None:
            walk.notes.append(Note(name, tuple(missing), value is None))
        if output is not None and value is not None:
            values[output.name] = combined(output, values[output.name], value)


class ScorecardWalk:
    """Adds the points of the band that holds for each characteristic."""

    __slots__ = ("_card", "_groups", "_number")

    def __init__(self, card: Scorecard, number: int) -> None:
        self._card = card
        self._number = number
        self._groups = []
        position = 0
        for characteristic in card.characteristics:
            best = max(rule.points for rule in characteristic.rules if rule.points is not None)
            bands = {
                1 << (position + i): (rule, None if rule.points is None else best - rule.points)
                for i, rule in enumerate(characteristic.rules)
            }
            self._groups.append((characteristic.fact, sum(bands), bands, best))
            position += len(characteristic.rules)

    def walk(self, walk: Walk) -> None:
        card, values = self._card, walk.values
        mask = walk.matcher.holding(self._number, values)
        if walk.watcher:
            walk.watcher(card, values)
        total, present = Decimal(0), Decimal(0)
        held: list[Held] = []
        for fact, group, bands, best in self._groups:
            found = bands.get(mask & group)
            if found is None:
                raise Conflict(f"not exactly one band of {card.name} holds for {fact}")
            rule, lost = found
            if lost is not None:
                total += best - lost
                present += best
            held.append((card.name, rule, {fact: values[fact]}, NOTHING, True, lost))
        score: Value = total
        if card.scale is not None:
            rescale = Fraction(card.scale) / Fraction(present) if present else None
            held = [(*one[:5], self._scaled(one[5], rescale)) for one in held]
            score = self._scaled(total, rescale)
        walk.held += held
        score = None if score is None else of_type(card.type, score)
        values[card.name] = walk.forced.get(card.name, score)

    def _scaled(self, points: Decimal | None, rescale: Fraction | None) -> Decimal | None:
        if points is None or rescale is None:
            return None
        return Decimal(of_type(self._card.type, Fraction(points) * rescale))


class MatchWalk:
    """Matches a table or rule list, and lets the effective rules contribute."""

    __slots__ = ("_aggregated", "_effects", "_number", "_outputs", "_ranks", "_reads", "_severities", "_step")

    def __init__(self, ruleset: Ruleset, step: Table | RuleList, number: int) -> None:
        self._step = step
        self._number = number
        self._outputs = ruleset.outputs
        self._severities = [ruleset.severities[rule.outcome] for rule in step.rules]
        columns = step.outputs if isinstance(step, Table) else (OUTCOME, *ruleset.outputs)
        self._ranks = [priority(ruleset, columns, rule) for rule in step.rules]
        self._reads = [tuple(condition.name for condition in rule.when) for rule in step.rules]
        self._effects = [_effect_of(rule) for rule in step.rules]
        table = step if isinstance(step, Table) and step.aggregate else None
        self._aggregated = (table.aggregate or "", table.outputs[0]) if table else None

    def walk(self, walk: Walk) -> None:
        values, step, rules = walk.values, self._step, self._step.rules
        mask = walk.matcher.holding(self._number, values)
        if walk.watcher:
            walk.watcher(step, values)
        holding = list(rule_numbers(mask))
        effects = {number: self._effects[number](values) for number in holding}
        reads = {number: {name: values[name] for name in self._reads[number]} for number in holding}
        try:
            chosen = effective(step.hit_policy, holding, rules, self._ranks, effects.__getitem__)
        except Conflict:
            walk.held += [(step.id, rules[number], reads[number], NOTHING, False, None) for number in holding]
            raise
        for number in holding:
            counts = chosen is holding or number in chosen
            walk.held.append(
                (step.id, rules[number], reads[number], effects[number] if counts else NOTHING, counts, None)
            )
        for number in chosen:
            if self._severities[number] > walk.severity:
                walk.severity = self._severities[number]
                values[OUTCOME] = rules[number].outcome
            if self._aggregated is None:
                for name, value in effects[number].items():
                    self._contribute(values, name, value)
        if self._aggregated is not None:
            aggregate, name = self._aggregated
            given = [value for number in chosen if (value := effects[number].get(name)) is not None]
            self._contribute(values, name, aggregated(aggregate, given))

    def _contribute(self, values: dict[str, Value], name: str, value: Value) -> None:
        if value is not None:
            values[name] = combined(self._outputs[name], values[name], value)


def _effect_of(rule: Rule) -> Callable[[Values], Values]:
    """What the rule contributes, given values; what does not depend on them is made once."""
    if any(_depends(one.value) for one in rule.then):
        return lambda values: _effect(rule.then, values)
    fixed = _effect(rule.then, NOTHING)
    return lambda values: fixed


def _depends(value: Any) -> bool:
    return any(map(_depends, value.values())) if isinstance(value, dict) else isinstance(value, Reference)


def _effect(contributions: Sequence[Contribution], values: Values) -> dict[str, Value]:
    return {one.output: _value(one.value, values) for one in contributions}


def _value(value: Any, values: Values) -> Value:
    if isinstance(value, Reference):
        return values[value.name]
    if isinstance(value, dict):
        return {name: _value(part, values) for name, part in value.items()}
    return value
