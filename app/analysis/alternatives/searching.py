"""The least changes that give a milder outcome, exactly: boxes rule out what cannot be, the chain decides.

For every outcome that would be milder, boxes of rungs are looked at in the order of
their nearest corner: fewest facts changed, then fewest steps. A corner is run through
the chain; a box in which nothing can be as mild is left out whole, and so is one in
which every point changes more facts than are known to do, and not fewer steps. So the
first corner of a set of facts that will do is the least, and what is not found does
not exist. Work is counted, never timed.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from app.analysis.alternatives.ladders import Ladder
from app.analysis.alternatives.outlook import Outlook
from app.analysis.possible.extents import UNKNOWN, Extent, any_of, as_number, exactly
from app.domain.decision import Evaluation

Rungs: TypeAlias = tuple[int, ...]  # a rung of each ladder; 0 leaves the fact as it is
Box: TypeAlias = tuple[tuple[int, int], ...]  # of each ladder, the first rung and the last
Nearness: TypeAlias = tuple[int, Fraction, tuple[Fraction, ...]]

MOST_WORK = 1_500
"""Runs of the chain and looks at boxes together; beyond that a search ends, and says so."""
_EVENLY = 1_024  # rungs: what is longer is cut there, because small changes are sought


class Least(NamedTuple):
    """The least change of its facts: fewer of them do no better, but with more steps."""

    rungs: Rungs
    severity: int
    steps: Fraction


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found, fewest facts and then least change first; ``settled`` when nothing was left open."""

    found: tuple[Least, ...]
    settled: bool
    work: int


class _Exhausted(Exception):
    """The work allowed is done."""


