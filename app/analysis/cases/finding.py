"""Facts just below and just above one threshold, near what is ordinary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.analysis.cases.asking import Asking
from app.analysis.cases.coverage import Covering
from app.analysis.cases.narrowing import Narrowing, Pair, differing
from app.analysis.cases.seeing import Seen
from app.analysis.cases.threshold import Side
from app.analysis.findings import Facts
from app.analysis.geometry.grid import Grid
from app.analysis.geometry.places import value_at
from app.analysis.geometry.work import TooMuch
from app.analysis.possible.extents import ANYTHING
from app.analysis.search.climbing import Climber
from app.analysis.search.points import changed, fitted
from app.analysis.symbolic.asking import Reply
from app.domain.calendar import add_days
from app.domain.rules import AS_OF, Condition, HitPolicy, Rule, RuleList
from app.domain.unary_tests import Compare, Endpoint, UnaryTest, holds
from app.domain.values import Kind, Text, Value, ValueType

SEED = 20260115
CLIMBED = 2_000
_TRIED = 4  # decisions that one looks around
_PAIRS = 6


class Why(StrEnum):
    """Why no case lies on a side."""

    BEYOND = "beyond"
    NEVER = "never"
    APART = "apart"
    TOO_HARD = "too_hard"


@dataclass(frozen=True, slots=True)
class Unreached:
    """A side that no facts were found for; ``too_hard`` names the steps that no proof got through."""

    side: Side
    why: Why
    too_hard: tuple[str, ...] = ()


class Finder:
    """Finds facts for the sides of thresholds: near the ruleset's own samples, else wherever there are."""

    def __init__(self, covering: Covering, asking: Asking) -> None:
        self._covering = covering
        self._ruleset = covering.ruleset
        self._touching = covering.touching
        self._seer = covering.seer
        self._asking = asking
        self._narrowing = Narrowing(covering.touching)
        self._own = covering.own()
        self._climber = Climber(self._seer.chain, covering.reading, covering.points, SEED, CLIMBED)

    def both(self, number: int) -> tuple[list[Facts], list[Unreached]]:
        """Facts for both sides of a threshold, as far as there are any, and why there are no others."""
        sides = [Side(number, above) for above in (False, True)]
        beyond = [one for one in sides if one in self._covering.beyond]
        pair = None if beyond else self._pair(number, self._own)
        if pair is None:
            return self._one_by_one(number, [one for one in sides if one not in beyond], beyond)
        return self._simplified(number, pair), []

    def _one_by_one(
        self, number: int, sides: Sequence[Side], beyond: Sequence[Side]
    ) -> tuple[list[Facts], list[Unreached]]:
        """Where the samples lead nowhere the solver is asked; what it finds is a sample more."""
        left = [Unreached(one, Why.BEYOND) for one in beyond]
        known, waiting = list(self._own), list[tuple[Side, Reply]]()
        for side in sides:
            reply = self._asking.possible(side, at_edge=self._is_fact(number))
            seen = None if reply.facts is None else self._seer.seen(self._of_today(side, reply.facts))
            if reply.never:
                left.append(Unreached(side, Why.NEVER))
                continue
            waiting.append((side, reply))
            known += [] if seen is None else [seen]
        further = [*known[len(self._own) :], *self._own]
        if len(waiting) == 2 and (pair := self._pair(number, further)) is not None:
            return self._simplified(number, pair), []
        found = []
        for side, reply in waiting:
            facts = self._alone(side, reply, known)
            if isinstance(facts, Unreached):
                left.append(facts)
            else:
                found.append(facts)
        return found, left

    def _of_today(self, side: Side, facts: Facts) -> Facts:
        """The same with all days moved so that the decision is made on the day of the baseline."""
        by = (self._ruleset.baseline_as_of - facts.as_of).days
        moved = {
            name: add_days(value, by)
            for name, value in facts.values.items()
            if value is not None and self._ruleset.facts[name].type.kind is Kind.DATE
        }
        if any(fitted(self._ruleset.facts[name], day) != day for name, day in moved.items()):
            return facts
        today = Facts({**facts.values, **moved}, self._ruleset.baseline_as_of)
        return today if self._touching.side_at(side.threshold, today) is side.above else facts

    def _simplified(self, number: int, pair: Pair) -> list[Facts]:
        nearest = min(self._own, key=lambda one: len(list(differing(one.facts, pair.below))))
        return list(self._narrowing.simplified(number, pair, nearest.facts))

    def _is_fact(self, number: int) -> bool:
        name = self._touching.thresholds[number].name
        return name == AS_OF or name in self._ruleset.facts

    def _pair(self, number: int, several: Sequence[Seen]) -> Pair | None:
        if not self._is_fact(number):
            return self._around(number, several)
        placed = (self._placed(number, one) for one in self._settings(number, several))
        return next((one for one in placed if one is not None), None)

    def _settings(self, number: int, decided: Sequence[Seen]) -> Iterator[Facts]:
        """The samples, with the other facts set to what the rule asks of them; the fewest changes first."""
        one = self._touching.thresholds[number]
        several: list[tuple[int, int, Facts]] = []
        for seen in decided:
            facts, changes = seen.facts, 0
            for condition in one.rule.when if one.rule else ():
                name = condition.name
                if condition is one.condition or name not in self._ruleset.facts:
                    continue
                if not holds(condition.test, facts.values[name]):
                    fitting = [each for each in self._covering.points.of[name] if holds(condition.test, each)]
                    facts, changes = changed(facts, name, fitting[0] if fitting else None), changes + 1
            several.append((changes, len(several), facts))
        yield from (facts for _, _, facts in sorted(several, key=lambda each: each[:2]))

    def _placed(self, number: int, facts: Facts) -> Pair | None:
        """The facts with the value itself just below and just above."""
        one = self._touching.thresholds[number]
        found = []
        for above in (False, True):
            mark = one.high if above else one.low
            placed = None if mark is None else self._seer.placed(facts, str(one.name), mark)
            if placed is None or self._touching.side_at(number, placed) is not above:
                return None
            found.append(placed)
        return Pair(*found)

    def _around(self, number: int, several: Sequence[Seen]) -> Pair | None:
        """Some of these decisions, drawn to the threshold: by one fact, or from either side together."""
        sides: dict[bool, list[Seen]] = {False: [], True: []}
        for one in sorted(several, key=lambda each: self._touching.distance(number, each)):
            side = self._touching.side(number, one)
            if side is not None:
                sides[side].append(one)
        for one in (*sides[False][:_TRIED], *sides[True][:_TRIED]):
            if (found := self._narrowing.from_one(number, one)) is not None:
                return found
        pairs = [(a.facts, b.facts) for a in sides[False][:_TRIED] for b in sides[True][:_TRIED]]
        pairs.sort(key=lambda pair: len(list(differing(*pair))))
        return next(filter(None, (self._narrowing.drawn(number, *one) for one in pairs[:_PAIRS])), None)

    def _alone(self, side: Side, reply: Reply, known: Sequence[Seen]) -> Facts | Unreached:
        """Facts for one side by themselves, where none were found that lie on either side of it."""
        number = side.threshold
        there = [one for one in known if self._touching.side(number, one) is side.above]
        there.sort(key=lambda one: self._touching.distance(number, one))
        for one in there[:_TRIED]:
            if self._touching.touches(side, one):
                return one.facts
        climbed = self._climbed(side)
        if climbed is not None:
            return climbed
        if not there:
            return Unreached(side, Why.TOO_HARD, reply.too_hard)
        reply = self._asking.possible(side, at_edge=True)
        last = None if reply.facts is None else self._seer.seen(reply.facts)
        if last is not None and self._touching.touches(side, last):
            return last.facts
        return Unreached(side, Why.APART, reply.too_hard)

    def _climbed(self, side: Side) -> Facts | None:
        """Facts that the search climbs to."""
        grid = self._grid(side)
        if grid is None:
            return None
        return self._climber.find(grid, grid.boxes, lambda facts: self._accepted(side, facts))

    def _accepted(self, side: Side, facts: Facts) -> bool:
        seen = self._seer.seen(facts)
        return seen is not None and self._touching.touches(side, seen)

    def _grid(self, side: Side) -> Grid | None:
        """A step of one rule: all that the threshold's rule asks, and its value at the edge."""
        one = self._touching.thresholds[side.threshold]
        mark = one.high if side.above else one.low
        if one.name is None or mark is None or one.number >= len(self._ruleset.match_steps):
            return None
        exactly = UnaryTest((Compare("=", Endpoint(_value(mark, self._ruleset.types[one.name]))),))
        others = (
            () if one.rule is None else tuple(each for each in one.rule.when if each is not one.condition)
        )
        label = Text(one.step, one.step)
        rule = Rule("edge", label, "", (*others, Condition(one.name, exactly)))
        step = RuleList(one.step, label, HitPolicy.COLLECT, (rule,))
        extents = dict.fromkeys(self._ruleset.types, ANYTHING)
        try:
            return Grid(step, one.number, self._ruleset.types, extents)
        except TooMuch:
            return None


def _value(position: Fraction, value_type: ValueType) -> Value:
    return value_at(int(position * 10**value_type.decimals), value_type)
