"""Everything that a ruleset proves about itself table by table, in one call.

Geometry says what each step leaves open; a search through the real chain says
what of it can happen. Only what is proved, or shown by facts that were decided
on, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from app.analysis.claims import Claim, Verdict
from app.analysis.dead_rules import dead_rules
from app.analysis.examples import Coverage, run_samples
from app.analysis.findings import DEAD_RULES, GAPS, OVERLAPS, Finding, Severity, severity_of
from app.analysis.gaps import gaps
from app.analysis.overlaps import overlaps
from app.analysis.reached import Reached
from app.analysis.search.chain import Chain
from app.analysis.search.climbing import Climber
from app.analysis.search.points import Points
from app.analysis.search.reading import Reading
from app.analysis.survey import Surveyed, survey
from app.analysis.unreached import unreached
from app.analysis.witnesses import Witnesses
from app.analysis.wording import facts_said
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.rules import Table
from app.domain.ruleset import Ruleset

SEED = 20260115
EXPLORED = 300
CLIMBED = 3_000
MOST_FAILURES = 10
_WORD = re.compile(r"[a-z][a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and what examples, cases and made-up facts together have reached."""

    findings: tuple[Finding, ...]
    coverage: Coverage
    runs: int


def check(plan: Plan, matcher: Matcher) -> Report:
    """Run the samples of a ruleset and look for gaps, overlaps, dead rules and what nothing reaches."""
    ruleset = plan.ruleset
    findings, sampled = run_samples(plan, matcher)
    surveyed = survey(ruleset)
    chain, reading = Chain(plan, matcher), Reading(ruleset)
    points = Points(reading)
    reached = Reached(ruleset)
    reached.explore(chain, points, Random(SEED), EXPLORED)
    witnesses = Witnesses(chain, Climber(chain, reading, points, SEED, CLIMBED), reached)
    for one in surveyed:
        findings += _step(ruleset, one, witnesses)
    findings += unreached(ruleset, surveyed, sampled, witnesses)
    findings += _failures(ruleset, reached)
    coverage = Coverage(sampled.rules | reached.rules.keys(), sampled.outcomes | reached.outcomes.keys())
    return Report(tuple(findings), coverage, chain.runs)


def _step(ruleset: Ruleset, one: Surveyed, witnesses: Witnesses) -> Iterator[Finding]:
    if one.grid is None:
        said = f"`{one.step.id}`: not settled, its lists of choices can meet its tests in too many ways"
        for check in (OVERLAPS, GAPS, DEAD_RULES) if isinstance(one.step, Table) else (DEAD_RULES,):
            yield from _settled(ruleset, Verdict(check, said, one.step.line, proven=False))
        return
    if severity_of(ruleset, OVERLAPS, proven=True):
        yield from witnesses.shown(overlaps(ruleset, one.grid))
    if severity_of(ruleset, GAPS, proven=True):
        found = list(gaps(ruleset, one.grid))
        yield from witnesses.shown(claim for claim in found if isinstance(claim, Claim))
        for verdict in found:
            if isinstance(verdict, Verdict):
                yield from _settled(ruleset, verdict)
    for verdict in dead_rules(ruleset, one.grid):
        yield from _settled(ruleset, verdict)


def _settled(ruleset: Ruleset, verdict: Verdict) -> Iterator[Finding]:
    severity = severity_of(ruleset, verdict.check, proven=verdict.proven)
    if severity is not None:
        yield Finding(verdict.check, verdict.message, verdict.line, severity)


def _failures(ruleset: Ruleset, reached: Reached) -> Iterator[Finding]:
    lines = {one.id: one.line for step in ruleset.match_steps for one in (step, *step.rules)}
    lines.update((name, one.line) for name, one in ruleset.outputs.items())
    for failure, facts in islice(reached.failures.items(), MOST_FAILURES):
        line = next((lines[word] for word in _WORD.findall(failure.detail) if word in lines), 1)
        said = f"{failure.code}: {failure.detail}; on {facts_said(ruleset, facts)}"
        yield Finding("failures", said, line, Severity.ERROR, facts)
