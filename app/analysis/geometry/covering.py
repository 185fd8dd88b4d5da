"""What the rules of a grid leave uncovered, as boxes that have nothing in common.

A region is split where that tears the fewest rules apart, until a rule covers
what is left of it or none meets it. Questions that differ only in columns which
none of the rules in question tests there are answered once. So the work follows
the structure of a table, not the number of its combinations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.analysis.geometry.columns import Column, Places
from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.places import Rows
from app.analysis.geometry.work import TooMuch, Work
from app.domain.matching import rule_numbers


class Node(NamedTuple):
    """Where something is uncovered: by these places of a column, what follows. ``column`` -1: all of it."""

    column: int
    branches: tuple[tuple[Places, Node], ...] = ()


_GAP = Node(-1)
_DEEPEST = 300
_FEW = 5
_Split = tuple[int, int, tuple[Places, ...]]  # rules torn apart, most rules on one side, the sides


class Covering:
    """Asks what some rules leave uncovered of a box; answers within ``work`` or raises ``TooMuch``.

    ``seen`` takes what was found uncovered on the way: the first few boxes, true
    also where the whole was too much.
    """

    def __init__(
        self, grid: Grid, rows: Rows, within: Box, work: Work, seen: list[Box] | None = None
    ) -> None:
        self._seen: list[Box] = [] if seen is None else seen
        self._columns = grid.columns
        self._within = within
        self._work = work
        self._known: dict[tuple[Rows, Box], Node | None] = {}
        self._root = self._left(rows & grid.meeting(within), within, _DEEPEST) if all(within) else None

    @property
    def complete(self) -> bool:
        """Whether nothing is left uncovered."""
        return self._root is None

    def boxes(self) -> Iterator[Box]:
        """The uncovered boxes, each apart from the others."""
        if self._root is not None:
            yield from self._below(self._root, self._within)

    def _left(self, rows: Rows, region: Box, depth: int) -> Node | None:
        """What ``rows``, which all meet the region, leave uncovered of it."""
        if not rows:
            if len(self._seen) < _FEW:
                self._seen.append(region)
            return _GAP
        covering, undecided = rows, []
        for i, places in enumerate(region):
            throughout = rows & self._columns[i].throughout(places)
            covering &= throughout
            if throughout != rows:
                undecided.append(i)
        if covering:
            return None
        key = (rows, tuple(places if i in undecided else 0 for i, places in enumerate(region)))
        if key not in self._known:
            if not depth:
                raise TooMuch
            self._work.spend(sum(region[i].bit_count() for i in undecided))
            self._known[key] = self._split(rows, region, undecided, depth - 1)
        return self._known[key]

    def _split(self, rows: Rows, region: Box, undecided: Sequence[int], depth: int) -> Node | None:
        split = _best_split if len(undecided) > 1 else _every_split
        (_, _, sides), i = min((split(self._columns[i], region[i], rows), i) for i in undecided)
        found = []
        for side in sides:
            meeting = rows & self._columns[i].anywhere(side)
            below = self._left(meeting, (*region[:i], side, *region[i + 1 :]), depth)
            if below is not None:
                found.append((side, below))
        return Node(i, tuple(found)) if found else None

    def _below(self, node: Node, box: Box) -> Iterator[Box]:
        if node is _GAP:
            yield box
        for places, child in node.branches:
            yield from self._below(child, (*box[: node.column], places, *box[node.column + 1 :]))


def _every_split(column: Column, places: Places, rows: Rows) -> _Split:
    """As many sides as there are different sets of rules."""
    alike: dict[Rows, Places] = {}
    for i in rule_numbers(places):
        here = rows & column.places[i].rows
        alike[here] = alike.get(here, 0) | 1 << i
    counts = [here.bit_count() for here in alike]
    return sum(counts) - rows.bit_count(), max(counts), tuple(alike.values())


def _best_split(column: Column, places: Places, rows: Rows) -> _Split:
    """Numbers and dates in two, by order; words, and two places, each by itself."""
    if not column.type.ordered or places.bit_count() <= 2:
        return _every_split(column, places, rows)
    numbers = list(rule_numbers(places))
    behind, rests = 0, dict[int, Rows]()
    for i in reversed(numbers):
        rests[i] = behind
        behind |= rows & column.places[i].rows
    before, found = 0, list[tuple[int, int, int]]()
    for i in numbers[:-1]:
        before |= rows & column.places[i].rows
        found.append(((before & rests[i]).bit_count(), max(before.bit_count(), rests[i].bit_count()), i))
    torn, most, last = min(found)
    low = places & ((2 << last) - 1)
    return torn, most, (low, places ^ low)


def merged(boxes: Sequence[Box]) -> list[Box]:
    """The same in fewer boxes: those that differ in one column only become one, greedily."""
    found = list(dict.fromkeys(boxes))
    while True:
        before = len(found)
        for i in range(len(found[0]) if found else 0):
            alike: dict[Box, Places] = {}
            for box in found:
                key = (*box[:i], 0, *box[i + 1 :])
                alike[key] = alike.get(key, 0) | box[i]
            found = [(*key[:i], places, *key[i + 1 :]) for key, places in alike.items()]
        if len(found) == before:
            return found
