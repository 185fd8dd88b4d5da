"""Compares numbers, and says a comparison of what was rounded or chosen in terms of what it was made from.

``round(a / b) <= 5`` is a comparison of ``a`` with ``b``, and of ``if c then x else y`` one
for each of both: so a threshold never asks how a number came about, and stays linear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.analysis.symbolic import sums
from app.analysis.symbolic.calendar import ADD_MONTHS, MONTHS_BETWEEN, Function
from app.analysis.symbolic.numbers import FLOOR, Numbers
from app.analysis.symbolic.sums import Ratio, minus, plus, times, whole
from app.analysis.symbolic.terms import Sum, Term
from app.domain.unary_tests import UnaryTest

_DEEPEST = 60  # cases within cases, followed to what they compare


class Terms(Numbers):
    """Makes truths, numbers and comparisons: the one maker that the rest works with."""

    def __init__(self) -> None:
        super().__init__()
        self._compared: dict[tuple[Term, int], Term] = {}
        self.met: dict[tuple[int, UnaryTest], tuple[object, Term]] = {}  # what cells ask, by the symbol's id

    def at_most(self, a: Sum, depth: int = 0) -> Term:
        """Whether the sum is 0 or less."""
        if a.high <= 0 or a.low > 0:
            return self.constant(a.high <= 0)
        shared = sums.content(Sum(a.parts, 0))
        a = Sum(tuple((term, c // shared) for term, c in a.parts), -((-a.constant) // shared))
        if a.high <= 0 or a.low > 0:
            return self.constant(a.high <= 0)
        if a.parts[0][1] < 0:  # written with a positive coefficient first, so that each is written once
            return self.no(self.at_most(plus(times(a, -1), whole(1)), depth))
        if len(a.parts) == 1:
            return self._number_at_most(a.parts[0][0], -a.constant, depth)
        return self._term("at_most", (*a.parts, -a.constant))

    def plain(self, a: Sum, bound: int) -> Term:
        """Whether the sum is at most so much, asked of the numbers themselves and not of what made them."""
        if not a.parts or a.high <= bound or a.low > bound:
            return self.constant(a.high <= bound)
        return self._term("at_most", (*a.parts, bound - a.constant))

    def zero(self, a: Sum) -> Term:
        """Whether the sum is 0."""
        return self.both(self.at_most(a), self.at_most(times(a, -1)))

    def below(self, a: Sum) -> Term:
        """Whether the sum is less than 0."""
        return self.at_most(plus(a, whole(1)))

    def compared(self, symbol: str, a: Ratio, b: Ratio) -> Term:
        """How two exact numbers compare, by ``= != < <= > >=``."""
        if symbol in (">", ">="):
            return self.compared({">": "<", ">=": "<="}[symbol], b, a)
        if symbol == "!=":
            return self.no(self.compared("=", a, b))
        apart, sign = self._apart(a, b)
        relation: Callable[[Sum], Term] = {"=": self.zero, "<": self.below, "<=": self.at_most}[symbol]
        if sign.low >= 0 or symbol == "=":
            return relation(apart)
        negative = self.below(sign)
        return self.chosen(negative, relation(times(apart, -1)), relation(apart))

    def _apart(self, a: Ratio, b: Ratio) -> tuple[Sum, Sum]:
        """``a - b`` times a number, and the sign of that number."""
        if a.under == b.under:
            return minus(a.over, b.over), a.under
        left, right = self.multiplied(a.over, b.under), self.multiplied(b.over, a.under)
        return minus(left, right), self.multiplied(a.under, b.under)

    def _number_at_most(self, term: Term, bound: int, depth: int) -> Term:
        if bound >= term.high or bound < term.low:
            return self.constant(bound >= term.high)
        key = (term, bound)
        found = self._compared.get(key)
        if found is None:
            found = self._compared[key] = self._by_parts(term, bound, depth)
        return found

    def _by_parts(self, term: Term, bound: int, depth: int) -> Term:
        match term.kind:
            case "cases" if depth < _DEEPEST:
                return self._cases_at_most(term, bound, depth + 1)
            case "rounded":
                return self.rounded_at_most(term, bound)
            case "function":
                found = self._function_at_most(term.parts[0], term.parts[1:], bound)
                if found is not None:
                    return found
        return self._term("at_most", ((term, 1), bound))

    def _cases_at_most(self, term: Term, bound: int, depth: int) -> Term:
        reached, ways = self.true, []
        for truth, value in term.parts:
            within = self.at_most(plus(value, whole(-bound)), depth)
            if within is not self.false:
                ways.append(self.both(reached, truth, within))
            reached = self.both(reached, self.no(truth))
        return self.some(ways)

    def rounded_at_most(self, term: Term, bound: int) -> Term:
        """Whether a rounded number is at most so much, by what stood above and below."""
        over, under, how = term.parts

        def within(over: Sum, under: Sum) -> Term:
            if how == FLOOR:
                return self.below(minus(over, times(under, bound + 1)))
            gap = minus(times(over, 2), times(under, 2 * bound + 1))
            return self.at_most(gap) if bound % 2 == 0 else self.below(gap)

        if under.low > 0:
            return within(over, under)
        return self.chosen(self.below(under), within(times(over, -1), times(under, -1)), within(over, under))

    def _function_at_most(self, function: Function, arguments: Sequence[Sum], bound: int) -> Term | None:
        free = [i for i, one in enumerate(arguments) if one.parts]
        if len(free) == 1:
            return self._turns_once(function, arguments, free[0], bound)
        if function is MONTHS_BETWEEN:  # at most n months are fewer than n + 1
            start, end = arguments
            if bound >= 0:
                return self.below(minus(end, self.function(ADD_MONTHS, start, whole(bound + 1))))
            return self.at_most(minus(self.function(ADD_MONTHS, end, whole(-bound)), start))
        return None

    def _turns_once(self, function: Function, arguments: Sequence[Sum], free: int, bound: int) -> Term:
        """The comparison as one of the only argument that is no constant: somewhere it turns."""
        one, rises = arguments[free], function.rising[free] > 0

        def holds(value: int) -> bool:
            given = [value if i == free else other.constant for i, other in enumerate(arguments)]
            return function.of(*given) <= bound

        low, high = one.low, one.high
        first, last = (holds(low), holds(high))
        if first == last:
            return self.constant(first)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if holds(middle) == first else (low, middle)
        turned = self.at_most(minus(one, whole(low)))
        assert first is rises
        return turned if first else self.no(turned)
