"""Formulas on symbols: exact, three-valued, as ``app.domain.arithmetic`` calculates them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from app.analysis.symbolic import sums
from app.analysis.symbolic.calendar import ADD_MONTHS, FIRST, LAST, MONTHS_BETWEEN, business_day
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.numbers import FLOOR
from app.analysis.symbolic.sums import Ratio, minus, plus, whole
from app.analysis.symbolic.symbols import (
    Days,
    Number,
    Symbol,
    Truth,
    Words,
    answered,
    chosen,
    constant,
    truth,
)
from app.analysis.symbolic.terms import Sum, Term
from app.domain import expressions as tree
from app.domain.rules import Formula
from app.domain.values import MOST_WHOLE, WHOLE_KINDS

Names = Mapping[str, Symbol]
_TOO_LARGE = 10**80  # a number of more digits is no number


class Formulas:
    """Says what formulas yield, in terms of what they read."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def value(self, formula: Formula, names: Names) -> Symbol:
        """The value of a formula, rounded to its type."""
        found = self.of(formula.expression, names)
        if not isinstance(found, Number) or not formula.type.numeric:
            return found
        terms, decimals = self._terms, formula.type.decimals
        rounded = terms.rounded(found.exact, decimals)
        most = MOST_WHOLE if formula.type.kind in WHOLE_KINDS else _TOO_LARGE - 1
        fits = terms.both(
            terms.at_most(plus(rounded, whole(-most))), terms.at_most(minus(whole(-most), rounded))
        )
        return Number(terms.both(found.known, fits), Ratio(rounded, whole(10**decimals)))

    def of(self, node: tree.Expression, names: Names) -> Symbol:
        """The exact value of an expression."""
        terms = self._terms
        match node:
            case tree.Constant(value):
                return constant(terms, value)
            case tree.Name(name):
                return names[name]
            case tree.Negative(operand):
                one = self._number(operand, names)
                return Number(one.known, sums.opposite(one.exact))
            case tree.Arithmetic(symbol, left, right):
                return self._arithmetic(symbol, self._number(left, names), self._number(right, names))
            case tree.Comparison(symbol, left, right):
                return self._comparison(symbol, self.of(left, names), self.of(right, names))
            case tree.Junction(symbol, operands):
                return self._junction(symbol == "and", [self._truth(one, names) for one in operands])
            case tree.Conditional(condition, then, otherwise):
                asked = self._truth(condition, names)
                ways = [(asked.yes, self.of(then, names)), (asked.no, self.of(otherwise, names))]
                return chosen(terms, [one for one in ways if one[0] is not terms.false] or ways, apart=True)
            case tree.Call(function, arguments):
                return self._called(function, [self.of(one, names) for one in arguments])

    def _number(self, node: tree.Expression, names: Names) -> Number:
        found = self.of(node, names)
        assert isinstance(found, Number)
        return found

    def _truth(self, node: tree.Expression, names: Names) -> Truth:
        found = self.of(node, names)
        assert isinstance(found, Truth)
        return found

    def _arithmetic(self, symbol: str, a: Number, b: Number) -> Number:
        terms, known = self._terms, self._terms.both(a.known, b.known)
        match symbol:
            case "+" | "-":
                return Number(
                    known, added(terms, a.exact, b.exact if symbol == "+" else sums.opposite(b.exact))
                )
            case "*":
                return Number(known, multiplied(terms, a.exact, b.exact))
            case "/":
                by = b.exact.over
                fails = terms.zero(by)
                if fails is terms.true:
                    return Number(terms.false, sums.exact(0))
                inverse = sums.reduced(b.exact.under, by)
                return Number(terms.both(known, terms.no(fails)), multiplied(terms, a.exact, inverse))
        exponent = b.exact.constant
        assert exponent is not None
        powers = [a.exact] * int(exponent)
        return Number(a.known, reduce(lambda x, y: multiplied(terms, x, y), powers, sums.exact(1)))

    def _comparison(self, symbol: str, a: Symbol, b: Symbol) -> Truth:
        terms, known = self._terms, self._terms.both(a.known, b.known)
        if isinstance(a, Number) and isinstance(b, Number):
            return answered(terms, terms.compared(symbol, a.exact, b.exact), known)
        if isinstance(a, Truth) and isinstance(b, Truth):
            alike = terms.either(terms.both(a.yes, b.yes), terms.both(a.no, b.no))
        else:
            assert isinstance(a, Words)
            assert isinstance(b, Words)
            alike = terms.some(
                terms.both(one, b.chosen[word]) for word, one in a.chosen.items() if word in b.chosen
            )
        return answered(terms, alike if symbol == "=" else terms.no(alike), known)

    def _junction(self, conjunction: bool, operands: Sequence[Truth]) -> Truth:
        terms = self._terms
        yes, no = [one.yes for one in operands], [one.no for one in operands]
        if conjunction:
            return truth(terms, terms.every(yes), terms.some(no))
        return truth(terms, terms.some(yes), terms.every(no))

    def _called(self, function: str, given: Sequence[Symbol]) -> Symbol:
        terms = self._terms
        if function == "known":
            return Truth(given[0].known, terms.no(given[0].known), terms.true)
        if function == "not":
            (one,) = given
            assert isinstance(one, Truth)
            return Truth(one.no, one.yes, one.known)
        if function == "contains":
            return self._contains(*given)
        numbers = [one for one in given if isinstance(one, Number)]
        if function in _AMONG_KNOWN:
            return reduce(lambda a, b: self._among_known(a, b, _AMONG_KNOWN[function]), numbers)
        known = terms.every(one.known for one in given)
        if function == "next_business_day":
            assert isinstance(given[1], Days)
            day = terms.function(business_day(given[1].days), numbers[0].exact.over)
            return self._day(known, day)
        if function in _DAYS:
            return self._of_days(function, known, [one.exact for one in numbers])
        return Number(known, _EXACT[function](terms, [one.exact for one in numbers]))

    def _contains(self, held: Symbol, sought: Symbol) -> Truth:
        terms = self._terms
        assert isinstance(held, Words)
        assert isinstance(sought, Words)
        there = terms.some(
            terms.both(one, held.chosen[word]) for word, one in sought.chosen.items() if word in held.chosen
        )
        return answered(terms, there, terms.both(held.known, sought.known))

    def _among_known(self, a: Number, b: Number, symbol: str) -> Number:
        terms = self._terms
        second = terms.either(
            terms.no(a.known), terms.both(b.known, terms.no(terms.compared(symbol, a.exact, b.exact)))
        )
        return Number(
            terms.either(a.known, b.known), terms.exact_cases([(second, b.exact), (terms.true, a.exact)])
        )

    def _of_days(self, function: str, known: Term, given: Sequence[Ratio]) -> Symbol:
        terms = self._terms
        if function == "days_between":
            return Number(known, Ratio(minus(given[1].over, given[0].over), sums.ONE))
        if function == "whole_months_between":
            months = terms.function(MONTHS_BETWEEN, given[0].over, given[1].over)
            return Number(known, Ratio(months, sums.ONE))
        number = towards_zero(terms, given[1])
        if function == "add_days":
            return self._day(known, plus(given[0].over, number))
        return self._day(known, terms.function(ADD_MONTHS, given[0].over, number))

    def _day(self, known: Term, day: Sum) -> Number:
        terms = self._terms
        exists = terms.both(terms.at_most(minus(whole(FIRST), day)), terms.at_most(minus(day, whole(LAST))))
        return Number(terms.both(known, exists), Ratio(day, sums.ONE))


