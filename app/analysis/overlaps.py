"""Rows that can hold together against their hit policy: any two under UNIQUE, two that differ under ANY."""

from __future__ import annotations

from collections.abc import Iterator

from app.analysis.claims import Claim
from app.analysis.findings import OVERLAPS
from app.analysis.geometry.grid import Grid, shared
from app.analysis.geometry.samples import sample
from app.analysis.wording import in_step, row, sample_said
from app.domain.matching import rule_numbers
from app.domain.messages import told
from app.domain.rules import HitPolicy, Rule, RuleList, Table
from app.domain.ruleset import Ruleset


def overlaps(ruleset: Ruleset, grid: Grid) -> Iterator[Claim]:
    """Every pair of rules that some values of their columns would let hold together."""
    step = grid.step
    if not isinstance(step, Table | RuleList) or step.hit_policy not in (HitPolicy.UNIQUE, HitPolicy.ANY):
        return
    for i, first in enumerate(step.rules):
        if grid.impossible(i):
            continue
        for j in rule_numbers(grid.meeting(grid.boxes[i]) >> i + 1 << i + 1):
            second = step.rules[j]
            if step.hit_policy is HitPolicy.UNIQUE or _differ(first, second):
                yield _claim(ruleset, grid, i, j)


def _differ(first: Rule, second: Rule) -> bool:
    return (first.outcome, first.then) != (second.outcome, second.then)


def _claim(ruleset: Ruleset, grid: Grid, i: int, j: int) -> Claim:
    step = grid.step
    box = shared(grid.boxes[i], grid.boxes[j])
    said = sample_said(ruleset, sample(grid, box, ruleset.baseline))
    first, second = step.rules[i], step.rules[j]
    message = in_step(
        step.id,
        told(
            "rows {first} and {second} hold together, for example: {example}",
            first=row(first),
            second=row(second),
            example=said,
        ),
    )
    return Claim(OVERLAPS, message, second.line, grid, box, holding=1 << i | 1 << j)
