"""Takes over from one encoding what a second one says in other words, step by step.

Where a name has after some step the same value in both, whatever the facts, the second
goes on with the term of the first. So two versions that differ in one formula, and mean
the same by it, are the same again below it, and nothing there has to be proved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.symbols import Symbol, equal
from app.analysis.symbolic.terms import Term

MOST_APART = 6  # values that were not proved the same; after so many nothing more is asked


@dataclass(frozen=True, slots=True)
class Point:
    """What stands after a step: the values of names, how strict the outcome is, and whether it failed."""

    names: Mapping[str, Symbol]
    at_least: tuple[Term, ...]
    failed: Term


class Alike:
    """Compares with the points of another encoding. ``never`` proves that something is never true."""

    def __init__(self, terms: Terms, points: Mapping[str, Point], never: Callable[[Term], bool]) -> None:
        self._terms = terms
        self._points = points
        self._never = never
        self._left = MOST_APART

    def settled(self, step: str, before: Mapping[str, Symbol], point: Point) -> Point:
        """The point after a step, with what is the same as in the other; ``before`` stood above it."""
        twin = self._points.get(step)
        if twin is None:
            return point
        names, left = dict(point.names), self._left
        for name, symbol in point.names.items():
            other = twin.names.get(name)
            if symbol is before.get(name) or type(other) is not type(symbol) or other is None:
                continue
            if self._left == left and self._same(equal(self._terms, symbol, other)):
                names[name] = other  # where one value of a step is another, the rest of it is not asked about
        at_least = point.at_least
        if self._left < left:
            return Point(names, at_least, point.failed)
        if len(at_least) == len(twin.at_least):
            pairs = zip(at_least, twin.at_least, strict=True)
            at_least = tuple(self._truth(one, other) for one, other in pairs)
        return Point(names, at_least, self._truth(point.failed, twin.failed))

    def _truth(self, one: Term, other: Term) -> Term:
        return other if one is not other and self._same(self._terms.same(one, other)) else one

    def _same(self, same: Term) -> bool:
        if not self._left:
            return False
        apart = self._terms.no(same)
        proved = apart is self._terms.false or self._never(apart)
        self._left -= not proved
        return proved
