"""The bands of a characteristic partition its domain: exactly one holds, whatever the value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Context
from typing import Any

from app.domain.declarations import FactSpec
from app.domain.messages import told
from app.domain.unary_tests import UnaryTest, holds
from app.domain.values import Kind, Value, ValueType, quantised
from app.domain.wording import spoken

_FLOOR = Context(prec=80, rounding=ROUND_FLOOR)
_SOME_DAY = date(2026, 1, 15)


def check_partition(tests: Sequence[UnaryTest], value_type: ValueType, spec: FactSpec | None) -> None:
    """Raise ``ValueError`` with a value for which no band, or more than one, holds.

    Only values that can occur count: those within the ``min`` and ``max`` of the
    fact ``spec``, at its scale. Only the points at and next to the constants need
    trying: no test changes its answer anywhere else.
    """
    for value in _samples(tests, value_type, spec):
        matching = [test for test in tests if holds(test, value)]
        if not matching:
            raise ValueError(
                told(
                    "no band holds for {value}; the bands must cover every value",
                    value=_shown(value, value_type),
                )
            )
        if len(matching) > 1:
            first, second = matching[0].text, matching[1].text
            raise ValueError(
                told(
                    "{value} falls into two bands, `{first}` and `{second}`",
                    value=_shown(value, value_type),
                    first=first,
                    second=second,
                )
            )


def _samples(tests: Sequence[UnaryTest], value_type: ValueType, spec: FactSpec | None) -> Iterator[Value]:
    if value_type.kind is Kind.YES_NO:
        yield from (True, False)
    elif value_type.kind is Kind.CHOICE:
        yield from value_type.choices
    elif value_type.ordered:
        low, high = (spec.minimum, spec.maximum) if spec else (None, None)
        ends = [end for end in (low, high) if end is not None]
        constants = [endpoint.value for test in tests for endpoint in test.endpoints()]
        for value in sorted({*_around([*ends, *constants] or [_somewhere(value_type)], value_type)}):
            if (low is None or value >= low) and (high is None or value <= high):
                yield value


def _somewhere(value_type: ValueType) -> Value:
    return _SOME_DAY if value_type.kind is Kind.DATE else 0


def _around(constants: Iterable[Any], value_type: ValueType) -> Iterator[Any]:
    """The values at the scale of the type that are equal to a constant or next to it."""
    if value_type.kind is Kind.DATE:
        for day in constants:
            for days in (-1, 0, 1):
                if date.min.toordinal() <= day.toordinal() + days <= date.max.toordinal():
                    yield day + timedelta(days=days)
        return
    step = quantised(1, 0).scaleb(-value_type.decimals)
    for constant in constants:
        below = _FLOOR.quantize(constant, step)
        for steps in (-1, 0, 1, 2):
            yield _FLOOR.add(below, steps * step)


def _shown(value: Value, value_type: ValueType) -> str:
    return str(value) if value_type.kind is Kind.CHOICE else spoken(value, value_type)
