"""Everything that a ruleset proves about itself, in one call.

Geometry says what each step leaves open; a solver that knows the whole chain says
what of it can happen, and on which facts. Only what is proved, or shown by facts
that were decided on, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from app.analysis.conflicts import conflicts
from app.analysis.examples import Coverage, run_samples
from app.analysis.findings import Finding, Severity
from app.analysis.monotone import monotone
from app.analysis.reached import Reached
from app.analysis.search.chain import Chain
from app.analysis.search.climbing import Climber
from app.analysis.search.points import Points
from app.analysis.search.reading import Reading
from app.analysis.settled import Result, Settled
from app.analysis.shadowed import shadowed
from app.analysis.step_claims import of_step
from app.analysis.survey import Surveyed, survey
from app.analysis.unreached import outcomes, without_example
from app.analysis.untouched import Watching, untouched
from app.analysis.witnesses import Witnesses
from app.analysis.wording import facts_said
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.messages import told
from app.domain.ruleset import Ruleset

SEED = 20260115
EXPLORED = 300
CLIMBED = 3_000
MOST_FAILURES = 10
_WORD = re.compile(r"[a-z][a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, how every claim stands, and what examples, cases and made-up facts have reached."""

    findings: tuple[Finding, ...]
    claims: tuple[Settled, ...]
    coverage: Coverage
    runs: int


def check(plan: Plan, matcher: Matcher) -> Report:
    """Run the samples of a ruleset, and settle of all facts what it claims."""
    ruleset = plan.ruleset
    watched = Watching(ruleset, matcher)
    findings, sampled = run_samples(plan, watched)
    surveyed = survey(ruleset)
    chain, reading = Chain(plan, matcher), Reading(ruleset)
    points = Points(reading)
    reached = Reached(ruleset)
    reached.explore(chain, points, Random(SEED), EXPLORED)
    witnesses = Witnesses(chain, Climber(chain, reading, points, SEED, CLIMBED), reached, surveyed)
    claims: list[Settled] = []
    for claim, found in (*_results(ruleset, surveyed, sampled, witnesses), *untouched(ruleset, watched)):
        claims.append(claim)
        findings += found
    findings += [found for one in surveyed for found in without_example(one, sampled)]
    findings += _failures(ruleset, reached)
    coverage = Coverage(sampled.rules | reached.rules.keys(), sampled.outcomes | reached.outcomes.keys())
    return Report(tuple(findings), tuple(claims), coverage, chain.runs)


def _results(
    ruleset: Ruleset, surveyed: Sequence[Surveyed], sampled: Coverage, witnesses: Witnesses
) -> Iterator[Result]:
    for one in surveyed:
        yield from of_step(ruleset, one, sampled, witnesses)
    yield from outcomes(ruleset, sampled, witnesses)
    yield conflicts(witnesses)
    yield from shadowed(ruleset, witnesses)
    yield from monotone(ruleset, witnesses)


def _failures(ruleset: Ruleset, reached: Reached) -> Iterator[Finding]:
    lines = {one.id: one.line for step in ruleset.match_steps for one in (step, *step.rules)}
    lines.update((name, one.line) for name, one in ruleset.outputs.items())
    for failure, facts in islice(reached.failures.items(), MOST_FAILURES):
        line = next((lines[word] for word in _WORD.findall(failure.detail) if word in lines), 1)
        said = told(
            "{code}: {detail}; on {facts}",
            code=failure.code,
            detail=failure.detail,
            facts=facts_said(ruleset, facts),
        )
        yield Finding("failures", said, line, Severity.ERROR, facts)
