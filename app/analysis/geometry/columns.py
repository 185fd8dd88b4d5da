"""Columns: what the rules of one step say about one name, cut into places.

The places of numbers and dates stand in their order, that of the unknown last.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from app.analysis.geometry.lists import list_places
from app.analysis.geometry.places import Place, Rows, Span, domain, spans_of, ticks
from app.analysis.possible.extents import Extent
from app.domain.matching import rule_numbers
from app.domain.unary_tests import UnaryTest, holds
from app.domain.values import Kind, Value, ValueType

Places = int  # a set of places of one column: bit i is place i
SOMETHING = "text"  # stands for any value of what is carried and never tested


class Column:
    """The places of one name; of each value the place it is in, of each rule those where its test holds."""

    __slots__ = (
        "name",
        "type",
        "places",
        "everything",
        "_all",
        "_any",
        "_at",
        "_of_rule",
        "_starts",
        "tests",
    )

    def __init__(
        self,
        name: str,
        value_type: ValueType,
        places: Sequence[Place],
        free: Rows,
        tests: Mapping[UnaryTest, Rows],
    ) -> None:
        self.name = name
        self.type = value_type
        self.places = tuple(places)
        self.everything: Places = (1 << len(self.places)) - 1
        self.tests = tests
        self._starts = [place.span.low for place in self.places if place.span is not None]
        self._at: dict[Value, Places] = {
            self._key(place.value): 1 << i for i, place in enumerate(self.places) if place.span is None
        }
        self._of_rule = dict.fromkeys(rule_numbers(free), self.everything)
        for rows in tests.values():
            where = self._places_of(rows & -rows)
            self._of_rule.update(dict.fromkeys(rule_numbers(rows), where))
        self._any: dict[Places, Rows] = {}
        self._all: dict[Places, Rows] = {}

    def place_of(self, value: Value) -> Places:
        """The place of a value, as a set of one; empty when the value was not thought possible."""
        if value is None or not self.type.ordered:
            return self._at.get(self._key(value), 0)
        tick = int(ticks(value, self.type))
        i = bisect_right(self._starts, tick, key=lambda low: tick if low is None else low) - 1
        span = self.places[i].span if i >= 0 else None
        inside = span is not None and (span.high is None or tick <= span.high)
        return 1 << i if inside else 0

    def of_rule(self, number: int) -> Places:
        """The places where the test of a rule holds."""
        return self._of_rule[number]

    def anywhere(self, places: Places) -> Rows:
        """The rules that hold in one of the places at least."""
        found = self._any.get(places)
        if found is None:
            found = 0
            for i in rule_numbers(places):
                found |= self.places[i].rows
            self._any[places] = found
        return found

    def throughout(self, places: Places) -> Rows:
        """The rules that hold in each of the places; there must be one."""
        found = self._all.get(places)
        if found is None:
            found = -1
            for i in rule_numbers(places):
                found &= self.places[i].rows
            self._all[places] = found
        return found

    def _places_of(self, row: Rows) -> Places:
        return sum(1 << i for i, place in enumerate(self.places) if place.rows & row)

    def _key(self, value: Value) -> Value:
        """Lists are known by the tests that they meet, texts not at all."""
        if value is not None and self.type.kind is Kind.CHOICES:
            return tuple(holds(test, value) for test in self.tests)
        carried = self.type.kind in (Kind.TEXT, Kind.RECORDS, Kind.DATES)
        return SOMETHING if value is not None and carried else value


def column(
    name: str, value_type: ValueType, extent: Extent, every: Rows, cells: Iterable[tuple[int, UnaryTest]]
) -> Column:
    """The column that these cells (number of a rule, its test) make of a name. Raises ``TooMuch``."""
    free, tests = every, dict[UnaryTest, Rows]()
    for number, test in cells:
        if not test.irrelevant:
            free &= ~(1 << number)
            tests[test] = tests.get(test, 0) | 1 << number
    found = list(_known_places(value_type, extent, free, tests)) if extent.known else []
    if extent.unknown:
        found.append(_at(None, free, tests))
    return Column(name, value_type, found, free, tests)


def _at(value: Value, free: Rows, tests: Mapping[UnaryTest, Rows]) -> Place:
    return Place(free | sum(rows for test, rows in tests.items() if holds(test, value)), value=value)


def _known_places(
    value_type: ValueType, extent: Extent, free: Rows, tests: Mapping[UnaryTest, Rows]
) -> Sequence[Place]:
    if value_type.ordered:
        return _ordered_places(value_type, domain(extent, value_type), free, tests)
    if value_type.kind is Kind.CHOICES:
        return list_places(value_type.choices, free, tests)
    words: Sequence[Value] = (SOMETHING,)
    if value_type.kind in (Kind.CHOICE, Kind.YES_NO):
        declared = (True, False) if value_type.kind is Kind.YES_NO else value_type.choices
        words = [one for one in declared if extent.words is None or one in extent.words]
    return [_at(word, free, tests) for word in words]


def _ordered_places(
    value_type: ValueType, within: Span, free: Rows, tests: Mapping[UnaryTest, Rows]
) -> Sequence[Place]:
    """Walks up the ticks: at each end of a span some rules begin or cease to hold."""
    rows, changes = free, dict[int, Rows]()
    for test, tested in tests.items():
        for low, high in spans_of(test, value_type):
            if low is None:
                rows ^= tested
            else:
                changes[low] = changes.get(low, 0) ^ tested
            if high is not None:
                changes[high + 1] = changes.get(high + 1, 0) ^ tested
    found, start = [], within.low
    for tick in sorted(changes):
        if within.high is not None and tick > within.high:
            break
        if changes[tick] and (start is None or tick > start):
            found.append(Place(rows, Span(start, tick - 1)))
            start = tick
        rows ^= changes[tick]
    return [] if within.empty else [*found, Place(rows, Span(start, within.high))]
