"""Facts made up from a ruleset's own: its baseline and cases, varied at random and drawn to its thresholds.

The demonstration decides on them, and the check of a ruleset asks both engines
about them. They are data-driven, so a policy added tomorrow has them, too. The
chance is handed in: equal seeds give equal facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from app.domain.declarations import FactSpec
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, Values, of_type

SHARES = ((1, 4), (1, 2), (4, 5), (9, 10), (11, 10), (3, 2), (2, 1), (5, 1))
"""By what an amount is multiplied where no threshold is aimed at: a numerator and a denominator."""
MOST_DAYS = 120


class Variations:
    """Varies the facts of one ruleset by ``chance``."""

    def __init__(self, ruleset: Ruleset, chance: Random) -> None:
        self._ruleset = ruleset
        self._chance = chance
        self._thresholds = _thresholds(ruleset)
        self._starts: list[tuple[Values, date]] = [
            (ruleset.baseline, ruleset.baseline_as_of),
            *(({**ruleset.baseline, **case.given}, case.as_of) for case in ruleset.cases),
        ]

    def near(self, as_of: date, changes: int) -> dict[str, Value]:
        """Complete facts: one of the ruleset's own samples moved to ``as_of``, up to ``changes`` changed."""
        start, day = self._starts[0] if self._chance.randrange(3) == 0 else self._chance.choice(self._starts)
        facts = {name: _moved(value, as_of - day) for name, value in start.items()}
        known = [name for name, value in facts.items() if value is not None] or list(facts)
        for name in self._chance.sample(known, min(len(known), self._chance.randrange(changes + 1))):
            facts[name] = self._varied(self._ruleset.facts[name], facts[name], as_of)
        return facts

    def far(self, as_of: date) -> dict[str, Value]:
        """Complete facts with about every second one changed, unknown ones too."""
        facts = self.near(as_of, 0)
        for name, spec in self._ruleset.facts.items():
            if self._chance.randrange(2):
                facts[name] = self._varied(spec, facts[name], as_of)
        return facts

    def _varied(self, spec: FactSpec, value: Value, as_of: date) -> Value:
        kind = spec.type.kind
        if spec.unknown_allowed and self._chance.randrange(10) == 0:
            return None
        if kind is Kind.YES_NO:
            return bool(self._chance.randrange(2))
        if kind is Kind.CHOICE:
            return self._chance.choice(spec.type.choices)
        if kind is Kind.CHOICES:
            return tuple(one for one in spec.type.choices if self._chance.randrange(4) == 0)
        if kind is Kind.DATE:
            return self._day(spec, value or as_of)
        return self._number(spec, value) if spec.type.numeric else value

    def _day(self, spec: FactSpec, value: date) -> Value:
        thresholds = self._thresholds.get(spec.name)
        if thresholds and self._chance.randrange(2):
            value, most = self._chance.choice(thresholds), 1
        else:
            most = MOST_DAYS
        return _within(value + timedelta(self._chance.randint(-most, most)), spec)

    def _number(self, spec: FactSpec, value: Value) -> Value:
        thresholds = self._thresholds.get(spec.name)
        step = Decimal(1).scaleb(-spec.type.decimals)
        if thresholds and self._chance.randrange(4):
            number = Decimal(self._chance.choice(thresholds)) + step * self._chance.randint(-1, 1)
        else:
            over, under = self._chance.choice(SHARES)
            number = Decimal(value if value is not None else spec.minimum or 1) * over / under
        return _within(of_type(spec.type, number), spec)


def _thresholds(ruleset: Ruleset) -> Mapping[str, Sequence[Value]]:
    """What the cells compare each fact with, each value once, in the order of the text."""
    found: dict[str, dict[Value, None]] = {}
    for step in ruleset.match_steps:
        for rule in step.rules:
            for condition in rule.when:
                if condition.name in ruleset.facts:
                    held = found.setdefault(condition.name, {})
                    held.update(dict.fromkeys(_values(one.value for one in condition.test.endpoints())))
    return {name: list(values) for name, values in found.items() if values}


def _values(values: Iterable[Value]) -> list[Value]:
    return [value for value in values if value is not None]


def _moved(value: Value, by: timedelta) -> Value:
    return value + by if isinstance(value, date) else value


def _within(value: Value, spec: FactSpec) -> Value:
    if spec.minimum is not None and value < spec.minimum:
        return spec.minimum
    if spec.maximum is not None and value > spec.maximum:
        return spec.maximum
    return value
