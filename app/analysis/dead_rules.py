"""Rules that can never be effective, and rules that say again what another says.

Dead is proved, for the steps above only widen what a column is taken to be able
to hold. A rule within another that gives the same is no fault of its own; it is
shown so that a correction is not made in one of the two alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from app.analysis.claims import Verdict
from app.analysis.findings import DEAD_RULES
from app.analysis.geometry.covering import Covering
from app.analysis.geometry.grid import Box, Grid, shared
from app.analysis.geometry.places import Rows
from app.analysis.geometry.work import TooMuch, Work
from app.analysis.wording import in_step, label_of, row, rows
from app.domain.hit_policies import priority
from app.domain.matching import rule_numbers
from app.domain.messages import told
from app.domain.rules import OUTCOME, HitPolicy, Rule, RuleList, Scorecard, Table
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import IsUnknown

MOST_WORK = 400_000  # for all rules of a step
WORK_FOR_ONE = 20_000
MOST_BOXES = 50
MOST_TRIED = 40
_REPEATABLE = ("union", "largest", "smallest")
_EVERY = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


def dead_rules(ruleset: Ruleset, grid: Grid) -> Iterator[Verdict]:
    """The rules of one step that never fire, are never first, or add nothing."""
    for number, rule in enumerate(grid.step.rules):
        if not grid.impossible(number):
            continue
        if isinstance(grid.step, Scorecard) and _asks_unknown(rule):
            continue  # the language wants this band wherever it cannot tell that it is never needed
        yield _impossible(ruleset, grid, number)
    yield from _covered(ruleset, grid, Work(MOST_WORK))
    yield from _repeated(ruleset, grid)


def _asks_unknown(rule: Rule) -> bool:
    return all(isinstance(one, IsUnknown) for one in rule.when[0].test.alternatives)


def _impossible(ruleset: Ruleset, grid: Grid, number: int) -> Verdict:
    rule = grid.step.rules[number]
    empty = [one.name for one, places in zip(grid.columns, grid.boxes[number], strict=True) if not places]
    test = next(one.test.text for one in rule.when if one.name == empty[0])
    said = in_step(
        grid.step.id,
        told(
            "{row} never holds: {label} is never `{test}`",
            row=row(rule),
            label=label_of(ruleset, empty[0]),
            test=test,
        ),
    )
    return Verdict(DEAD_RULES, said, rule.line, dead=True)


def remaining(ruleset: Ruleset, grid: Grid, number: int) -> list[Box]:
    """Where a rule is effective, as boxes: its own, less what goes before it. Raises ``TooMuch``."""
    before = _before(ruleset, grid, number) & grid.meeting(grid.boxes[number])
    if not before or grid.impossible(number):
        return [] if grid.impossible(number) else [grid.boxes[number]]
    return list(islice(Covering(grid, before, grid.boxes[number], Work(WORK_FOR_ONE)).boxes(), MOST_BOXES))


def _before(ruleset: Ruleset, grid: Grid, number: int) -> Rows:
    """The rules that are effective instead of this one where both hold."""
    step = grid.step
    if isinstance(step, Scorecard) or step.hit_policy not in (HitPolicy.FIRST, HitPolicy.PRIORITY):
        return 0
    if step.hit_policy is HitPolicy.FIRST:
        return (1 << number) - 1
    outputs = step.outputs if isinstance(step, Table) else (OUTCOME, *ruleset.outputs)
    ranks = [(priority(ruleset, outputs, rule), i) for i, rule in enumerate(step.rules)]
    return sum(1 << i for i, rank in enumerate(ranks) if rank < ranks[number])


def _covered(ruleset: Ruleset, grid: Grid, work: Work) -> Iterator[Verdict]:
    for number, rule in enumerate(grid.step.rules):
        before = _before(ruleset, grid, number) & grid.meeting(grid.boxes[number])
        if not before or grid.impossible(number):
            continue
        try:
            if not Covering(grid, before, grid.boxes[number], work).complete:
                continue
        except TooMuch:
            said = in_step(
                grid.step.id,
                told("not settled whether {row} and those below are ever effective", row=row(rule)),
            )
            yield Verdict(DEAD_RULES, said, rule.line, proven=False, open=True)
            return
        covering = [grid.step.rules[i] for i in rule_numbers(_needed(grid, number, before))]
        hold = "holds" if len(covering) == 1 else "hold"
        said = in_step(
            grid.step.id,
            told(
                "{row} is never effective: {rows} {hold} wherever it does",
                row=row(rule),
                rows=rows(covering),
                hold=hold,
            ),
        )
        yield Verdict(DEAD_RULES, said, rule.line, dead=True)


def _needed(grid: Grid, number: int, before: Rows) -> Rows:
    """Few rules that cover this one between them: each is left out in turn, if the rest will do."""
    if before.bit_count() > MOST_TRIED:
        return before
    work = Work(WORK_FOR_ONE)
    try:
        for i in reversed(list(rule_numbers(before))):
            rest = before & ~(1 << i)
            if rest and Covering(grid, rest, grid.boxes[number], work).complete:
                before = rest
    except TooMuch:
        pass  # more are named than need be
    return before


def _repeated(ruleset: Ruleset, grid: Grid) -> Iterator[Verdict]:
    """Rules within another of the same step that give nothing the other does not give as well."""
    step = grid.step
    if not isinstance(step, Table | RuleList) or step.hit_policy not in _EVERY:
        return
    if isinstance(step, Table) and step.aggregate in ("sum", "count"):
        return
    for number, rule in enumerate(step.rules):
        if grid.impossible(number):
            continue
        for other in rule_numbers(grid.meeting(grid.boxes[number]) & ~(1 << number)):
            wider = shared(grid.boxes[number], grid.boxes[other]) == grid.boxes[number]
            same = grid.boxes[number] == grid.boxes[other] and _within(ruleset, step.rules[other], rule)
            if wider and _within(ruleset, rule, step.rules[other]) and (not same or number > other):
                yield _repetition(grid, rule, step.rules[other], same)
                break


def _within(ruleset: Ruleset, rule: Rule, other: Rule) -> bool:
    """Whether ``other``, where both hold, makes ``rule`` superfluous."""
    if rule.reason not in (None, other.reason):
        return False
    if ruleset.severities[rule.outcome] > ruleset.severities[other.outcome]:
        return False
    if not all(ruleset.outputs[one.output].combine in _REPEATABLE for one in rule.then):
        return False
    given: Sequence[object] = other.then
    return all(one in given for one in rule.then)


def _repetition(grid: Grid, rule: Rule, other: Rule, same: bool) -> Verdict:
    form = "{row} adds nothing: {other} holds wherever it does and gives as much"
    if same:
        form = "{row} has the same conditions and the same result as {other}"
    said = in_step(grid.step.id, told(form, row=row(rule), other=row(other)))
    return Verdict(DEAD_RULES, said, rule.line, proven=same)
