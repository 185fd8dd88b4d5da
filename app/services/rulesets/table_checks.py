"""What is wrong with one table of a text that is not stored yet: quick enough to be told as one types.

Faults of cells first. Of a text that loads, what geometry says of the step alone: gaps, overlaps, and rows
that are never first. Where columns hang together through formulas, that may be what no facts lead to; whether
they do is settled by the checks of the stored text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from app.analysis.claims import Claim, Verdict
from app.analysis.dead_rules import dead_rules
from app.analysis.findings import GAPS, severity_of
from app.analysis.gaps import gaps
from app.analysis.geometry.grid import Grid
from app.analysis.overlaps import overlaps
from app.analysis.survey import survey
from app.analysis.wording import without_place
from app.domain.errors import Invalid, Problem
from app.domain.matching import rule_numbers
from app.domain.ruleset import Ruleset
from schemas.ruleset import load

FAULT = "fault"
_WHERE = re.compile(r"(?:table|rules) `([^`]+)`(?:, (?:row|rule) `([^`]+)`)?(?:, `([^`]+)`)?: .*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is wrong: of a cell, of rows, of the table, or (``table`` empty) of the text elsewhere.

    A fault of a list of rules stands as one of a table, with the list's name and the rule as its row.

    ``kind`` is ``fault`` or the name of a check.
    """

    kind: str
    message: str
    table: str = ""
    rows: tuple[str, ...] = ()
    column: str = ""
    line: int = 1


def marks(text: bytes, table: str) -> list[Mark]:
    """Everything that is wrong with ``table``, or with a text that cannot be read."""
    try:
        ruleset = load(text)
    except Invalid as error:
        return [_fault(one) for one in error.problems]
    return list(_of_step(ruleset, table))


def _fault(problem: Problem) -> Mark:
    found = _WHERE.fullmatch(problem.message)
    if found is None:
        return Mark(FAULT, problem.message, line=problem.line or 1)
    table, row, column = found.groups()
    said = without_place(problem.message)
    return Mark(FAULT, said, table, (row,) if row else (), column or "", problem.line or 1)


def _of_step(ruleset: Ruleset, table: str) -> Iterator[Mark]:
    surveyed = next((one for one in survey(ruleset) if one.step.id == table), None)
    if surveyed is None or surveyed.grid is None:
        return
    grid = surveyed.grid
    for one in chain(gaps(ruleset, grid), overlaps(ruleset, grid), dead_rules(ruleset, grid)):
        if severity_of(ruleset, one.check, proven=True) is not None:
            said = without_place(one.message)
            yield Mark(one.check, said, table, _rows(grid, one), line=one.line)


def _rows(grid: Grid, one: Claim | Verdict) -> tuple[str, ...]:
    rules = grid.step.rules
    if isinstance(one, Claim):
        return () if one.check == GAPS else tuple(rules[number].id for number in rule_numbers(one.holding))
    return tuple(rule.id for rule in rules if rule.line == one.line)
