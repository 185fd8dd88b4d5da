"""Rules and outcomes that neither an example nor a case nor any search has reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.analysis.dead_rules import remaining
from app.analysis.examples import Coverage
from app.analysis.findings import Finding, Severity
from app.analysis.geometry.grid import Grid
from app.analysis.geometry.work import TooMuch
from app.analysis.search.chain import Run
from app.analysis.survey import Surveyed
from app.analysis.witnesses import Witnesses
from app.analysis.wording import row
from app.domain.rules import Rule, RuleList
from app.domain.ruleset import Ruleset

EXAMPLES, REACHED, OUTCOMES = "examples", "reached", "outcomes"


def unreached(
    ruleset: Ruleset, surveyed: Sequence[Surveyed], sampled: Coverage, witnesses: Witnesses
) -> Iterator[Finding]:
    """Rules of lists need an example or case; of rows and bands, and of outcomes, found facts count too."""
    for one in surveyed:
        for number, rule in enumerate(one.step.rules):
            if rule.id in sampled.rules:
                continue
            if isinstance(one.step, RuleList):
                said = f"rule `{rule.id}` is effective in no example or case; give it fires_on or a case"
                yield Finding(EXAMPLES, said, rule.line)
            elif not _found(ruleset, one.grid, number, rule, witnesses):
                said = f"`{one.step.id}`: no example, case or made-up facts reach {row(rule)}"
                yield Finding(REACHED, said, rule.line, Severity.WARN)
    yield from _outcomes(ruleset, surveyed, sampled, witnesses)


def _found(ruleset: Ruleset, grid: Grid | None, number: int, rule: Rule, witnesses: Witnesses) -> bool:
    """Whether facts reach the rule; a rule proved dead is told as that, and counts as found here."""
    if rule.id in witnesses.reached.rules:
        return True
    if grid is None:
        return False
    try:
        boxes = remaining(ruleset, grid, number)
    except TooMuch:
        boxes = [grid.boxes[number]]
    return not boxes or witnesses.leading_to(grid, boxes, lambda run: _effective(run, rule)) is not None


def _effective(run: Run, rule: Rule) -> bool:
    return any(one.effective and one.rule.id == rule.id for one in run.evaluation.fired)


def _outcomes(
    ruleset: Ruleset, surveyed: Sequence[Surveyed], sampled: Coverage, witnesses: Witnesses
) -> Iterator[Finding]:
    for outcome in ruleset.outcomes:
        if outcome.id in sampled.outcomes or outcome.id in witnesses.reached.outcomes:
            continue
        setting = [
            (one.grid, number)
            for one in surveyed
            for number, rule in enumerate(one.step.rules)
            if rule.outcome == outcome.id and one.grid is not None
        ]
        if not setting and outcome.id in (ruleset.otherwise, ruleset.referral.id):
            continue  # a referral needs no rule: it is the answer to a conflict
        said = f"no example, case or made-up facts reach the outcome {outcome.id}"
        if not setting:
            said = f"no rule sets the outcome {outcome.id}"
        elif any(_led(witnesses, grid, number, outcome.id) for grid, number in setting):
            continue
        yield Finding(OUTCOMES, said, 1)


def _led(witnesses: Witnesses, grid: Grid, rule: int, outcome: str) -> bool:
    return witnesses.leading_to(grid, [grid.boxes[rule]], lambda run: _ends(run, outcome)) is not None


def _ends(run: Run, outcome: str) -> bool:
    return run.evaluation.failure is None and run.evaluation.outcome == outcome
