"""Values worth trying for each fact: its thresholds and their neighbours, its bounds, and round figures.

Rules change their minds at thresholds and nowhere else, so facts made of these
values meet more of them than facts made at random.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from app.analysis.findings import Facts
from app.analysis.geometry.columns import SOMETHING
from app.analysis.search.reading import Reading
from app.domain import expressions as tree
from app.domain.calendar import add_days
from app.domain.declarations import FactSpec
from app.domain.rules import AS_OF
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, of_type

_SHARES = (Decimal("0.5"), Decimal(2), Decimal("0.1"), Decimal(10))
_MOST_CHANGES = 6


class Points:
    """Values worth trying, and facts made of them."""

    def __init__(self, reading: Reading) -> None:
        ruleset = reading.ruleset
        self.starts = starts(ruleset)
        self._ruleset = ruleset
        days = sorted(set(_days(reading)))
        thresholds = _thresholds(reading)
        self.of: dict[str, tuple[Value, ...]] = {}
        for name, spec in ruleset.facts.items():
            own = [one.values[name] for one in self.starts]
            tried = [*thresholds.get(name, ()), *own, *_kin(ruleset, spec), *_shifted(spec, ruleset, days)]
            self.of[name] = tuple(dict.fromkeys(_fitting(spec, tried)))
        self.of[AS_OF] = tuple(dict.fromkeys(one.as_of for one in self.starts))

    def near(self, chance: Random) -> Facts:
        """One of the ruleset's own samples with some facts changed; in one of four every second fact is."""
        start = self.starts[0] if chance.randrange(3) == 0 else chance.choice(self.starts)
        names = list(self._ruleset.facts)
        far = chance.randrange(4) == 0
        number = len(names) // 2 if far else chance.randrange(_MOST_CHANGES + 1)
        changes = {
            name: chance.choice(self.of[name]) for name in chance.sample(names, min(number, len(names)))
        }
        return Facts({**start.values, **changes}, start.as_of)

    def placed(self, name: str, position: Fraction) -> Value:
        """The number or date nearest to a position, within its bounds; None where there is none."""
        if self._ruleset.types[name].kind is not Kind.DATE:
            return fitted(self._ruleset.facts[name], position)
        day = round(position)
        if not date.min.toordinal() <= day <= date.max.toordinal():
            return None
        spec = self._ruleset.facts.get(name)
        return date.fromordinal(day) if spec is None else fitted(spec, date.fromordinal(day))


def starts(ruleset: Ruleset) -> list[Facts]:
    """The baseline and every case."""
    found = [Facts(dict(ruleset.baseline), ruleset.baseline_as_of)]
    return found + [Facts({**ruleset.baseline, **one.given}, one.as_of) for one in ruleset.cases]


def changed(facts: Facts, name: str, value: Value) -> Facts:
    """The same with one fact, or the day, changed."""
    if name == AS_OF:
        return Facts(facts.values, value)
    return Facts({**facts.values, name: value}, facts.as_of)


def fitted(spec: FactSpec, value: Value) -> Value:
    """The nearest value that the fact may have."""
    if value is None:
        return None
    if spec.type.numeric:
        value = of_type(spec.type, value)
    if spec.minimum is not None and value < spec.minimum:
        return spec.minimum
    return spec.maximum if spec.maximum is not None and value > spec.maximum else value


def _thresholds(reading: Reading) -> Mapping[str, Sequence[Value]]:
    """What tests and formulas compare each fact with."""
    found: dict[str, list[Value]] = {}
    for step in reading.ruleset.match_steps:
        for rule in step.rules:
            for condition in rule.when:
                found.setdefault(condition.name, []).extend(one.value for one in condition.test.endpoints())
    for name in reading.formulas:
        for one in reading.comparisons(name, 1):
            for side, other in ((one.left, one.right), (one.right, one.left)):
                value = reading.constant(other)
                if isinstance(side, tree.Name) and value is not None:
                    found.setdefault(side.name, []).append(value)
    return found


def _days(reading: Reading) -> Iterator[int]:
    """Numbers of days that the ruleset counts with."""
    yield from (0, 1, 30, 365)
    for one in reading.ruleset.parameters.values():
        if one.type.kind is Kind.DAYS:
            yield one.value
    types = reading.ruleset.types
    for name, values in _thresholds(reading).items():
        if types[name].kind is Kind.DAYS:
            yield from (int(value) for value in values)


def _kin(ruleset: Ruleset, spec: FactSpec) -> Iterator[Value]:
    """Parameters of the fact's kind, its bounds, and multiples of its sample value."""
    yield from (one.value for one in ruleset.parameters.values() if one.type.kind is spec.type.kind)
    yield from (spec.minimum, spec.maximum)
    if spec.type.numeric:
        sample = ruleset.baseline.get(spec.name)
        yield from (0, *(sample * share for share in _SHARES if sample is not None))


def _shifted(spec: FactSpec, ruleset: Ruleset, days: Iterable[int]) -> Iterator[Value]:
    """Days at such distances from the day of the decision."""
    if spec.type.kind is Kind.DATE:
        for number in days:
            yield add_days(ruleset.baseline_as_of, -number)
            yield add_days(ruleset.baseline_as_of, number)


def _fitting(spec: FactSpec, tried: Iterable[Value]) -> Iterator[Value]:
    kind = spec.type.kind
    if kind is Kind.YES_NO:
        yield from (True, False)
    elif kind is Kind.CHOICE:
        yield from spec.type.choices
    elif kind is Kind.CHOICES:
        yield from _lists(spec.type.choices, [one for one in tried if isinstance(one, tuple)])
    elif kind is Kind.TEXT:
        yield SOMETHING
    else:
        for value in tried:
            if value is not None:
                yield from (fitted(spec, one) for one in _around(value, spec))
    if spec.unknown_allowed:
        yield None


def _lists(choices: Sequence[str], own: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    yield ()
    yield from ((one,) for one in choices)
    yield from own
    yield from (tuple(one for one in choices if one != left_out) for left_out in choices)
    yield tuple(choices)


def _around(value: Value, spec: FactSpec) -> Iterator[Value]:
    """The value and its two neighbours."""
    if isinstance(value, date):
        yield from (day for by in (0, -1, 1) if (day := add_days(value, by)) is not None)
    else:
        step = Decimal(1).scaleb(-spec.type.decimals)
        yield from (Decimal(value) + by * step for by in (0, -1, 1))
