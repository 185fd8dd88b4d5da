"""Asks two matchers about the same made-up facts and reports every step at which they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

from app.analysis.findings import Facts, Finding, Severity
from app.analysis.search.points import Points
from app.analysis.search.reading import Reading
from app.analysis.wording import facts_said, in_step, rows
from app.domain.evaluation import Plan
from app.domain.matching import Matcher, NoAnswer, rule_numbers
from app.domain.messages import told
from app.domain.ruleset import Ruleset
from app.domain.values import Values

ENGINES = "engines"
SEED = 20260115


class _Both:
    """Answers as the first matcher does, and notes where the second does not."""

    def __init__(self, first: Matcher, second: Matcher) -> None:
        self._first = first
        self._second = second
        self.apart: dict[int, int] = {}
        self.doubts: dict[int, str] = {}

    def holding(self, step: int, values: Values) -> int:
        mask = self._asked(self._first, step, values)
        other = self._asked(self._second, step, values)
        if mask != other:
            self.apart[step] = mask ^ other
        return mask

    def _asked(self, matcher: Matcher, step: int, values: Values) -> int:
        try:
            return matcher.holding(step, values)
        except NoAnswer as doubt:
            self.doubts[step] = doubt.detail
            raise


def differences(plan: Plan, first: Matcher, second: Matcher, count: int, seed: int = SEED) -> list[Finding]:
    """Decide ``count`` times with both, on facts at and beside thresholds; each difference is told once."""
    ruleset = plan.ruleset
    points, chance = Points(Reading(ruleset)), Random(seed)
    found: dict[tuple[int, str], Facts] = {}
    times: Counter[tuple[int, str]] = Counter()
    for _ in range(count):
        facts = points.near(chance)
        for seen in _differing(plan, _Both(first, second), facts):
            found.setdefault(seen, facts)
            times[seen] += 1
    return [
        _finding(ruleset, seen, facts, told("{number} of {count}", number=times[seen], count=count))
        for seen, facts in found.items()
    ]


def _differing(plan: Plan, both: _Both, facts: Facts) -> Iterator[tuple[int, str]]:
    """The steps at which one decision differed, each with what is to be said of it."""
    plan.evaluate(both, facts.values, facts.as_of)
    for step, mask in both.apart.items():
        rules = plan.ruleset.match_steps[step].rules
        yield step, told("the engines differ about {rows}", rows=rows([rules[i] for i in rule_numbers(mask)]))
    for step, detail in both.doubts.items():
        yield step, told("an engine gave no answer: {detail}", detail=detail)


def _finding(ruleset: Ruleset, seen: tuple[int, str], facts: Facts, times: str) -> Finding:
    step = ruleset.match_steps[seen[0]]
    said = in_step(
        step.id,
        told(
            "{said} ({times} decisions; on {facts})",
            said=seen[1],
            times=times,
            facts=facts_said(ruleset, facts),
        ),
    )
    return Finding(ENGINES, said, step.line, Severity.ERROR, facts)