def added(terms: Terms, a: Ratio, b: Ratio) -> Ratio:
    """``a + b``."""
    if a.under == b.under:
        return sums.reduced(plus(a.over, b.over), a.under)
    over = plus(terms.multiplied(a.over, b.under), terms.multiplied(b.over, a.under))
    return sums.reduced(over, terms.multiplied(a.under, b.under))


def multiplied(terms: Terms, a: Ratio, b: Ratio) -> Ratio:
    """``a * b``."""
    first, second = sums.reduced(a.over, b.under), sums.reduced(b.over, a.under)
    return sums.reduced(
        terms.multiplied(first.over, second.over), terms.multiplied(first.under, second.under)
    )


def towards_zero(terms: Terms, a: Ratio) -> Sum:
    """The number without its decimals."""
    if a.under == sums.ONE:
        return a.over
    negative = terms.compared("<", a, sums.exact(0))
    up = sums.times(terms.rounded(sums.opposite(a), 0, FLOOR), -1)
    return terms.cases([(negative, up), (terms.true, terms.rounded(a, 0, FLOOR))])


def _extreme(symbol: str) -> Callable[[Terms, Sequence[Ratio]], Ratio]:
    def of(terms: Terms, given: Sequence[Ratio]) -> Ratio:
        found = given[0]
        for one in given[1:]:
            found = terms.exact_cases([(terms.compared(symbol, found, one), found), (terms.true, one)])
        return found

    return of


def _whole(a: Sum) -> Ratio:
    return Ratio(a, sums.ONE)


def _round(terms: Terms, given: Sequence[Ratio]) -> Ratio:
    places = given[1].constant
    assert places is not None
    return sums.reduced(terms.rounded(given[0], int(places)), whole(10 ** int(places)))


_DAYS = frozenset({"days_between", "whole_months_between", "add_days", "add_months"})
_AMONG_KNOWN: Mapping[str, str] = {"least_known": "<=", "greatest_known": ">="}
_EXACT: Mapping[str, Callable[[Terms, Sequence[Ratio]], Ratio]] = {
    "min": _extreme("<="),
    "max": _extreme(">="),
    "abs": lambda terms, given: terms.exact_cases(
        [(terms.compared("<", given[0], sums.exact(0)), sums.opposite(given[0])), (terms.true, given[0])]
    ),
    "floor": lambda terms, given: _whole(terms.rounded(given[0], 0, FLOOR)),
    "ceiling": lambda terms, given: _whole(sums.times(terms.rounded(sums.opposite(given[0]), 0, FLOOR), -1)),
    "round": _round,
}
