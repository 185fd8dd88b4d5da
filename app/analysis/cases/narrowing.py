"""Decisions on either side of a threshold, drawn together until one step of one fact lies between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.analysis.cases.seeing import Seen
from app.analysis.cases.touching import Touching
from app.analysis.findings import Facts
from app.analysis.search.points import changed
from app.domain.rules import AS_OF
from app.domain.values import Value

_VALUES = 3  # of each fact, besides the ends


class Pair(NamedTuple):
    """Facts just below a threshold and just above it."""

    below: Facts
    above: Facts


class Narrowing:
    """Draws facts together; at every step on the way the threshold must go on to decide."""

    def __init__(self, touching: Touching) -> None:
        self._touching = touching
        self._seer = touching.seer

    def drawn(self, number: int, below: Facts, above: Facts) -> Pair | None:
        """From one to the other fact by fact; the one that crosses is halved. None where none can be."""
        here = below
        waiting = [name for name in (*above.values, AS_OF) if _of(here, name) != _of(above, name)]
        while waiting:
            for name in waiting:
                there = changed(here, name, _of(above, name))
                side = self._touching.side_at(number, there)
                if side is False:
                    here = there
                    waiting.remove(name)
                    break
                if side is True and (found := self._halved(number, here, there, name)) is not None:
                    return found
            else:
                return None
        return None

    def from_one(self, number: int, seen: Seen) -> Pair | None:
        """From a decision on one side by one fact alone to the other, by the values worth trying."""
        side = self._touching.side(number, seen)
        for name, value in self._tries(number, seen):
            there = changed(seen.facts, name, value)
            if self._touching.side_at(number, there) is (not side):
                pair = (there, seen.facts) if side else (seen.facts, there)
                found = self._halved(number, *pair, name)
                if found is not None:
                    return found
        return None

    def _tries(self, number: int, seen: Seen) -> Iterator[tuple[str, Value]]:
        """The least and the greatest value of each fact first, then the others nearest to what it is."""
        names = self._touching.numbers_behind(number, seen)
        values = {}
        for name in names:
            here = _of(seen.facts, name)
            known = sorted({one for one in self._seer.points.of[name] if one not in (None, here)})
            between = sorted(known[1:-1], key=lambda one: abs(one - here))
            values[name] = [*known[:1], *known[1:][-1:], *between[:_VALUES]]
        for turn in range(_VALUES + 2):
            yield from ((name, several[turn]) for name, several in values.items() if turn < len(several))

    def simplified(self, number: int, pair: Pair, towards: Facts) -> Pair:
        """The same nearer to other facts: what need not differ from them does not."""
        for name in (*towards.values, AS_OF):
            value = _of(towards, name)
            if _of(pair.below, name) != _of(pair.above, name) or _of(pair.below, name) == value:
                continue
            simpler = Pair(changed(pair.below, name, value), changed(pair.above, name, value))
            if self._apart(number, simpler):
                pair = simpler
        return pair

    def _apart(self, number: int, pair: Pair) -> bool:
        return (
            self._touching.side_at(number, pair.below) is False
            and self._touching.side_at(number, pair.above) is True
        )

    def _halved(self, number: int, below: Facts, above: Facts, name: str) -> Pair | None:
        unit = self._seer.unit(name)
        low, high = self._seer.position(below, name), self._seer.position(above, name)
        if low is None or high is None:
            return None
        first, last = int(low / unit), int(high / unit)
        while abs(last - first) > 1:
            middle = (first + last) // 2
            facts = self._seer.placed(below, name, middle * unit)
            side = None if facts is None else self._touching.side_at(number, facts)
            if facts is None or side is None:
                return None
            if side:
                above, last = facts, middle
            else:
                below, first = facts, middle
        return Pair(below, above)


def differing(a: Facts, b: Facts) -> Iterator[str]:
    """The names of the facts that differ, and the day."""
    yield from (name for name, value in a.values.items() if value != b.values[name])
    if a.as_of != b.as_of:
        yield AS_OF


def _of(facts: Facts, name: str) -> Value:
    return facts.as_of if name == AS_OF else facts.values[name]
