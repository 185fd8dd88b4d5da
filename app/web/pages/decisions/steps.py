"""The steps of a decision for who is told rules: each rule in words, with the value that decided it.

A rule of a list is called by its label; a row of a table and a band of a scorecard by what they ask for. Of a
rule that held stands what it read, of one that did not the first value that was another, and what was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from app.domain.explanation import Explanation, FormulaExplanation, RuleExplanation, StepExplanation
from app.domain.rules import Characteristic, Rule, RuleList, Scorecard
from app.domain.ruleset import Ruleset
from app.domain.values import Value
from app.web.pages.language import _, language, said
from app.web.pages.rulesets.words import Effect, Words

BAR = 100


class RuleLine(NamedTuple):
    """A rule as it went: ``because`` says the values, ``gives`` what it gave where it counted."""

    rule: Rule
    name: str
    held: bool
    effective: bool
    decisive: bool
    because: str
    gives: tuple[Effect, ...]


class Band(NamedTuple):
    """A characteristic of a scorecard: the band that held, its points, and the most that it can give."""

    label: str
    read: str
    line: int
    points: Decimal | None
    most: Decimal
    length: int


def told_steps(explanation: Explanation) -> Iterator[dict[str, Any]]:
    """Every step in order, values that are calculated one after the other together; for
    ``parts/decision_steps.html``.
    """
    telling = _Telling(explanation.evaluation.ruleset)
    for calculated, steps in groupby(explanation.steps, lambda one: isinstance(one, FormulaExplanation)):
        if calculated:
            values = [telling.formula(one) for one in steps if isinstance(one, FormulaExplanation)]
            yield {"kind": "values", "values": values}
        else:
            yield from (telling.step(one) for one in steps if isinstance(one, StepExplanation))


class _Telling:
    """Says the steps of one ruleset."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._words = Words(ruleset)
        self._and = "；" if language() == "zh" else "; "

    def formula(self, one: FormulaExplanation) -> dict[str, Any]:
        """A calculated value with what it was calculated from."""
        formula, because = one.formula, ""
        if one.note is not None and one.note.unknown:
            names = ", ".join(self._words.labels[name] for name in one.note.because)
            because = (
                _("not known without: %(names)s", names=names)
                if names
                else _("it would divide by zero, or grow too large")
            )
        return {
            "label": said(formula.label),
            "line": formula.line,
            "value": self._words.told(formula.name, one.value),
            "because": because or self._values(one.operands),
        }

    def step(self, one: StepExplanation) -> dict[str, Any]:
        """A table, list or scorecard with its rules: those that held first."""
        lines = [self._line(rule, one) for rule in one.rules]
        found: dict[str, Any] = {
            "kind": "rules",
            "id": one.step.id,
            "label": said(one.step.label),
            "line": one.step.line,
            "reached": one.reached,
            "held": [line for line in lines if line.held],
            "others": [line for line in lines if not line.held],
        }
        if isinstance(one.step, Scorecard):
            found |= {"kind": "scorecard", "bands": list(self._bands(one.step, one))}
        return found

    def _line(self, one: RuleExplanation, step: StepExplanation) -> RuleLine:
        rule, fired = one.rule, one.fired
        labelled = isinstance(step.step, RuleList)
        name = self._words.rule(rule, step.step)
        if fired is None:
            return RuleLine(rule, name, False, False, False, self._missed(one, labelled), ())
        gives = tuple(self._words.effects(rule)) if fired.effective else ()
        return RuleLine(rule, name, True, fired.effective, fired.decisive, self._values(fired.read), gives)

    def _missed(self, one: RuleExplanation, labelled: bool) -> str:
        """The value that it failed by, and what was asked where the rule's name does not say it."""
        if one.failing is None:
            return ""
        if not labelled:
            return self._values({one.failing.name: one.actual})
        label, actual = self._words.labels[one.failing.name], self._words.told(one.failing.name, one.actual)
        asked = self._words.condition(one.failing)
        return _("%(fact)s is %(actual)s, asked for: %(test)s", fact=label, actual=actual, test=asked)

    def _values(self, read: Mapping[str, Value]) -> str:
        known = self._words.labels
        return self._and.join(f"{known[name]}: {self._words.told(name, one)}" for name, one in read.items())

    def _bands(self, card: Scorecard, one: StepExplanation) -> Iterator[Band]:
        held = {line.rule.id: line for line in one.rules if line.fired is not None}
        widest = max(map(_most, card.characteristics), default=Decimal(0)) or Decimal(1)
        for each in card.characteristics:
            band = next((held[rule.id] for rule in each.rules if rule.id in held), None)
            if band is None or band.fired is None:
                continue
            points = band.rule.points
            length = int(max(points or Decimal(0), Decimal(0)) / widest * BAR)
            read = self._words.told(each.fact, band.fired.read.get(each.fact))
            yield Band(self._words.labels[each.fact], read, band.rule.line, points, _most(each), length)


def _most(one: Characteristic) -> Decimal:
    return max((rule.points for rule in one.rules if rule.points is not None), default=Decimal(0))
