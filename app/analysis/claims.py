"""Claims: what geometry says of one step, before anybody has seen it happen."""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.places import Rows


@dataclass(frozen=True, slots=True)
class Claim:
    """In ``box`` the rules of ``holding`` hold and those of ``silent`` do not.

    True of the step taken alone. Where its columns hang together through
    formulas the box may be one that no facts lead to: facts are to be found.
    """

    check: str
    message: str
    line: int
    grid: Grid
    box: Box
    holding: Rows = 0
    silent: Rows = 0

    def met_by(self, rows: Rows) -> bool:
        """Whether the rules that held are as claimed."""
        return rows & self.holding == self.holding and not rows & self.silent


@dataclass(frozen=True, slots=True)
class Verdict:
    """What geometry says of one step by itself: proved against it, worth a look, or ``open``.

    ``dead`` marks a rule that is never effective.
    """

    check: str
    message: str
    line: int
    proven: bool = True
    dead: bool = False
    open: bool = False
