"""Made-up facts run through the real chain, by the matcher handed in: two engines that must agree.

Seeded by the ruleset's checks and nothing else, so that a finding comes again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from random import Random

from app.analysis.findings import Facts, Finding
from app.analysis.variations import Variations
from app.analysis.wording import facts_said
from app.domain.evaluation import Plan
from app.domain.matching import Matcher
from app.domain.messages import joined, told

SEED = 20260115
CHANGES = 6
_ID = re.compile(r"[a-z][a-z0-9_-]+")


class Trial:
    """Decides on made-up facts; every failure is a finding."""

    def __init__(self, plan: Plan, matcher: Matcher) -> None:
        self._plan = plan
        self._matcher = matcher
        self._chance = Random(SEED)
        self._variations = Variations(plan.ruleset, self._chance)
        self._failures: Counter[str] = Counter()
        self._examples: dict[str, Facts] = {}
        self.effective: set[str] = set()

    def once(self) -> None:
        """One set of facts, every second one far from any sample."""
        day = self._plan.ruleset.baseline_as_of
        far = self._chance.randrange(2)
        facts = self._variations.far(day) if far else self._variations.near(day, CHANGES)
        evaluation = self._plan.evaluate(self._matcher, facts, day)
        self.effective.update(one.rule.id for one in evaluation.fired if one.effective)
        if evaluation.failure is not None:
            said = joined(": ", (evaluation.failure.code, evaluation.failure.detail))
            self._failures[said] += 1
            self._examples.setdefault(said, Facts(facts, day))

    def findings(self) -> Iterator[Finding]:
        """Each kind of failure once, with how often and on which facts."""
        ruleset = self._plan.ruleset
        lines = {one.id: one.line for step in ruleset.match_steps for one in (step, *step.rules)}
        for said, number in self._failures.items():
            line = next((lines[word] for word in _ID.findall(said) if word in lines), 1)
            facts = self._examples[said]
            example = told("for example, on {facts}", facts=facts_said(ruleset, facts))
            message = told(
                "{said} ({number} of the made-up requests; {example})",
                said=said,
                number=number,
                example=example,
            )
            yield Finding("made_up_facts", message, line, facts=facts)
