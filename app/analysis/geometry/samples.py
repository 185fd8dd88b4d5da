"""Sample values of a box: the baseline's where they lie in it, else one at an edge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.analysis.geometry.columns import Column, Places
from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.places import Span, bounded, value_at
from app.domain.matching import rule_numbers
from app.domain.values import Kind, Value, Values, ValueType

_SOME_DAY = date(2026, 1, 15).toordinal()


def sample(grid: Grid, box: Box, preferred: Values) -> dict[str, Value]:
    """One value a column."""
    return {
        column.name: _one(column, places, preferred) for column, places in zip(grid.columns, box, strict=True)
    }


def _one(column: Column, places: Places, preferred: Values) -> Value:
    if column.name in preferred and column.place_of(preferred[column.name]) & places:
        return preferred[column.name]
    return next(edges(column, places), None)


def edges(column: Column, places: Places) -> Iterator[Value]:
    """The values at the edges of some places, known ones first."""
    chosen = [column.places[i] for i in rule_numbers(places)]
    for place in chosen:
        if place.span is not None:
            ends = _ends(bounded(place.span, column.type), column.type)
            yield from dict.fromkeys(value_at(tick, column.type) for tick in ends)
        elif not place.unknown:
            yield place.value
    if any(place.unknown for place in chosen):
        yield None


def _ends(span: Span, value_type: ValueType) -> Iterator[int]:
    if span.low is None and span.high is None:
        yield _SOME_DAY if value_type.kind is Kind.DATE else 0
    yield from (tick for tick in span if tick is not None)
