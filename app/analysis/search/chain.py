"""The real chain, run again and again: what each step saw, which rules held, and how much that took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.analysis.findings import Facts
from app.domain.decision import Evaluation
from app.domain.evaluation import Plan
from app.domain.matching import Matcher, NoAnswer
from app.domain.values import Values


class _Halt(NoAnswer):
    """Ends a walk at the step that was asked about."""

    def __init__(self) -> None:
        super().__init__("HALT", "")


class _Noting:
    """Notes the rules that hold at every step."""

    __slots__ = ("_matcher", "rows")

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.rows: dict[int, int] = {}

    def holding(self, step: int, values: Values) -> int:
        mask = self.rows[step] = self._matcher.holding(step, values)
        return mask


class _Keeping:
    """Keeps what every step sees."""

    __slots__ = ("_matcher", "steps")

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.steps: list[Values] = []

    def holding(self, step: int, values: Values) -> int:
        self.steps.append(dict(values))
        return self._matcher.holding(step, values)


class _Halting:
    """Notes the values that one step sees, and halts there."""

    __slots__ = ("_matcher", "_step", "values")

    def __init__(self, matcher: Matcher, step: int) -> None:
        self._matcher = matcher
        self._step = step
        self.values: Values | None = None

    def holding(self, step: int, values: Values) -> int:
        if step == self._step:
            self.values = values
            raise _Halt
        return self._matcher.holding(step, values)


@dataclass(frozen=True, slots=True)
class Run:
    """One decision on made-up facts: ``rows`` are the rules that held, by number of the match step."""

    facts: Facts
    evaluation: Evaluation
    rows: Mapping[int, int]


class Chain:
    """A plan with the matcher that decides; ``runs`` counts how often it was asked."""

    __slots__ = ("plan", "runs", "_matcher")

    def __init__(self, plan: Plan, matcher: Matcher) -> None:
        self.plan = plan
        self.runs = 0
        self._matcher = matcher

    def run(self, facts: Facts) -> Run:
        """Decide on the facts, to the end or to a conflict."""
        self.runs += 1
        noting = _Noting(self._matcher)
        evaluation = self.plan.evaluate(noting, facts.values, facts.as_of)
        return Run(facts, evaluation, noting.rows)

    def watched(self, facts: Facts) -> tuple[Evaluation, list[Values]]:
        """Decide on the facts; with what every match step saw, in order."""
        self.runs += 1
        keeping = _Keeping(self._matcher)
        return self.plan.evaluate(keeping, facts.values, facts.as_of), keeping.steps

    def values_at(self, step: int, facts: Facts) -> Values | None:
        """What match step number ``step`` sees; None when the walk stops before it."""
        self.runs += 1
        halting = _Halting(self._matcher, step)
        self.plan.evaluate(halting, facts.values, facts.as_of)
        return halting.values
