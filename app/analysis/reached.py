"""What decisions on made-up facts have shown: rules that were effective, outcomes, and how steps were met."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from app.analysis.claims import Claim
from app.analysis.findings import Facts
from app.analysis.search.chain import Chain, Run
from app.analysis.search.points import Points
from app.domain.decision import RULES_CONFLICT, Failure
from app.domain.rules import HitPolicy, RuleList, Table
from app.domain.ruleset import Ruleset

_MOST_TELLING = 60  # facts that searches begin from
_MOST_KEPT = 5  # facts for one way in which a step was met


class Reached:
    """A ledger of runs: the first facts that showed each thing."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._met: dict[int, dict[int, list[Facts]]] = {}
        self.rules: dict[str, Facts] = {}
        self.decisive: set[str] = set()
        self.outcomes: dict[str, Facts] = {}
        self.failures: dict[Failure, Facts] = {}

    def explore(self, chain: Chain, points: Points, chance: Random, runs: int) -> None:
        """Decide on the ruleset's own samples, and so many times on facts near them."""
        for facts in points.starts:
            self.take(chain.run(facts))
        for _ in range(runs):
            self.take(chain.run(points.near(chance)))

    def take(self, run: Run) -> None:
        """Note what a run has shown."""
        for one in run.evaluation.fired:
            if one.effective:
                self.rules.setdefault(one.rule.id, run.facts)
                if one.decisive:
                    self.decisive.add(one.rule.id)
        for step, rows in run.rows.items():
            kept = self._met.setdefault(step, {}).setdefault(rows, [])
            if len(kept) < _MOST_KEPT:
                kept.append(run.facts)
        failure = run.evaluation.failure
        if failure is None:
            self.outcomes.setdefault(run.evaluation.outcome, run.facts)
        elif not self._overlapped(failure, run):
            self.failures.setdefault(failure, run.facts)

    def telling(self) -> list[Facts]:
        """Few facts that between them showed every rule that was ever effective, the latest first."""
        several = {id(one): one for one in self.rules.values()}
        return list(several.values())[: -_MOST_TELLING - 1 : -1]

    def showing(self, claim: Claim) -> Iterator[Facts]:
        """Facts on which the rules of a step were as claimed, wherever in the step that was."""
        for rows, several in self._met.get(claim.grid.number, {}).items():
            if claim.met_by(rows):
                yield from several

    def _overlapped(self, failure: Failure, run: Run) -> bool:
        """Whether the walk stopped for two rules of a step that allows one, which is told as an overlap."""
        if failure.code != RULES_CONFLICT or not run.rows:
            return False
        last = max(run.rows)
        step = self._ruleset.match_steps[last]
        single = isinstance(step, Table | RuleList) and step.hit_policy in (HitPolicy.UNIQUE, HitPolicy.ANY)
        return single and run.rows[last].bit_count() > 1
