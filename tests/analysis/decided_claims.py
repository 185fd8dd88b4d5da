"""How every claim of a small ruleset stands, told from all of its decisions instead of from a proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from app.analysis.search.chain import Run
from app.analysis.settled import Settled, Status
from app.analysis.untouched import THRESHOLDS
from app.domain.rules import HitPolicy, Rule, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import IsUnknown

BETTER = "days"
MONOTONE = f"monotone: [{{better: {{{BETTER}: up}}, never_worse: outcome}}]"


def wrong_claims(ruleset: Ruleset, claims: Sequence[Settled], runs: Sequence[Run]) -> list[str]:
    """The claims that stand otherwise than the decisions on all facts say, and those nobody made."""
    true = dict(_decided(ruleset, runs))
    claims = [one for one in claims if one.check != THRESHOLDS]  # of cases, not of facts
    found = [
        f"{one.id}: said to be {one.status}, and all decisions say {'yes' if true[one.id] else 'no'}"
        for one in claims
        if one.status is not Status.NOT_SETTLED and (one.status is Status.PROVEN) is not true[one.id]
    ]
    return found + [f"{id}: not claimed" for id in true.keys() - {one.id for one in claims}]


def _decided(ruleset: Ruleset, runs: Sequence[Run]) -> Iterator[tuple[str, bool]]:
    effective, decisive = _fired(runs)
    for number, step in enumerate(ruleset.match_steps):
        if isinstance(step, Table | RuleList) and step.hit_policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
            yield f"overlaps/{step.id}", not any(_clashes(number, run) for run in runs)
        if isinstance(step, Table) and step.hit_policy in (HitPolicy.UNIQUE, HitPolicy.FIRST):
            yield f"gaps/{step.id}", not any(run.rows.get(number) == 0 for run in runs)
        asked = [one for one in step.rules if not (isinstance(step, Scorecard) and _asks_unknown(one))]
        yield f"dead_rules/{step.id}", all(one.id in effective for one in asked)
        if isinstance(step, RuleList) and any(one.outcome for one in step.rules):
            setting = {one.id for one in step.rules if one.outcome}
            yield f"shadowed/{step.id}", setting & effective <= decisive
    yield from _outcomes(ruleset, runs)
    yield "conflicts", not any(run.evaluation.failure for run in runs)
    yield f"monotone/{BETTER}-up", _monotone(ruleset, runs)


def _fired(runs: Sequence[Run]) -> tuple[set[str], set[str]]:
    fired = [one for run in runs for one in run.evaluation.fired if one.effective]
    return {one.rule.id for one in fired}, {one.rule.id for one in fired if one.decisive}


def _clashes(number: int, run: Run) -> bool:
    """Whether the decision stopped at a step for its hit policy, and not for an output that was set twice."""
    failure = run.evaluation.failure
    return failure is not None and max(run.rows) == number and "hit policy" in failure.detail


def _asks_unknown(rule: Rule) -> bool:
    return all(isinstance(one, IsUnknown) for one in rule.when[0].test.alternatives)


def _outcomes(ruleset: Ruleset, runs: Sequence[Run]) -> Iterator[tuple[str, bool]]:
    occurring = {run.evaluation.outcome for run in runs if run.evaluation.failure is None}
    for one in ruleset.outcomes:
        yield f"outcomes/{one.id}", one.id in occurring


def _monotone(ruleset: Ruleset, runs: Sequence[Run]) -> bool:
    """Whether the outcome is nowhere stricter for more days and the same otherwise."""

    def rest(run: Run) -> str:
        return str([value for name, value in run.facts.values.items() if name != BETTER])

    for _, alike in groupby(sorted(runs, key=rest), rest):
        rising = sorted(alike, key=lambda run: run.facts.values[BETTER])
        strict = [ruleset.severities[run.evaluation.outcome] for run in rising]
        if any(later > earlier for earlier, later in pairwise(strict)):
            return False
    return True
