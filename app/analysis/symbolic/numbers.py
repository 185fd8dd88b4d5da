"""Makes whole numbers out of others: by cases, multiplied, rounded, by the calendar.

Products are spread over cases of constants and over sums, and what is rounded or looked
up in the calendar is taken into such cases, so that as little as possible is left that
is not linear.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from app.analysis.symbolic import sums
from app.analysis.symbolic.calendar import Function
from app.analysis.symbolic.sums import Ratio, atom, plus, times, whole
from app.analysis.symbolic.terms import Logic, Sum, Term
from app.domain.values import quantised

EVEN, FLOOR = "even", "floor"
_MOST_CASES = 24  # of constants, for which a product or a rounding is taken apart
Case = tuple[Term, Sum]


class Numbers(Logic):
    """Makes truths and numbers."""

    def number(self, name: str, low: int, high: int) -> Sum:
        """A whole number by itself, within bounds."""
        return atom(self._term("number", (name,), low, high))

    def cases(self, cases: Sequence[Case], *, apart: bool = False) -> Sum:
        """The sum behind the first truth that holds; behind the last where none does.

        ``apart`` says that no two of the truths before the last ever hold together.
        """
        kept = self._joined(cases, apart)
        last = cases[-1][1]
        if not kept:
            return last
        if kept[0][0] is self.true:
            return kept[0][1]
        if kept[-1][0] is self.true:
            return self.cases(kept, apart=apart)
        values = [value for _, value in kept] + [last]
        shared = sums.content(*values)
        if shared != 1:
            small = [(truth, sums.divided(value, shared)) for truth, value in (*kept, (self.true, last))]
            return times(self.cases(small), shared)
        parts = (*kept, (self.true, last))
        return atom(self._term("cases", parts, min(v.low for v in values), max(v.high for v in values)))

    def _joined(self, cases: Sequence[Case], apart: bool) -> list[Case]:
        """All but the last, those of one value as one, without those that give what the last does."""
        found: list[Case] = []
        places: dict[Sum, int] = {}
        for truth, value in cases[:-1]:
            place = places.get(value, -1) if apart else len(found) - 1
            if truth is self.false:
                continue
            if place >= 0 and found[place][1] == value:
                found[place] = (self.either(found[place][0], truth), value)
            else:
                places[value] = len(found)
                found.append((truth, value))
        for place, (truth, _) in enumerate(found):
            if truth is self.true:
                found = [*found[:place], (self.true, found[place][1])]
                break
        last = cases[-1][1]
        if apart:
            return [one for one in found if one[1] != last]
        while found and found[-1][1] == last:
            found.pop()
        return found

    def exact_cases(self, cases: Sequence[tuple[Term, Ratio]], *, apart: bool = False) -> Ratio:
        """The exact number behind the first truth that holds; behind the last where none does."""
        cases = [one for one in cases[:-1] if one[0] is not self.false] + [cases[-1]]
        if len(cases) == 1 or all(value == cases[0][1] for _, value in cases):
            return cases[0][1]
        if any(value.under.parts for _, value in cases):
            over = self.cases([(truth, value.over) for truth, value in cases], apart=apart)
            under = self.cases([(truth, value.under) for truth, value in cases], apart=apart)
            return sums.reduced(over, under)
        common = math.lcm(*(value.under.constant for _, value in cases))
        scaled = [(truth, times(value.over, common // value.under.constant)) for truth, value in cases]
        return sums.reduced(self.cases(scaled, apart=apart), whole(common))

    def multiplied(self, a: Sum, b: Sum) -> Sum:
        """The product of two sums."""
        found = [times(Sum(a.parts, 0), b.constant), times(b, a.constant)]
        for one, c in a.parts:
            for other, d in b.parts:
                found.append(times(self._product(one, other), c * d))
        return plus(*found)

    def _product(self, a: Term, b: Term) -> Sum:
        for one, other in ((a, b), (b, a)):
            if constant_cases(one):
                return self.cases([(truth, times(atom(other), value.constant)) for truth, value in one.parts])
        factors = sorted(
            (factor for one in (a, b) for factor in (one.parts if one.kind == "product" else (one,))),
            key=lambda factor: factor.id,
        )
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        low = max(0, min(corners)) if a is b else min(corners)
        return atom(self._term("product", tuple(factors), low, max(corners)))

    def rounded(self, number: Ratio, decimals: int, how: str = EVEN) -> Sum:
        """The number in units of its last decimal, rounded half to even, or down."""
        over, under = sums.reduced(times(number.over, 10**decimals), number.under)
        if under == sums.ONE:
            return over
        if not under.parts and not over.parts:
            return whole(rounding(how, over.constant, under.constant))
        if not under.parts:
            single = _single(over)
            if single is not None and constant_cases(single[0]):
                term, c = single
                return self.cases(
                    [
                        (truth, whole(rounding(how, c * value.constant + over.constant, under.constant)))
                        for truth, value in term.parts
                    ]
                )
            # Whole units stand outside of the rounding, so that less is left inside.
            units, rest = _taken_apart(over, under.constant, how)
            if units is not None:
                return (
                    plus(units, self.rounded(Ratio(rest, under), 0, how))
                    if rest.parts
                    else plus(units, whole(rounding(how, rest.constant, under.constant)))
                )
        low, high = _quotient_bounds(over, under)
        bounds = (rounding(how, *low.as_integer_ratio()), rounding(how, *high.as_integer_ratio()))
        return atom(self._term("rounded", (over, under, how), *bounds))

    def function(self, function: Function, *arguments: Sum) -> Sum:
        """A function of the calendar."""
        if not any(one.parts for one in arguments):
            return whole(function.of(*(one.constant for one in arguments)))
        for i, one in enumerate(arguments):
            single = _single(one)
            if single is not None and constant_cases(single[0]):
                term, c = single
                values = [(truth, whole(c * value.constant + one.constant)) for truth, value in term.parts]
                return self.cases(
                    [
                        (truth, self.function(function, *arguments[:i], value, *arguments[i + 1 :]))
                        for truth, value in values
                    ]
                )
        low, high = function.bounds([(one.low, one.high) for one in arguments])
        return atom(self._term("function", (function, *arguments), low, high))


def constant_cases(term: Term) -> bool:
    """Whether the number is one of a few constants."""
    return (
        term.kind == "cases"
        and len(term.parts) <= _MOST_CASES
        and not any(value.parts for _, value in term.parts)
    )


def rounding(how: str, over: int, under: int) -> int:
    """``over / under`` as a whole number."""
    if how == FLOOR:
        return over // under
    return int(quantised(Fraction(over, under), 0))


def _single(one: Sum) -> tuple[Term, int] | None:
    return one.parts[0] if len(one.parts) == 1 else None


def _taken_apart(over: Sum, under: int, how: str) -> tuple[Sum | None, Sum]:
    """The part of a sum that is whole units whatever the values, and the rest; None where there is none.

    Half to even looks at whether the units are even, so there they are taken out in pairs.
    """
    step = under if how == FLOOR else 2 * under
    units: list[tuple[Term, int]] = []
    rest: list[tuple[Term, int]] = []
    for term, c in over.parts:
        (units if c % step == 0 else rest).append((term, c))
    pairs, left = divmod(over.constant, step)
    if not units and not pairs:
        return None, over
    outside = Sum(tuple((term, c // under) for term, c in units), pairs * step // under)
    return outside, Sum(tuple(rest), left)


def _quotient_bounds(over: Sum, under: Sum) -> tuple[Fraction, Fraction]:
    """The least and the greatest quotient; what is below is a whole number and not 0."""
    lows = [one for one in (under.low, under.high, -1, 1) if one and under.low <= one <= under.high]
    corners = [Fraction(x, y) for x in (over.low, over.high) for y in lows]
    if over.low < 0 < over.high:
        corners.append(Fraction(0))
    return min(corners), max(corners)
