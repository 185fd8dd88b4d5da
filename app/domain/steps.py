"""How each kind of step is walked: formula, scorecard, table and rule list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from app.domain.arithmetic import compiled
from app.domain.combining import aggregated, combined
from app.domain.decision import NOTHING, Held, Note
from app.domain.expressions import names_read
from app.domain.hit_policies import Conflict, effective, priority
from app.domain.matching import Matcher, rule_numbers
from app.domain.messages import told
from app.domain.rules import OUTCOME, Contribution, Formula, Reference, Rule, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.values import Value, Values, of_type

Band = tuple[Rule, Decimal | None, Decimal | None]  # a band, its points, and those that it loses to the best
ReadyRule = tuple[Rule, tuple[str, ...], Values | None, int]  # names read, effect if fixed, severity
_new = tuple.__new__  # what a named tuple's own constructor calls, after a detour
_add = Context(prec=200).add  # not the thread's context, which anyone may have set


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
        missing: tuple[str, ...] = ()
        for operand in self._reads:
            if values[operand] is None:
                missing = (*missing, operand)
        if missing or value is None:
            walk.notes.append(_new(Note, (name, missing, value is None)))
        if output is not None and value is not None:
            values[output.name] = combined(output, values[output.name], value)


class ScorecardWalk:
    """Adds the points of the band that holds for each characteristic."""

    __slots__ = ("_card", "_groups", "_number")

    def __init__(self, card: Scorecard, number: int) -> None:
        self._card = card
        self._number = number
        self._groups: list[tuple[str, int, dict[int, Band], Decimal]] = []
        position = 0
        for characteristic in card.characteristics:
            best = max(rule.points for rule in characteristic.rules if rule.points is not None)
            bands: dict[int, Band] = {
                1 << (position + i): (rule, rule.points, None if rule.points is None else best - rule.points)
                for i, rule in enumerate(characteristic.rules)
            }
            self._groups.append((characteristic.fact, sum(bands), bands, best))
            position += len(characteristic.rules)

    def walk(self, walk: Walk) -> None:
        card, values = self._card, walk.values
        mask = walk.matcher.holding(self._number, values)
        if walk.watcher:
            walk.watcher(card, values)
        name, total = card.name, Decimal(0)
        held: list[Held] = []
        for fact, group, bands, _ in self._groups:
            found = bands.get(mask & group)
            if found is None:
                raise Conflict(told("not exactly one band of {card} holds for {fact}", card=name, fact=fact))
            rule, points, lost = found
            if points is not None:
                total = _add(total, points)
            held.append((name, rule, {fact: values[fact]}, NOTHING, True, lost))
        score: Value = total
        if card.scale is not None:
            present = sum(
                Fraction(group[3])
                for one, group in zip(held, self._groups, strict=True)
                if one[5] is not None
            )
            rescale = Fraction(card.scale) / present if present else None
            held = [(*one[:5], self._scaled(one[5], rescale)) for one in held]
            score = self._scaled(total, rescale)
        walk.held += held
        score = None if score is None else of_type(card.type, score)
        values[name] = walk.forced.get(name, score)

    def _scaled(self, points: Decimal | None, rescale: Fraction | None) -> Decimal | None:
        if points is None or rescale is None:
            return None
        return Decimal(of_type(self._card.type, Fraction(points) * rescale))


class MatchWalk:
    """Matches a table or rule list, and lets the effective rules contribute."""

    __slots__ = ("_aggregated", "_number", "_outputs", "_ranks", "_ready", "_step")

    def __init__(self, ruleset: Ruleset, step: Table | RuleList, number: int) -> None:
        self._step = step
        self._number = number
        self._outputs = ruleset.outputs
        columns = step.outputs if isinstance(step, Table) else (OUTCOME, *ruleset.outputs)
        self._ranks = [priority(ruleset, columns, rule) for rule in step.rules]
        self._ready: list[ReadyRule] = [
            (rule, tuple(one.name for one in rule.when), _fixed(rule), ruleset.severities[rule.outcome])
            for rule in step.rules
        ]
        table = step if isinstance(step, Table) and step.aggregate else None
        self._aggregated = (table.aggregate or "", table.outputs[0]) if table else None

    def walk(self, walk: Walk) -> None:
        values, step, ready = walk.values, self._step, self._ready
        mask = walk.matcher.holding(self._number, values)
        if walk.watcher:
            walk.watcher(step, values)
        if not mask and self._aggregated is None:
            return
        holding = list(rule_numbers(mask))
        effects: dict[int, Values] = {}
        for number in holding:
            rule, _, fixed, _ = ready[number]
            effects[number] = _effect(rule.then, values) if fixed is None else fixed
        try:
            chosen = effective(step.hit_policy, holding, step.rules, self._ranks, effects.__getitem__)
        except Conflict:
            self._note(walk, holding, (), effects)
            raise
        self._note(walk, holding, chosen, effects)
        if self._aggregated is not None:
            aggregate, name = self._aggregated
            given = [value for number in chosen if (value := effects[number].get(name)) is not None]
            self._contribute(values, name, aggregated(aggregate, given))
            return
        for number in chosen:
            for name, value in effects[number].items():
                self._contribute(values, name, value)

    def _note(
        self, walk: Walk, holding: Sequence[int], chosen: Sequence[int], effects: Mapping[int, Values]
    ) -> None:
        """Every rule that holds, whether effective or not; and the strictest outcome so far."""
        values, step_id = walk.values, self._step.id
        for number in holding:
            rule, names, _, severity = self._ready[number]
            read = {name: values[name] for name in names}
            counts = number in chosen
            walk.held.append((step_id, rule, read, effects[number] if counts else NOTHING, counts, None))
            if counts and severity > walk.severity:
                walk.severity = severity
                values[OUTCOME] = rule.outcome

    def _contribute(self, values: dict[str, Value], name: str, value: Value) -> None:
        if value is not None:
            values[name] = combined(self._outputs[name], values[name], value)


def _fixed(rule: Rule) -> Values | None:
    """What the rule contributes where that depends on no value, made once; None where it depends."""
    return None if any(_depends(one.value) for one in rule.then) else _effect(rule.then, NOTHING)


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
