"""Climbs from the ruleset's own samples to facts that lead to a box, one change at a time.

Facts that are tested themselves are set. For calculated columns the facts behind
them are tried at their thresholds, and moved along straight lines to where a
number or a comparison turns. Bounded, and seeded: equal rulesets, equal answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from random import Random
from typing import NamedTuple

from app.analysis.findings import Facts
from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.places import ticks
from app.analysis.geometry.samples import edges
from app.analysis.possible.extents import as_number
from app.analysis.search.chain import Chain
from app.analysis.search.distances import Distances, of_places
from app.analysis.search.points import Points, changed
from app.analysis.search.reading import Reading
from app.domain.rules import AS_OF
from app.domain.values import Value, Values, ValueType

RUNS = 600  # for one question
_BEGINNINGS = 3
_ROUNDS = 60
_PULLS = 4
_NEAREST = 4  # facts that a name is read from most directly
_MOST_BOXES = 6
_MOST_STARTS = 200
Accept = Callable[[Facts], bool]
Gauge = Callable[[Values], Fraction | None]


class Climber:
    """Looks for facts; asks the chain at most ``most`` times in all, and ``RUNS`` times for one question."""

    def __init__(self, chain: Chain, reading: Reading, points: Points, seed: int, most: int) -> None:
        self.chain = chain
        self.reading = reading
        self.points = points
        self.distances = Distances(reading)
        self._seed = seed
        self._last = chain.runs + most
        self._seen: dict[tuple[int, int], tuple[Facts, Values | None]] = {}

    def find(
        self, grid: Grid, boxes: Sequence[Box], accept: Accept, also: Sequence[Facts] = ()
    ) -> Facts | None:
        """Facts that lead into one of the boxes and are accepted; None when none were found in time.

        ``also`` are facts to begin from besides the ruleset's own samples.
        """
        boxes = [box for box in boxes[:_MOST_BOXES] if all(box)]
        if self.chain.runs >= self._last or not boxes:
            return None
        beginnings = list(self._beginnings(grid.number, (*self.points.starts[:_MOST_STARTS], *also)))
        runs = min(RUNS, self._last - self.chain.runs)
        return _Climb(self, grid, Random(self._seed), runs, accept).find(boxes, beginnings)

    def _beginnings(self, step: int, several: Sequence[Facts]) -> Iterator[tuple[Facts, Values]]:
        """Those facts that come to the step, with what it sees of them."""
        for facts in several:
            key = (step, id(facts))
            if key not in self._seen:
                self._seen[key] = (facts, self.chain.values_at(step, facts))
            values = self._seen[key][1]
            if values is not None:
                yield facts, values


class _Look(NamedTuple):
    """Facts that were tried: how far they are, what the step saw, and the box they are measured by."""

    distance: float
    facts: Facts
    values: Values
    box: Box


class _Climb:
    """One question."""

    def __init__(self, climber: Climber, grid: Grid, chance: Random, runs: int, accept: Accept) -> None:
        self._climber = climber
        self._chain, self._reading = climber.chain, climber.reading
        self._grid = grid
        self._chance = chance
        self._end = self._chain.runs + runs
        self._accept = accept

    def find(self, boxes: Sequence[Box], beginnings: Sequence[tuple[Facts, Values]]) -> Facts | None:
        """Climb from the nearest beginnings."""
        looks = [self._measured(facts, values, box) for facts, values in beginnings for box in boxes]
        looks.sort(key=lambda look: look.distance)
        nearest = looks[:_BEGINNINGS]
        runs = (self._end - self._chain.runs) // max(len(nearest), 1)
        for look in nearest:
            self._end = self._chain.runs + runs
            found = self._from(look)
            if found is not None:
                return found
        return None

    def _from(self, here: _Look) -> Facts | None:
        for _ in range(_ROUNDS):
            if here.distance == 0 and self._accept(here.facts):
                return here.facts
            if self._chain.runs >= self._end:
                return None
            better = next((one for one in self._moves(here) if one.distance < here.distance), None)
            here = better or self._shaken(here)
        return None

    def _moves(self, here: _Look) -> Iterator[_Look]:
        """Facts near by, the most promising first, until the runs are used up."""
        for facts in self._settings(here):
            if (look := self._look(facts, here.box)) is not None:
                yield look
        for name in self._lacking(here):
            if name not in self._reading.ruleset.facts:
                yield from self._pulled(here, name)
        behind = list(map(self._reading.facts_behind, self._lacking(here)))
        for names in (
            [one for facts in behind for one in facts[:_NEAREST]],
            [one for facts in behind for one in facts[_NEAREST:]],
        ):
            tries = [(name, value) for name in names for value in self._climber.points.of[name]]
            for name, value in self._chance.sample(tries, len(tries)):
                if (look := self._look(changed(here.facts, name, value), here.box)) is not None:
                    yield look

    def _settings(self, here: _Look) -> Iterator[Facts]:
        """Facts that are columns themselves are set to a value in the box."""
        together, single = here.facts, []
        for column, places in zip(self._grid.columns, here.box, strict=True):
            settable = column.name in self._reading.ruleset.facts or column.name == AS_OF
            if settable and not column.place_of(here.values[column.name]) & places:
                values = list(edges(column, places))
                together = changed(together, column.name, values[0])
                single += [changed(here.facts, column.name, value) for value in values]
        if single:
            yield together
            yield from single

    def _pulled(self, here: _Look, name: str) -> Iterator[_Look]:
        """Facts moved along a line to where a calculated number, or a comparison, reaches its mark."""
        types = self._reading.ruleset.types
        numbers = [
            one
            for one in self._reading.facts_behind(name)
            if types[one].ordered and (one == AS_OF or here.facts.values[one] is not None)
        ]
        for gauge, mark in islice(self._gauges(here, name), _PULLS):
            others = self._chance.sample(numbers[_NEAREST:], min(_PULLS, len(numbers[_NEAREST:])))
            for fact in (*numbers[:_NEAREST], *others):
                yield from self._along(here, fact, gauge, mark)

    def _gauges(self, here: _Look, name: str) -> Iterator[tuple[Gauge, Fraction]]:
        for column, places in zip(self._grid.columns, here.box, strict=True):
            if column.name == name and column.type.ordered:
                ends = [tick for span in of_places(column, places).spans for tick in span]
                gauge = _height(name, column.type)
                yield from ((gauge, Fraction(tick)) for tick in ends if tick is not None)
        for one in self._reading.comparisons(name):
            yield self._climber.distances.difference(one), Fraction(0)

    def _along(self, here: _Look, fact: str, gauge: Gauge, mark: Fraction) -> Iterator[_Look]:
        """Twice the point where a straight line through two tries meets the mark, and its neighbours."""
        before, at = gauge(here.values), _position(here.facts, fact)
        others = [one for one in self._climber.points.of[fact] if as_number(one) not in (None, at)]
        second = (
            self._look(changed(here.facts, fact, self._chance.choice(others)), here.box) if others else None
        )
        hair = Fraction(1, 10 ** self._reading.ruleset.types[fact].decimals)
        for _ in range(2):
            if second is None or before is None:
                return
            yield second
            after, now = gauge(second.values), _position(second.facts, fact)
            if after is None or after == before or now == at:
                return
            goal = now + (mark - after) * (now - at) / (after - before)
            before, at = after, now
            second = self._moved(here, fact, goal)
            yield from filter(None, (self._moved(here, fact, goal + by) for by in (hair, -hair)))
        if second is not None:
            yield second

    def _moved(self, here: _Look, fact: str, position: Fraction) -> _Look | None:
        value = self._climber.points.placed(fact, position)
        return None if value is None else self._look(changed(here.facts, fact, value), here.box)

    def _shaken(self, here: _Look) -> _Look:
        """A few of the facts behind changed at random, to get away from where nothing gets warmer."""
        names = list(
            dict.fromkeys(one for name in self._lacking(here) for one in self._reading.facts_behind(name))
        )
        facts = here.facts
        for name in self._chance.sample(names, min(len(names), self._chance.randint(1, 3))):
            facts = changed(facts, name, self._chance.choice(self._climber.points.of[name]))
        return self._look(facts, here.box) or here

    def _lacking(self, here: _Look) -> list[str]:
        found = [
            column.name
            for column, places in zip(self._grid.columns, here.box, strict=True)
            if not column.place_of(here.values[column.name]) & places
        ]
        return found or [column.name for column in self._grid.columns]

    def _look(self, facts: Facts, box: Box) -> _Look | None:
        if self._chain.runs >= self._end:
            return None
        values = self._chain.values_at(self._grid.number, facts)
        return None if values is None else self._measured(facts, values, box)

    def _measured(self, facts: Facts, values: Values, box: Box) -> _Look:
        distance = 0.0
        for column, places in zip(self._grid.columns, box, strict=True):
            if places != column.everything and not column.place_of(values[column.name]) & places:
                wanted = of_places(column, places)
                distance += 0.05 + self._climber.distances.of(column.name, wanted, values)
        return _Look(distance, facts, values, box)


def _height(name: str, value_type: ValueType) -> Gauge:
    return lambda values: None if values[name] is None else ticks(values[name], value_type)


def _position(facts: Facts, name: str) -> Fraction:
    value: Value = facts.as_of if name == AS_OF else facts.values[name]
    return as_number(value) or Fraction(0)
