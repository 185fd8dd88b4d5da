"""A rule's own examples: whether each shows what it is there for, why not, and which other value would.

Where a threshold moves, an example that stood right beside it shows the opposite. The nearest value of one of
its facts with which it is right again is looked for among those at thresholds, and tried on the ruleset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.analysis.search.points import Points
from app.analysis.search.reading import Reading
from app.domain.evaluation import Plan
from app.domain.explanation import RuleExplanation, StepExplanation, explain
from app.domain.matching import Matcher
from app.domain.rules import Condition, Rule
from app.domain.ruleset import Ruleset
from app.domain.values import Value, Values

MOST_TRIED = 200
"""Values tried for one example, each a run of the ruleset."""


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """An example of a rule: ``fires`` is what it is there to show, ``holds`` whether it does.

    Of one that is to fire and does not, ``failing`` is the condition that is not met, with the ``actual``
    value; both are empty where the rule was overruled or its step not reached. ``mend`` is a fact and the
    value with which the example shows what it is there for, None where no single fact was found.
    """

    step: str
    rule: Rule
    fires: bool
    changes: Values
    holds: bool
    failing: Condition | None = None
    actual: Value = None
    mend: tuple[str, Value] | None = None


def facts_of(ruleset: Ruleset, changes: Values) -> tuple[Values, Values]:
    """The facts of an example, and the calculated values that it sets instead of having them calculated."""
    facts = {name: changes.get(name, value) for name, value in ruleset.baseline.items()}
    return facts, {name: value for name, value in changes.items() if name not in ruleset.facts}


def run_examples(plan: Plan, matcher: Matcher) -> list[ExampleResult]:
    """Every example of every rule, in the order of the text."""
    trying = _Trying(plan, matcher)
    return [
        trying.result(step.id, rule, changes, fires)
        for step in plan.ruleset.match_steps
        for rule in step.rules
        for changes, fires in ((rule.fires_on, True), (rule.not_on, False))
        if changes is not None
    ]


class _Trying:
    """Runs examples as they are written, and with another value."""

    def __init__(self, plan: Plan, matcher: Matcher) -> None:
        self._plan = plan
        self._matcher = matcher
        self._reading: Reading | None = None
        self._points: Mapping[str, tuple[Value, ...]] = {}

    def result(self, step: str, rule: Rule, changes: Values, fires: bool) -> ExampleResult:
        if self._fires(rule, changes) is fires:
            return ExampleResult(step, rule, fires, changes, True)
        told = self._explained(rule, changes) if fires else None
        failing, actual = (None, None) if told is None else (told.failing, told.actual)
        mend = self._mend(rule, changes, fires)
        return ExampleResult(step, rule, fires, changes, False, failing, actual, mend)

    def _fires(self, rule: Rule, changes: Values) -> bool:
        facts, forced = facts_of(self._plan.ruleset, changes)
        made = self._plan.evaluate(self._matcher, facts, self._plan.ruleset.baseline_as_of, forced=forced)
        return any(one.rule.id == rule.id and one.effective for one in made.fired)

    def _explained(self, rule: Rule, changes: Values) -> RuleExplanation | None:
        ruleset = self._plan.ruleset
        facts, forced = facts_of(ruleset, changes)
        made = explain(self._plan, self._matcher, facts, ruleset.baseline_as_of, forced)
        steps = (step for step in made.steps if isinstance(step, StepExplanation))
        return next((one for step in steps for one in step.rules if one.rule.id == rule.id), None)

    def _mend(self, rule: Rule, changes: Values, fires: bool) -> tuple[str, Value] | None:
        for name, value in self._nearest(rule, changes)[:MOST_TRIED]:
            if self._fires(rule, {**changes, name: value}) is fires:
                return name, value
        return None

    def _nearest(self, rule: Rule, changes: Values) -> list[tuple[str, Value]]:
        """Other values of the facts that the rule asks about: numbers first, facts of the example first."""
        if self._reading is None:
            self._reading = Reading(self._plan.ruleset)
            self._points = Points(self._reading).of
        asked = [one.name for one in rule.when if not one.test.irrelevant]
        behind = [fact for name in asked for fact in self._reading.facts_behind(name)]
        named = dict.fromkeys([*(one for one in changes if one in (*asked, *behind)), *asked, *behind])
        found = []
        for name in (one for one in named if one in self._plan.ruleset.facts):
            now = changes.get(name, self._plan.ruleset.baseline[name])
            near = ((_distance(now, one), name, one) for one in self._points[name] if one != now)
            found += sorted(near, key=lambda one: one[0])
        return [(name, value) for _far, name, value in sorted(found, key=lambda one: one[0][0])]


def _distance(now: Value, other: Value) -> tuple[int, Decimal]:
    """Numbers and dates by how far they are, then what has no distance, as it comes, and unknown last."""
    if other is None:
        return 2, Decimal(0)
    if isinstance(now, date) and isinstance(other, date):
        return 0, Decimal(abs((other - now).days))
    if isinstance(now, int | Decimal) and isinstance(other, int | Decimal) and not isinstance(now, bool):
        return 0, abs(Decimal(other) - Decimal(now))
    return 1, Decimal(0)
