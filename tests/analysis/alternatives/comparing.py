"""One random ruleset: the search beside every change tried one by one."""

from __future__ import annotations

from random import Random

from app.analysis.alternatives.finding import Finder
from app.domain.evaluation import Plan
from app.engine.direct import DirectMatcher
from tests.analysis.alternatives import naive
from tests.analysis.alternatives.expressions import TODAY
from tests.analysis.alternatives.made import Made

TRIES = 20


def compared(chance: Random) -> int:
    """How many ways there are; raises ``AssertionError`` where the two differ."""
    made = Made(chance)
    plan, matcher = Plan(made.ruleset), DirectMatcher(made.ruleset)
    unchanged = plan.evaluate(matcher, made.given(), TODAY)
    for _ in range(TRIES):
        if made.ruleset.severities[unchanged.outcome]:
            break
        unchanged = plan.evaluate(matcher, made.given(), TODAY)
    bar = made.ruleset.severities[unchanged.outcome]
    names = [name for name, one in made.facts.items() if one.changeable is not None]
    found = Finder(plan).find(unchanged, names, bar, quick=matcher, sure=matcher, most_work=10**9)
    assert found.settled
    expected = naive.ways(plan, matcher, unchanged.facts, TODAY, bar)
    seen = [({one.fact.name: one.after for one in way.changes}, way.evaluation.outcome) for way in found.ways]
    assert seen == expected, (unchanged.facts, unchanged.outcome)
    return len(seen)