class Search:
    """One search: ``run`` decides on facts at some rungs, ``outlook`` looks at boxes of them."""

    def __init__(
        self,
        ladders: Sequence[Ladder],
        outlook: Outlook,
        run: Callable[[Rungs], Evaluation],
        most_work: int = MOST_WORK,
    ) -> None:
        self._ladders = ladders
        self._outlook = outlook
        self._run = run
        self._most_work = most_work
        self._work = 0
        self._severities: dict[Rungs, int] = {}
        self._allowed: dict[Box, tuple[int, float]] = {}  # the strictest refused, the mildest allowed

    def below(self, bar: int) -> Searched:
        """The least changes whose outcome is milder than the severity ``bar``."""
        found: dict[Rungs, Least] = {}
        settled = True
        try:
            for least in self._found(bar):
                found.setdefault(least.rungs, least)
        except _Exhausted:
            settled = False
        return Searched(
            tuple(sorted(found.values(), key=lambda one: self._nearness(one.rungs))), settled, self._work
        )

    def _found(self, bar: int) -> Iterator[Least]:
        """For each milder outcome, strictest first, but for those that all that will do is milder than."""
        known: list[Least] = []
        severity = bar - 1
        while severity >= 0:
            for least in self._as_mild_as(severity, known):
                known.append(least)
                yield least
            severity = max((one.severity for one in known if one.severity <= severity), default=0) - 1

    def _as_mild_as(self, severity: int, known: Sequence[Least]) -> Iterator[Least]:
        """The least changes, nearest first, that are not further than what is ``known`` to do.

        ``known`` grows while this goes on: what is found is in it before the next is looked for.
        """
        waiting: list[tuple[Nearness, Box]] = []
        self._wait(waiting, tuple((0, one.rungs) for one in self._ladders), severity)
        while waiting:
            (_, steps, _), box = heappop(waiting)
            corner = _corner(box)
            if self._is_further(corner, severity, known):
                continue
            got = self._severity(corner)
            if got <= severity:
                yield Least(corner, got, steps)
                continue
            for part in self._cut(box, severity):
                if not self._is_further(_corner(part), severity, known):
                    self._wait(waiting, part, severity)

    def _wait(self, waiting: list[tuple[Nearness, Box]], box: Box, severity: int) -> None:
        if self._allows(box, severity):
            heappush(waiting, (self._nearness(_corner(box)), box))

    def _is_further(self, rungs: Rungs, severity: int, known: Sequence[Least]) -> bool:
        """Whether a known change does with some of the same facts and no more steps."""
        changed, steps = _changed(rungs), self._nearness(rungs)[1]
        return any(
            one.severity <= severity and one.steps <= steps and _changed(one.rungs) <= changed
            for one in known
        )

    def _cut(self, box: Box, severity: int) -> list[Box]:
        """The box in two; a single point in none: its corner was looked at."""
        sides = [place for place, (first, last) in enumerate(box) if first < last]
        if not sides:
            return []
        place = sides[0] if len(sides) == 1 else self._telling(box, sides, severity)
        first, last = box[place]
        middle = self._middle(place, first, last) if first else 0
        return [_with(box, place, side) for side in ((first, middle), (middle + 1, last))]

    def _middle(self, place: int, first: int, last: int) -> int:
        """Where to cut: at the turn nearest to the middle, because there the rules change their mind."""
        turns = self._ladders[place].turns
        middle = min((first + last) // 2, first + _EVENLY)
        inside = turns[bisect_left(turns, first) : bisect_left(turns, last)]
        return min(inside, key=lambda turn: (abs(turn - middle), turn), default=middle)

    def _telling(self, box: Box, sides: Sequence[int], severity: int) -> int:
        """The side along which a cut tells most.

        That is a fact without which nothing will do; else one that may do alone; else the longest of those
        that are changed in the whole box, or any.
        """
        sides = sorted(sides, key=lambda one: (not box[one][0], box[one][0] - box[one][1]))
        for place in sides:
            if not self._allows(_with(box, place, (box[place][0],) * 2), severity):
                return place
        corner = tuple((first, first) for first, _ in box)
        for place in sides:
            if self._allows(_with(corner, place, box[place]), severity):
                return place
        return sides[0]

    def _severity(self, rungs: Rungs) -> int:
        """How strict the outcome is at a point; where rules conflict or engines differ, beyond any."""
        if rungs not in self._severities:
            self._count()
            found = self._run(rungs)
            severity = found.ruleset.severities[found.outcome]
            self._severities[rungs] = len(found.ruleset.outcomes) if found.failure else severity
        return self._severities[rungs]

    def _allows(self, box: Box, severity: int) -> bool:
        refused, allowed = self._allowed.get(box, (-1, math.inf))
        if refused < severity < allowed:
            self._count()
            facts = {
                ladder.spec.name: _extent(ladder, *side)
                for ladder, side in zip(self._ladders, box, strict=True)
            }
            if self._outlook.allows(facts, severity):
                allowed = severity
            else:
                refused = severity
            self._allowed[box] = refused, allowed
        return severity >= allowed

    def _count(self) -> None:
        if self._work >= self._most_work:
            raise _Exhausted
        self._work += 1

    def _nearness(self, rungs: Rungs) -> Nearness:
        """How many facts are changed, then by how many steps in all, then each in the ruleset's order."""
        steps = tuple(one.steps(rung) for one, rung in zip(self._ladders, rungs, strict=True))
        return len(_changed(rungs)), sum(steps, Fraction(0)), steps


def _changed(rungs: Rungs) -> frozenset[int]:
    """The places of the facts that are changed."""
    return frozenset(place for place, rung in enumerate(rungs) if rung)


def _corner(box: Box) -> Rungs:
    """The point of a box where everything is changed least."""
    return tuple(first for first, _ in box)


def _with(box: Box, place: int, side: tuple[int, int]) -> Box:
    """The box with another side."""
    return (*box[:place], side, *box[place + 1 :])


def _extent(ladder: Ladder, first: int, last: int) -> Extent:
    """What the fact can be between two rungs."""
    if not ladder.spec.type.ordered:
        return any_of(exactly(ladder.value(rung)) for rung in range(first, last + 1))
    known = [ladder.value(max(first, int(ladder.before is None))), ladder.value(last)]
    if last == 0 and ladder.before is None:
        return UNKNOWN
    ends = [end for one in known if (end := as_number(one)) is not None]
    return Extent(min(ends), max(ends), unknown=first == 0 and ladder.before is None)
