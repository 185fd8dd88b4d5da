"""Looks for facts that show a claim: with facts it is an error, without them a warning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from app.analysis.claims import Claim
from app.analysis.findings import Facts, Finding, severity_of
from app.analysis.geometry.grid import Box, Grid
from app.analysis.reached import Reached
from app.analysis.search.chain import Chain, Run
from app.analysis.search.climbing import Climber
from app.analysis.search.points import changed
from app.analysis.wording import facts_said

MOST_CLAIMS = 200  # looked at in one step
MOST_CLIMBED = 10  # for which facts are searched
MOST_SHOWN = 5


class Witnesses:
    """Facts for claims, rules and outcomes, found by running the chain."""

    def __init__(self, chain: Chain, climber: Climber, reached: Reached) -> None:
        self.reached = reached
        self._chain = chain
        self._climber = climber
        self._ruleset = chain.plan.ruleset

    def shown(self, claims: Iterable[Claim]) -> Iterator[Finding]:
        """The findings of one step and check: those that facts show first, and how many more there are."""
        looked_at = list(islice(claims, MOST_CLAIMS))
        found = [(claim, self._seen(claim)) for claim in looked_at]
        found.sort(key=lambda one: one[1] is None)
        for i, (claim, facts) in enumerate(found[:MOST_CLIMBED]):
            if facts is None:
                found[i] = (claim, self._climbed(claim))
        found.sort(key=lambda one: one[1] is None)
        shown = [self._finding(claim, facts) for claim, facts in found[:MOST_SHOWN]]
        more = len(looked_at) - len(shown)
        if more:
            least = "at least " if len(looked_at) == MOST_CLAIMS else ""
            shown[-1] = replace(shown[-1], message=f"{shown[-1].message} (and {least}{more} more)")
        yield from shown

    def leading_to(self, grid: Grid, boxes: Sequence[Box], wanted: Callable[[Run], bool]) -> Facts | None:
        """Facts that lead into one of the boxes to a decision as wanted; every run on the way is noted."""

        def accepted(facts: Facts) -> bool:
            run = self._chain.run(facts)
            self.reached.take(run)
            return wanted(run)

        return self._climber.find(grid, boxes, accepted, self.reached.telling())

    def _seen(self, claim: Claim) -> Facts | None:
        return next((one for one in self.reached.showing(claim) if self._shows(claim, one)), None)

    def _climbed(self, claim: Claim) -> Facts | None:
        return self.leading_to(claim.grid, [claim.box], lambda run: _met(claim, run))

    def _shows(self, claim: Claim, facts: Facts) -> bool:
        values = self._chain.values_at(claim.grid.number, facts)
        if values is None or not claim.grid.holds_in(claim.box, values):
            return False
        return _met(claim, self._chain.run(facts))

    def _finding(self, claim: Claim, facts: Facts | None) -> Finding:
        severity = severity_of(self._ruleset, claim.check, proven=facts is not None)
        assert severity is not None
        if facts is None:
            said = f"{claim.message}; no facts that lead there were found, so perhaps none do"
            return Finding(claim.check, said, claim.line, severity)
        facts = self._simplified(claim, facts)
        said = f"{claim.message}; it happens on {facts_said(self._ruleset, facts)}"
        return Finding(claim.check, said, claim.line, severity, facts)

    def _simplified(self, claim: Claim, facts: Facts) -> Facts:
        """The same nearer to the baseline: what need not differ from it does not."""
        for name, value in self._ruleset.baseline.items():
            if facts.values[name] != value:
                simpler = changed(facts, name, value)
                facts = simpler if self._shows(claim, simpler) else facts
        simpler = Facts(facts.values, self._ruleset.baseline_as_of)
        return simpler if facts != simpler and self._shows(claim, simpler) else facts


def _met(claim: Claim, run: Run) -> bool:
    rows = run.rows.get(claim.grid.number)
    return rows is not None and claim.met_by(rows)
