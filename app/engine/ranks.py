"""Rank encoding: exact values become small integers, and the tests of a column become runs of them.

The constants of a column cut its values into **places**: below the first
constant, equal to it, between it and the second, and so on; of a choice, one
place a value named and one for all others. Places that every test of the
column treats alike share a **rank**: a band, a choice, or two values that
always stand together are then one rank, which durable_rules tests by one
equality. Unknown is a place like any other, met only by tests that ask for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.domain.unary_tests import Compare, IsKnown, Range, UnaryTest
from app.domain.values import Value

LOWEST = 0
HIGHEST = 1_000_000  # "no upper bound": no column has so many ranks
UNKNOWN = 0  # the place of unknown

Run = tuple[int, int]  # consecutive ranks, both ends included
Pattern = Mapping[str, Run]  # attribute -> the ranks that it may have
Places = int  # a set of places: bit i is place i


class Column(NamedTuple):
    """One tested name in the engine's terms.

    ``encode`` gives a value's part of a fact, a comma and JSON; it is called
    with ``other``, the part of a value that it has no other answer for.
    ``patterns`` has, for each test, disjoint patterns of which one meets a
    value exactly when the test holds for it.
    """

    name: str
    attributes: Sequence[str]
    encode: Callable[[Value, str], str]
    other: str
    patterns: Mapping[UnaryTest, Sequence[Pattern]]


def ordered_column(name: str, attribute: str, tests: Sequence[UnaryTest]) -> Column:
    """Numbers and dates. Place 1 is below every constant, 2 is the first, 3 between it and the second."""
    constants = sorted({value for test in tests for value in _constants(test)})
    place_of = {value: 2 * i + 2 for i, value in enumerate(constants)}
    last = 2 * len(constants) + 1
    parts, patterns = _ranked(attribute, tests, place_of, last)
    number = len(constants)

    def encode(value: Value, unknown: str) -> str:
        if value is None:
            return unknown
        i = bisect_left(constants, value)
        return parts[2 * i + 2 if i < number and constants[i] == value else 2 * i + 1]

    return Column(name, (attribute,), encode, parts[UNKNOWN], patterns)


def word_column(name: str, attribute: str, tests: Sequence[UnaryTest], declared: Sequence[str]) -> Column:
    """Choices and yes or no. Place 1 is any value that no test names; the others follow in declared order."""
    named = {value for test in tests for value in _constants(test)}
    words = sorted(named, key=declared.index) if named <= set(declared) else sorted(named)
    place_of = {word: i + 2 for i, word in enumerate(words)}
    parts, patterns = _ranked(attribute, tests, place_of, len(words) + 1)
    told: dict[Value, str] = {word: parts[place] for word, place in place_of.items()}
    told[None] = parts[UNKNOWN]
    return Column(name, (attribute,), told.get, parts[1], patterns)


def _constants(test: UnaryTest) -> Iterator[Value]:
    for one in test.alternatives:
        if isinstance(one, Compare):
            yield one.endpoint.value
        elif isinstance(one, Range):
            yield one.low.value
            yield one.high.value


def _places(test: UnaryTest, place_of: Mapping[Value, int], last: int) -> Places:
    """The places whose values satisfy the test."""
    found = 0
    for one in test.alternatives:
        low = high = UNKNOWN
        match one:
            case Compare(symbol, endpoint):
                place = place_of[endpoint.value]
                low = {"<": 1, "<=": 1, "=": place, ">=": place, ">": place + 1}[symbol]
                high = {"<": place - 1, "<=": place, "=": place, ">=": last, ">": last}[symbol]
            case Range(start, start_included, end, end_included):
                low = place_of[start.value] + (not start_included)
                high = place_of[end.value] - (not end_included)
            case IsKnown():
                low, high = 1, last
        if low <= high:
            found |= (2 << high) - (1 << low)
    known = (2 << last) - 2
    return known & ~found if test.negated else found


def _ranked(
    attribute: str, tests: Sequence[UnaryTest], place_of: Mapping[Value, int], last: int
) -> tuple[list[str], dict[UnaryTest, list[Pattern]]]:
    """The part of a fact for each place, and the patterns of each test.

    Ranks are numbered in the order of places, so that a test of consecutive
    places has consecutive ranks.
    """
    sets = [_places(test, place_of, last) for test in tests]
    begin_or_end: dict[int, int] = {}  # place -> the tests whose truth changes there
    for number, places in enumerate(sets):
        for place in _bits(places ^ (places << 1)):
            begin_or_end[place] = begin_or_end.get(place, 0) ^ (1 << number)
    rank_of: dict[int, int] = {}  # the tests that hold there -> rank
    ranks, held_by = [], 0
    for place in range(last + 1):
        held_by ^= begin_or_end.get(place, 0)
        ranks.append(rank_of.setdefault(held_by, len(rank_of)))
    top = len(rank_of) - 1
    patterns: dict[UnaryTest, list[Pattern]] = {
        test: [{attribute: run} for run in _runs({ranks[place] for place in _bits(places)}, top)]
        for test, places in zip(tests, sets, strict=True)
    }
    return [f',"{attribute}":{rank}' for rank in ranks], patterns


def _runs(ranks: set[int], top: int) -> list[Run]:
    starts = sorted(rank for rank in ranks if rank - 1 not in ranks)
    ends = sorted(rank for rank in ranks if rank + 1 not in ranks)
    return [(low, HIGHEST if low < high == top else high) for low, high in zip(starts, ends, strict=True)]


def _bits(number: Places) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
