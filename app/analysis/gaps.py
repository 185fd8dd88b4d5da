"""Values for which no row holds, in tables of which one row always should: UNIQUE and FIRST."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from app.analysis.claims import Claim, Verdict
from app.analysis.findings import GAPS
from app.analysis.geometry.covering import Covering, merged
from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.samples import sample
from app.analysis.geometry.work import TooMuch, Work
from app.analysis.wording import box_said, in_step, sample_said
from app.domain.messages import told
from app.domain.rules import HitPolicy, Table
from app.domain.ruleset import Ruleset

MOST_WORK = 200_000
MOST_BOXES = 500


def gaps(ruleset: Ruleset, grid: Grid) -> Iterator[Claim | Verdict]:
    """The uncovered boxes, those that the fewest columns narrow first; or that it could not be settled."""
    step = grid.step
    if not isinstance(step, Table) or step.hit_policy not in (HitPolicy.UNIQUE, HitPolicy.FIRST):
        return
    seen: list[Box] = []
    try:
        covering = Covering(grid, grid.every, grid.whole, Work(MOST_WORK), seen)
        boxes = merged(list(islice(covering.boxes(), MOST_BOXES)))
    except TooMuch:
        boxes = merged(seen)
        which = "other values than those told here" if seen else told("values")
        said = in_step(step.id, told("not settled whether a row holds for all {which}", which=which))
        yield Verdict(GAPS, said, step.line, proven=False, open=True)
    for box in sorted(boxes, key=lambda box: _narrowed(grid, box)):
        yield _claim(ruleset, grid, box)


def _narrowed(grid: Grid, box: Box) -> int:
    return sum(places != every for places, every in zip(box, grid.whole, strict=True))


def _claim(ruleset: Ruleset, grid: Grid, box: Box) -> Claim:
    said = box_said(ruleset, grid, box)
    example = sample_said(ruleset, sample(grid, box, ruleset.baseline))
    message = told("no row holds where: {said}", said=said)
    if example != said:
        message = told("no row holds where: {said}; for example: {example}", said=said, example=example)
    return Claim(GAPS, in_step(grid.step.id, message), grid.step.line, grid, box, silent=grid.every)
