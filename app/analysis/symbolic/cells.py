"""Cells: when a unary test holds of a symbol."""

from __future__ import annotations

from fractions import Fraction

from app.analysis.possible.extents import as_number
from app.analysis.symbolic import sums
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.symbols import Number, Symbol, Truth, Words
from app.analysis.symbolic.terms import Term
from app.domain.unary_tests import Alternative, Compare, ContainsAll, IsKnown, IsUnknown, Range, UnaryTest
from app.domain.values import Value


def meets(terms: Terms, symbol: Symbol, test: UnaryTest) -> Term:
    """Whether the test holds; on what is unknown only ``-`` and ``unknown`` do."""
    if test.irrelevant:
        return terms.true
    any_of = terms.some(_meets_one(terms, symbol, one) for one in test.alternatives)
    holds = terms.both(symbol.known, terms.no(any_of) if test.negated else any_of)
    asks = not test.negated and any(isinstance(one, IsUnknown) for one in test.alternatives)
    return terms.either(holds, terms.no(symbol.known)) if asks else holds


def _meets_one(terms: Terms, symbol: Symbol, alternative: Alternative) -> Term:
    match alternative:
        case IsKnown():
            return terms.true
        case IsUnknown():
            return terms.false
        case Compare(comparison, endpoint):
            return _compared(terms, symbol, comparison, endpoint.value)
        case Range(low, low_included, high, high_included):
            above = _compared(terms, symbol, ">=" if low_included else ">", low.value)
            return terms.both(above, _compared(terms, symbol, "<=" if high_included else "<", high.value))
        case ContainsAll(values):
            return terms.every(_is(terms, symbol, value) for value in values)


def _compared(terms: Terms, symbol: Symbol, comparison: str, value: Value) -> Term:
    if isinstance(symbol, Number):
        number = as_number(value)
        return terms.compared(comparison, symbol.exact, sums.exact(Fraction(number or 0)))
    return _is(terms, symbol, value)


def _is(terms: Terms, symbol: Symbol, value: Value) -> Term:
    if isinstance(symbol, Truth):
        return symbol.yes if value else symbol.no
    if isinstance(symbol, Words):
        return symbol.chosen.get(value, terms.false)
    return terms.false
