"""The sides of thresholds that a decision lies on: one test alone decides, and the value is the last."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction

from app.analysis.cases.seeing import Seen, Seer
from app.analysis.cases.threshold import Side, Threshold
from app.analysis.findings import Facts
from app.analysis.search.points import changed
from app.analysis.search.reading import Reading
from app.domain.rules import AS_OF
from app.domain.values import Values

_FAR = Fraction(10**100)
_FACTS = 12


class Touching:
    """Tells of decisions which sides they touch.

    A value that is a fact touches a side by being its last value. What is calculated touches it so, too, or
    where one fact moved by its own smallest step crosses the threshold: some scores cannot be 69.9.
    """

    def __init__(self, reading: Reading, several: tuple[Threshold, ...], seer: Seer) -> None:
        self.thresholds = several
        self.seer = seer
        self._behind: Mapping[int, tuple[str, ...]] = {
            i: _behind(reading, one) for i, one in enumerate(several)
        }

    def side(self, number: int, seen: Seen) -> bool | None:
        """Whether the decision lies above a threshold that decides there; None where it does not decide."""
        return self.side_of(number, seen.at(self.thresholds[number].number))

    def side_of(self, number: int, values: Values | None) -> bool | None:
        """The same of the values that its step saw."""
        one = self.thresholds[number]
        if values is None or not one.decides(values):
            return None
        position = one.position(values)
        if position is None:
            return None
        above = one.above(position)
        return above if one.holds(values) is (above is one.holds_above) else None  # else another end counts

    def distance(self, number: int, seen: Seen) -> Fraction:
        """How far the value is from the threshold; of what is unknown, very far."""
        one = self.thresholds[number]
        values = seen.at(one.number)
        position = None if values is None else one.position(values)
        mark = one.low if one.low is not None else one.high
        return _FAR if position is None or mark is None else abs(position - mark)

    def at_edge(self, number: int, seen: Seen) -> bool:
        """Whether the value is the last on its side, where that can be told of the value alone."""
        one = self.thresholds[number]
        values = seen.at(one.number)
        position = None if values is None else one.position(values)
        return position is not None and one.at_edge(position)

    def exactly(self, seen: Seen, among: Collection[Side]) -> Iterator[Side]:
        """The sides that a decision touches by the value itself."""
        for one in among:
            if self.side(one.threshold, seen) is one.above and self.at_edge(one.threshold, seen):
                yield one

    def side_at(self, number: int, facts: Facts) -> bool | None:
        """The side on which facts lie, as ``side`` tells of a decision."""
        return self.side_of(number, self.seer.values_at(self.thresholds[number].number, facts))

    def touches(self, side: Side, seen: Seen) -> bool:
        """Whether a decision touches a side."""
        if self.side(side.threshold, seen) is not side.above:
            return False
        return self.at_edge(side.threshold, seen) or self._crossing(side, seen)

    def numbers_behind(self, number: int, seen: Seen) -> list[str]:
        """The numbers and dates that the value is made from and that are known: some, read most directly."""
        types = self.seer.ruleset.types
        numbers = [
            one
            for one in self._behind[number]
            if types[one].ordered and self.seer.position(seen.facts, one) is not None
        ]
        return numbers[:_FACTS]

    def _crossing(self, side: Side, seen: Seen) -> bool:
        """Whether one step of one fact crosses; of a value made from words, another word and none nearer."""
        if self.thresholds[side.threshold].name in self.seer.ruleset.facts:
            return False
        names = self.numbers_behind(side.threshold, seen)
        for name in names:
            for by in (1, -1):
                facts = self.seer.moved(seen.facts, name, by)
                if facts is not None and self.side_at(side.threshold, facts) is (not side.above):
                    return True
        return not names and self._nearest_word(side, seen)

    def _nearest_word(self, side: Side, seen: Seen) -> bool:
        here, crosses = self.distance(side.threshold, seen), False
        for name in self._behind[side.threshold]:
            for value in self.seer.points.of[name] if name != AS_OF else ():
                other = self.seer.seen(changed(seen.facts, name, value))
                there = None if other is None else self.side(side.threshold, other)
                if other is not None and there is side.above and self.distance(side.threshold, other) < here:
                    return False
                crosses = crosses or there is (not side.above)
        return crosses


def _behind(reading: Reading, one: Threshold) -> tuple[str, ...]:
    """The facts that the names of a threshold are made from, the day of the decision last."""
    found: dict[str, None] = {}
    for name in one.names:
        found.update(dict.fromkeys(reading.facts_behind(name)))
    day = AS_OF in found
    found.pop(AS_OF, None)
    return (*found, AS_OF) if day else tuple(found)
