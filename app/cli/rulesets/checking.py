"""What a ruleset's text proves about itself, before anybody is asked to approve it.

It loads; every example and case holds, in both engines; the analysis finds no
gap, overlap or dead rule and nothing that is never reached; and on facts made up
near its thresholds the two engines agree and no rules conflict.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.analysis import checking
from app.analysis.findings import Finding, Severity
from app.cli.variations import Variations
from app.domain.errors import Invalid
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.ruleset import Ruleset
from app.domain.values import Value
from app.engine.agreement import Engine
from app.services.publishing import read_file
from schemas.json_values import json_values

SEED = 20260115
CHANGES = 6
_ID = re.compile(r"[a-z][a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file: ``findings`` bar it from approval, ``warnings`` are to be looked at.

    Both are lines to print. ``shown`` rules were effective on some facts, out of ``runs`` that were tried.
    """

    path: Path
    findings: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    ruleset: Ruleset | None = None
    shown: int = 0
    runs: int = 0


def check(path: Path, expected: tuple[str, str] | None, samples: int, advance: Callable[[], None]) -> Checked:
    """Check one file; ``expected`` are the policy and version that its name promises. Raises ``OSError``."""
    try:
        ruleset = read_file(path, expected).ruleset
    except Invalid as error:
        return Checked(path, tuple(one.message for one in error.problems) or (error.message,))
    plan = Plan(ruleset)
    try:
        loaded = Engine(ruleset)
    except Invalid as error:  # more alternatives than the engines carry
        return Checked(path, (f"{path}: {error.message}",), ruleset=ruleset)
    with loaded as engine:
        report = checking.check(plan, engine.matcher)
        trial = _Trial(plan, engine.matcher)
        for _ in range(samples):
            trial.once()
            advance()
    found = [*report.findings, *trial.findings()]
    told = {severity: _lines(path, found, severity) for severity in Severity}
    shown = len(report.coverage.rules | trial.effective)
    return Checked(path, told[Severity.ERROR], told[Severity.WARN], ruleset, shown, report.runs + samples)


def _lines(path: Path, found: list[Finding], severity: Severity) -> tuple[str, ...]:
    chosen = sorted((one.line, one.message) for one in found if one.severity is severity)
    return tuple(f"{path}:{line}: {message}" for line, message in dict.fromkeys(chosen))


class _Trial:
    """Asks both engines about made-up facts; seeded, so that a finding comes again."""

    def __init__(self, plan: Plan, matcher: Matcher) -> None:
        self._plan = plan
        self._matcher = matcher
        self._chance = Random(SEED)
        self._variations = Variations(plan.ruleset, self._chance)
        self._failures: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self.effective: set[str] = set()

    def once(self) -> None:
        """One set of facts, every second one far from any sample."""
        day = self._plan.ruleset.baseline_as_of
        far = self._chance.randrange(2)
        facts = self._variations.far(day) if far else self._variations.near(day, CHANGES)
        evaluation = self._plan.evaluate(self._matcher, facts, day)
        self.effective.update(one.rule.id for one in evaluation.fired if one.effective)
        if evaluation.failure is not None:
            said = f"{evaluation.failure.code}: {evaluation.failure.detail}"
            self._failures[said] += 1
            self._examples.setdefault(said, _told(facts, self._plan.ruleset))

    def findings(self) -> Iterator[Finding]:
        """Each kind of failure once, with how often and on which facts."""
        steps = self._plan.ruleset.match_steps
        lines = {one.id: one.line for step in steps for one in (step, *step.rules)}
        for said, number in self._failures.items():
            line = next((lines[word] for word in _ID.findall(said) if word in lines), 1)
            example = f"for example, changed from the baseline: {self._examples[said]}"
            yield Finding("made-up facts", f"{said} ({number} of the made-up requests; {example})", line)


def _told(facts: Mapping[str, Value], ruleset: Ruleset) -> str:
    changed = {name: value for name, value in facts.items() if value != ruleset.baseline[name]}
    return ", ".join(
        f"{name} {'unknown' if value is None else value}" for name, value in json_values(changed).items()
    )
