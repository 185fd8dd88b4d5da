"""The samples of a text, run: its cases, and the examples of its rules, with what came out of each."""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis.rule_examples import ExampleResult, run_examples
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.agreement import Engine
from app.services.rulesets.case_results import CaseResult, case_results
from schemas.ruleset import load


@dataclass(frozen=True, slots=True)
class Samples:
    """Every case and every example of a rule, in the order of the text."""

    ruleset: Ruleset
    cases: list[CaseResult]
    examples: list[ExampleResult]

    @property
    def failing_cases(self) -> list[CaseResult]:
        """Those of which something else came out than they expect."""
        return [one for one in self.cases if one.differs]

    @property
    def failing_examples(self) -> list[ExampleResult]:
        """Those that do not show what they are there for."""
        return [one for one in self.examples if not one.holds]


def run_samples(text: bytes) -> Samples:
    """Run with both engines, in some tenths of a second. Raises ``Invalid`` for a text that does not load."""
    ruleset = load(text)
    plan = Plan(ruleset)
    with Engine(ruleset) as engine:
        return Samples(ruleset, case_results(plan, engine.matcher), run_examples(plan, engine.matcher))
