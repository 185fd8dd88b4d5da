"""What a ruleset's text proves about itself, before anybody is asked to approve it.

It loads; every example and case holds, in both engines; every rule of a list is
effective in an example or case, every outcome is reached; and on facts made up
near its thresholds the two engines agree and no rules conflict. Rows and bands
that nothing has shown are named, as a note: most are shown by chance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.analysis.examples import Coverage, run_samples
from app.cli.variations import Variations
from app.domain.errors import Invalid
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.rules import RuleList
from app.domain.ruleset import Ruleset
from app.engine.agreement import Engine
from app.services.publishing import read_file
from schemas.constants import listed
from schemas.json_values import json_values

SEED = 20260115
CHANGES = 6
_ID = re.compile(r"[a-z][a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file: ``findings`` are lines to print, ``shown`` counts rules seen effective."""

    path: Path
    findings: tuple[str, ...]
    notes: tuple[str, ...] = ()
    ruleset: Ruleset | None = None
    shown: int = 0
    samples: int = 0


def check(path: Path, expected: tuple[str, str] | None, samples: int, advance: Callable[[], None]) -> Checked:
    """Check one file; ``expected`` are the policy and version that its name promises. Raises ``OSError``."""
    try:
        ruleset = read_file(path, expected).ruleset
    except Invalid as error:
        return Checked(path, tuple(one.message for one in error.problems) or (error.message,))
    with Engine(ruleset) as engine:
        plan = Plan(ruleset)
        found, coverage = run_samples(plan, engine.matcher)
        trial = _Trial(plan, engine.matcher)
        for _ in range(samples):
            trial.once()
            advance()
    findings = [f"{path}:{one.line}: {one.message}" for one in found]
    findings += [f"{path}:{line}: {message}" for line, message in _uncovered(ruleset, coverage)]
    findings += [f"{path}:{line}: {message}" for line, message in trial.findings()]
    shown = coverage.rules | trial.effective
    unseen = [rule.id for step in ruleset.match_steps for rule in step.rules if rule.id not in shown]
    notes = [f"{path}: no example, case or random fact showed {listed(unseen, 8)}"] if unseen else []
    return Checked(path, tuple(findings), tuple(notes), ruleset, ruleset.rule_count - len(unseen), samples)


def _uncovered(ruleset: Ruleset, coverage: Coverage) -> Iterator[tuple[int, str]]:
    for step in ruleset.match_steps:
        for rule in step.rules if isinstance(step, RuleList) else ():
            if rule.id not in coverage.rules:
                yield (
                    rule.line,
                    f"rule `{rule.id}` is effective in no example or case; give it fires_on or a case",
                )
    for outcome in ruleset.outcomes:
        if outcome.id not in coverage.outcomes:
            yield 1, f"the outcome {outcome.id} is reached in no example or case; write a case for it"


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

    def findings(self) -> Iterator[tuple[int, str]]:
        """Each kind of failure once, with how often and on which facts."""
        steps = self._plan.ruleset.match_steps
        lines = {one.id: one.line for step in steps for one in (step, *step.rules)}
        for said, number in self._failures.items():
            line = next((lines[word] for word in _ID.findall(said) if word in lines), 1)
            example = f"for example, changed from the baseline: {self._examples[said]}"
            yield line, f"{said} ({number} of the made-up requests; {example})"


def _told(facts: dict[str, object], ruleset: Ruleset) -> str:
    changed = {name: value for name, value in facts.items() if value != ruleset.baseline[name]}
    return ", ".join(
        f"{name} {'unknown' if value is None else value}" for name, value in json_values(changed).items()
    )
