"""Ladders: the values that a fact may be changed to, rung by rung away from what it is.

A rung is what a person would write: a multiple of the step, never an offset from an
odd amount. Among them stand the bound in that direction and every constant that the
rules compare the fact with, so that no step jumps over a value that alone would do.
What is unknown is below everything else: it can be stated, from the least value up,
and never lowered.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import Protocol

from app.analysis.search.reading import Reading
from app.domain import expressions as tree
from app.domain.declarations import FactSpec
from app.domain.values import MAX_DIGITS, MOST_WHOLE, WHOLE_KINDS, Kind, Value, Values, ValueType

_EXACT = Context(prec=80)  # not the thread's context, which anyone may have set


class _Rungs(Protocol):
    number: int
    turns: Sequence[int]

    def value(self, place: int) -> Value: ...

    def steps(self, place: int) -> Fraction: ...


class Ladder:
    """The rungs of one fact: 0 is the fact as it is, each further one lies further away.

    There may be astronomically many, so they are calculated and never listed.
    """

    __slots__ = ("spec", "before", "_rungs")

    def __init__(self, spec: FactSpec, before: Value, compared: Iterable[Value] = ()) -> None:
        self.spec = spec
        self.before = before
        self._rungs: _Rungs = _Ticks(spec, before, compared) if spec.type.ordered else _Words(spec, before)

    @property
    def rungs(self) -> int:
        """How many changes there are."""
        return self._rungs.number

    def value(self, rung: int) -> Value:
        """The value at a rung; 0 is the fact as it is."""
        return self._rungs.value(rung - 1) if rung else self.before

    @property
    def turns(self) -> Sequence[int]:
        """The rungs up to which, or behind which, a constant lies that the rules compare the fact with."""
        return self._rungs.turns

    def steps(self, rung: int) -> Fraction:
        """How far a rung is from the fact as it is, in steps; stating what was unknown is one step more."""
        return self._rungs.steps(rung - 1) if rung else Fraction(0)


class _Words:
    """The rungs of a yes_no or choice: one step from a word to its neighbour, in the order declared."""

    __slots__ = ("number", "turns", "_words")

    def __init__(self, spec: FactSpec, before: Value) -> None:
        every = [False, True] if spec.type.kind is Kind.YES_NO else list(spec.type.choices)
        place = -1 if before is None else every.index(before)
        self._words = every[place + 1 :] if _goes_up(spec) else every[: max(place, 0)][::-1]
        self.number = len(self._words)
        self.turns: Sequence[int] = range(self.number)

    def value(self, place: int) -> Value:
        return self._words[place]

    def steps(self, place: int) -> Fraction:
        return Fraction(place + 1)


class _Ticks:
    """The rungs of a number or date, counted in ticks: units of its last decimal, or days."""

    __slots__ = ("number", "turns", "_type", "_start", "_stated", "_stride", "_first", "_others")

    def __init__(self, spec: FactSpec, before: Value, compared: Iterable[Value]) -> None:
        assert spec.changeable is not None
        kind, up = spec.type, _goes_up(spec)
        low, high = _bounds(spec, before)
        step = 1 if spec.changeable.step is None else _ticks(spec.changeable.step, kind)
        start, end = low if before is None else _ticks(before, kind), high if up else low
        self._type, self._stated = kind, int(before is None)
        self.number = 0
        self.turns: Sequence[int] = ()
        if start is None or end is None or (before is None and not up):
            return
        self._start, self._stride = start, step if up else -step
        # A bound next to nothing, as 0.01, is there to exclude zero: nobody would write it into an order.
        written = [_ticks(one, kind) for one in compared]
        written += [one for one in {end, start} if abs(one) >= step]
        least = min(start, end) + (0 if up and self._stated else int(up))
        most = max(start, end) - (0 if up else 1)
        self._first = -(-least // step) * step if up else most // step * step
        regular = max(0, (end - self._first) // self._stride + 1)
        others = [
            one for one in set(written) if least <= one <= most and not (one % step == 0 and regular > 0)
        ]
        others.sort(reverse=not up)
        self._others = [
            (min(regular, max(0, (one - self._first) // self._stride + 1)) + i, one)
            for i, one in enumerate(others)
        ]
        self.number = regular + len(others)
        passed = {self._passed(one, itself=itself) for one in written for itself in (False, True)}
        self.turns = sorted(turn for turn in passed if 0 < turn < self.number)

    def value(self, place: int) -> Value:
        return _value(self._tick(place), self._type)

    def steps(self, place: int) -> Fraction:
        return Fraction(abs(self._tick(place) - self._start), abs(self._stride)) + self._stated

    def _passed(self, tick: int, *, itself: bool) -> int:
        """How many rungs lie before a tick, ``itself`` among them or not."""
        sign, step = (1, self._stride) if self._stride > 0 else (-1, -self._stride)
        off = (tick - self._first) * sign
        regular = off // step + 1 if itself else -(-off // step)
        others = [one for _, one in self._others if (tick - one) * sign >= int(not itself)]
        return min(max(0, regular), self.number - len(self._others)) + len(others)

    def _tick(self, place: int) -> int:
        """Regular rungs stand at even distances, with the others pushed in between."""
        passed = bisect_right(self._others, place, key=lambda one: one[0])
        if passed and self._others[passed - 1][0] == place:
            return self._others[passed - 1][1]
        return self._first + self._stride * (place - passed)


def ladders(reading: Reading, facts: Values, names: Sequence[str]) -> list[Ladder]:
    """A ladder for each of ``names`` that can move at all."""
    specs = reading.ruleset.facts
    found = [Ladder(specs[name], facts[name], compared_with(reading, name)) for name in names]
    return [one for one in found if one.rungs]


def compared_with(reading: Reading, name: str) -> list[Value]:
    """The constants that cells and formulas compare a fact with, as they are written."""
    ruleset = reading.ruleset
    if not ruleset.facts[name].type.ordered:
        return []
    rules = [rule for step in ruleset.match_steps for rule in step.rules]
    conditions = [one for rule in rules for one in rule.when if one.name == name]
    found = [end.value for one in conditions for end in one.test.endpoints()]
    for formula in reading.formulas:
        for one in reading.comparisons(formula, 1):
            for side, other in ((one.left, one.right), (one.right, one.left)):
                if isinstance(side, tree.Name) and side.name == name:
                    found.append(reading.constant(other))
    return [one for one in found if one is not None]


def _goes_up(spec: FactSpec) -> bool:
    assert spec.changeable is not None
    return spec.changeable.direction == "up"


def _bounds(spec: FactSpec, before: Value) -> tuple[int | None, int]:
    """The least and the most that the fact may be, in ticks; what is not below zero does not go there.

    The least is None for a date that has no bound and is not known.
    """
    kind = spec.type
    high = _most(kind) if spec.maximum is None else _ticks(spec.maximum, kind)
    if spec.minimum is not None:
        return _ticks(spec.minimum, kind), high
    if kind.kind is Kind.DATE:
        return None if before is None else date.min.toordinal(), high
    return 0 if before is None or before >= 0 else -_most(kind), high


def _most(kind: ValueType) -> int:
    """The largest value that a request may carry, in ticks."""
    if kind.kind is Kind.DATE:
        return date.max.toordinal()
    return MOST_WHOLE if kind.kind in WHOLE_KINDS else 10**MAX_DIGITS - 1


def _ticks(value: Value, kind: ValueType) -> int:
    """A value in units of its last decimal; a constant with more decimals is cut, towards zero."""
    if isinstance(value, date):
        return value.toordinal()
    return int(value if kind.kind in WHOLE_KINDS else Decimal(value).scaleb(kind.decimals, _EXACT))


def _value(ticks: int, kind: ValueType) -> Value:
    if kind.kind is Kind.DATE:
        return date.fromordinal(ticks)
    return ticks if kind.kind in WHOLE_KINDS else Decimal(ticks).scaleb(-kind.decimals, _EXACT)
