"""One place of a ruleset where a test, or a comparison in a formula, turns from one step to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from app.domain import expressions as tree
from app.domain.rules import Condition, Formula, Rule
from app.domain.values import Values

Position = Callable[[Values], Fraction | None]
Truth = Callable[[Values], bool]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where ``name`` turns: the last position below is ``low``, the first above ``high``.

    Of a comparison of two values ``name`` is None and the position their difference; one of ``low`` and
    ``high`` is None where that has no smallest step. ``number`` is the match step whose values count, for a
    formula the next one. ``decides`` tells of values whether this test alone decides, ``holds`` whether it
    holds, ``position`` where they lie. ``rule`` is None for a formula.
    """

    step: str
    number: int
    line: int
    text: str
    name: str | None
    names: tuple[str, ...]
    low: Fraction | None
    high: Fraction | None
    holds_above: bool
    position: Position
    decides: Truth
    holds: Truth
    rule: Rule | None = None
    condition: Condition | None = None
    formula: Formula | None = None
    comparison: tree.Comparison | None = None

    def above(self, position: Fraction) -> bool:
        """On which side a position lies."""
        if self.high is not None:
            return position >= self.high
        assert self.low is not None
        return position > self.low

    def at_edge(self, position: Fraction) -> bool:
        """Whether no position on its side lies nearer."""
        return position in (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a threshold, by its place among the thresholds of the ruleset."""

    threshold: int
    above: bool
