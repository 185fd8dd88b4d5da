"""Grids: one match step as boxes of places, one box a rule."""

from __future__ import annotations

from collections.abc import Mapping

from app.analysis.geometry.columns import Column, Places, column
from app.analysis.geometry.places import Rows
from app.analysis.possible.extents import Extent
from app.domain.rules import MatchStep, Table
from app.domain.unary_tests import UnaryTest
from app.domain.values import Values, ValueType

Box = tuple[Places, ...]  # for each column of the grid, a set of its places


class Grid:
    """A match step over the values that its columns can have.

    Of a rule that tests one name twice, the second test has a column of its
    own: then a box may hold no value at all. No text writes such a rule.
    """

    __slots__ = ("step", "number", "columns", "every", "whole", "boxes")

    def __init__(
        self, step: MatchStep, number: int, types: Mapping[str, ValueType], extents: Mapping[str, Extent]
    ) -> None:
        self.step = step
        self.number = number
        self.every: Rows = (1 << len(step.rules)) - 1
        cells: dict[tuple[str, int], list[tuple[int, UnaryTest]]] = {(one, 0): [] for one in _inputs(step)}
        for i, rule in enumerate(step.rules):
            seen: list[str] = []
            for one in rule.when:
                cells.setdefault((one.name, seen.count(one.name)), []).append((i, one.test))
                seen.append(one.name)
        self.columns: tuple[Column, ...] = tuple(
            column(name, types[name], extents[name], self.every, tests) for (name, _), tests in cells.items()
        )
        self.whole: Box = tuple(one.everything for one in self.columns)
        self.boxes: tuple[Box, ...] = tuple(
            tuple(one.of_rule(i) for one in self.columns) for i in range(len(step.rules))
        )

    def impossible(self, rule: int) -> bool:
        """Whether no value at all meets one of the rule's tests."""
        return not all(self.boxes[rule])

    def meeting(self, box: Box) -> Rows:
        """The rules whose boxes meet this one."""
        found = self.every
        for one, places in zip(self.columns, box, strict=True):
            found &= one.anywhere(places)
        return found

    def holds_in(self, box: Box, values: Values) -> bool:
        """Whether the values lie in the box."""
        return all(
            one.place_of(values[one.name]) & places for one, places in zip(self.columns, box, strict=True)
        )


def shared(a: Box, b: Box) -> Box:
    """Where two boxes overlap; an empty set in a column means nowhere."""
    return tuple(one & other for one, other in zip(a, b, strict=True))


def _inputs(step: MatchStep) -> tuple[str, ...]:
    return step.inputs if isinstance(step, Table) else ()
