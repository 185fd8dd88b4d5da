"""Why each rule did or did not fire, and how each formula came to its value.

An explanation is made by walking the same facts again and watching; it adds
nothing to the decision and never differs from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.decision import Evaluation, FiredRule, Note
from app.domain.evaluation import Plan
from app.domain.expressions import names_read
from app.domain.matching import Matcher
from app.domain.rules import Condition, Formula, MatchStep, Rule
from app.domain.unary_tests import holds
from app.domain.values import Value, Values


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """One rule: ``fired`` when it held; else ``failing`` is its first test that did not, of ``actual``."""

    rule: Rule
    fired: FiredRule | None
    failing: Condition | None = None
    actual: Value = None


@dataclass(frozen=True, slots=True)
class StepExplanation:
    """One match step with all its rules; ``reached`` is false when the walk had stopped before it."""

    step: MatchStep
    reached: bool
    rules: tuple[RuleExplanation, ...]


@dataclass(frozen=True, slots=True)
class FormulaExplanation:
    """One formula: its value, its operands with theirs, and what was unknown."""

    formula: Formula
    value: Value
    operands: Values
    note: Note | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A whole decision explained, in the order of the ruleset's steps.

    ``origins`` says of each known fact where it came from, in JSON's terms.
    """

    evaluation: Evaluation
    steps: tuple[StepExplanation | FormulaExplanation, ...]
    origins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def explain(
    plan: Plan, matcher: Matcher, facts: Values, as_of: date, forced: Values | None = None
) -> Explanation:
    """Evaluate ``facts`` again and say of every rule why it did or did not fire."""
    seen: dict[str, Values] = {}

    def watch(step: MatchStep, values: Values) -> None:
        seen[step.id] = dict(values)

    evaluation = plan.evaluate(matcher, facts, as_of, forced=forced, watcher=watch)
    fired = {one.id: one for one in evaluation.fired}
    notes = {note.name: note for note in evaluation.notes}
    names = (*evaluation.ruleset.types, *evaluation.facts)
    final = {name: evaluation.value(name) for name in names}
    return Explanation(
        evaluation,
        tuple(
            _formula(step, final, notes)
            if isinstance(step, Formula)
            else _step(step, seen.get(step.id), fired)
            for step in evaluation.ruleset.steps
        ),
    )


def first_failing(rule: Rule, values: Values) -> Condition | None:
    """The first condition of the rule that ``values`` do not meet."""
    return next((one for one in rule.when if not holds(one.test, values.get(one.name))), None)


def _formula(formula: Formula, values: Values, notes: Mapping[str, Note]) -> FormulaExplanation:
    operands = {name: values.get(name) for name in names_read(formula.expression)}
    return FormulaExplanation(formula, values.get(formula.name), operands, notes.get(formula.name))


def _step(step: MatchStep, values: Values | None, fired: Mapping[str, FiredRule]) -> StepExplanation:
    rules = []
    for rule in step.rules:
        held = fired.get(f"{step.id}/{rule.id}")
        failing = first_failing(rule, values) if held is None and values is not None else None
        actual = values.get(failing.name) if failing is not None and values is not None else None
        rules.append(RuleExplanation(rule, held, failing, actual))
    return StepExplanation(step, values is not None, tuple(rules))
