"""Boxes of a grid as terms: where the values that a step sees lie in one."""

from __future__ import annotations

from app.analysis.geometry.columns import Column, Places
from app.analysis.geometry.grid import Box, Grid
from app.analysis.geometry.places import Place
from app.analysis.symbolic import sums
from app.analysis.symbolic.cells import meets
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.matching import Matched
from app.analysis.symbolic.symbols import Number, Symbol
from app.analysis.symbolic.terms import Term
from app.domain.matching import rule_numbers
from app.domain.unary_tests import Compare, Endpoint, UnaryTest
from app.domain.values import Kind


def inside(terms: Terms, grid: Grid, box: Box, matched: Matched) -> Term:
    """Whether the values that the step sees lie in the box."""
    return terms.every(
        _in_places(terms, column, places, matched.names[column.name])
        for column, places, every in zip(grid.columns, box, grid.whole, strict=True)
        if places != every
    )


def _in_places(terms: Terms, column: Column, places: Places, symbol: Symbol) -> Term:
    return terms.some(_at(terms, column, column.places[i], symbol) for i in rule_numbers(places))


def _at(terms: Terms, column: Column, place: Place, symbol: Symbol) -> Term:
    if place.unknown:
        return terms.no(symbol.known)
    if place.span is not None:
        assert isinstance(symbol, Number)
        unit = 10**column.type.decimals
        low, high = place.span
        ends = [
            terms.compared(symbol_of, symbol.exact, sums.Ratio(sums.whole(end), sums.whole(unit)))
            for symbol_of, end in ((">=", low), ("<=", high))
            if end is not None
        ]
        return terms.both(symbol.known, *ends)
    if column.type.kind is Kind.CHOICES:  # known by the tests that it meets
        met = (
            term if place.rows & rows else terms.no(term)
            for test, rows in column.tests.items()
            for term in (meets(terms, symbol, test),)
        )
        return terms.both(symbol.known, *met)
    if column.type.kind in (Kind.CHOICE, Kind.YES_NO):
        return meets(terms, symbol, UnaryTest((Compare("=", Endpoint(place.value)),)))
    return symbol.known
