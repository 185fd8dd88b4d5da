"""Lemmas: what is certain of products, quotients and days of the calendar, said in linear terms.

The solver takes each of them for a number that may be anything between its bounds. Where
that lets it believe what is not so, a lemma is added that is true of all values and rules
out what it believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.numbers import rounding
from app.analysis.symbolic.sums import atom, minus, plus, times, whole
from app.analysis.symbolic.terms import Sum, Term

Value = Callable[[Sum], int]


def hard(term: Term) -> bool:
    """Whether the number is more than linear arithmetic can say."""
    return term.kind in ("product", "function") or (term.kind == "rounded" and bool(term.parts[1].parts))


def operands(terms: Terms, term: Term) -> tuple[Sum, ...]:
    """What a hard number is made from; of several factors the first, and the product of the rest."""
    if term.kind == "product":
        first, *rest = term.parts
        product = atom(rest[0])
        for one in rest[1:]:
            product = terms.multiplied(product, atom(one))
        return atom(first), product
    return tuple(one for one in term.parts if isinstance(one, Sum))


def from_the_start(terms: Terms, several: Sequence[Term]) -> Iterator[Term]:
    """What is said of hard numbers before anything has gone wrong: signs, and when two are the same."""
    for term in several:
        if term.kind == "product":
            yield from _tangents(terms, term, 0, 0)
    for i, one in enumerate(several):
        for other in several[:i]:
            if one.kind == other.kind:
                yield from _alike(terms, one, other)


def against(terms: Terms, term: Term, believed: Value) -> Iterator[Term]:
    """Lemmas that make a number right where its operands are as believed."""
    given = operands(terms, term)
    values = [believed(one) for one in given]
    if term.kind == "product":
        yield from _tangents(terms, term, *values)
    elif term.kind == "function":
        yield from _turning(terms, term, values)
    elif values[1]:
        exact = rounding(term.parts[2], *values)
        for bound in (exact, exact - 1):
            same = terms.same(terms.plain(atom(term), bound), terms.rounded_at_most(term, bound))
            yield terms.either(terms.zero(given[1]), same)


def right(terms: Terms, term: Term, believed: Value) -> bool:
    """Whether the number is what its operands make it."""
    values = [believed(one) for one in operands(terms, term)]
    if term.kind == "product":
        return believed(atom(term)) == values[0] * values[1]
    if term.kind == "function":
        return bool(believed(atom(term)) == term.parts[0].of(*values))
    return not values[1] or believed(atom(term)) == rounding(term.parts[2], *values)


def _tangents(terms: Terms, term: Term, a: int, b: int) -> Iterator[Term]:
    """``x * y`` beside its plane at (a, b): above it where both are more or both less, else below."""
    x, y = operands(terms, term)
    apart = minus(atom(term), plus(times(x, b), times(y, a), whole(-a * b)))
    low_x, low_y = terms.at_most(plus(x, whole(-a))), terms.at_most(plus(y, whole(-b)))
    high_x, high_y = terms.at_most(minus(whole(a), x)), terms.at_most(minus(whole(b), y))
    above, below = terms.plain(times(apart, -1), 0), terms.plain(apart, 0)
    for first, second, lies in (
        (low_x, low_y, above), (high_x, high_y, above), (low_x, high_y, below), (high_x, low_y, below)
    ):  # fmt: skip
        yield terms.either(terms.no(first), terms.no(second), lies)


def _turning(terms: Terms, term: Term, values: Sequence[int]) -> Iterator[Term]:
    """A function of the calendar is no more where all of its arguments point down, and no less where up."""
    function, number = term.parts[0], atom(term)
    exact = function.of(*values)
    for side in (1, -1):
        within = [
            terms.at_most(times(minus(one, whole(value)), side * rises))
            for one, value, rises in zip(term.parts[1:], values, function.rising, strict=True)
        ]
        yield terms.either(*map(terms.no, within), terms.plain(times(plus(number, whole(-exact)), side), 0))


def between(terms: Terms, one: Term, other: Term) -> Iterator[Term]:
    """Which of two quotients is more, where both were taken for what they are not."""
    if one.kind == other.kind == "rounded" and one.parts[2] == other.parts[2]:
        yield from _quotients(terms, one, other)


def _alike(terms: Terms, one: Term, other: Term) -> Iterator[Term]:
    """Two are the same where they are made from the same; and which is more, where that is plain."""
    if one.kind == "function" and one.parts[0] is other.parts[0]:
        for first, second in ((one, other), (other, one)):
            less = [
                terms.at_most(times(minus(a, b), rises))
                for a, b, rises in zip(first.parts[1:], second.parts[1:], one.parts[0].rising, strict=True)
            ]
            more = terms.plain(minus(atom(first), atom(second)), 0)
            yield terms.either(*map(terms.no, less), more)
    if one.kind == "product":
        shared = [factor for factor in one.parts if factor in other.parts]
        if len(one.parts) == len(other.parts) == 2 and len(shared) == 1:
            yield from _same_factor(terms, one, other, shared[0])
    if one.kind != "function" and (one.kind == "product" or one.parts[2] == other.parts[2]):
        pairs = zip(operands(terms, one), operands(terms, other), strict=True)
        same = terms.every(terms.zero(minus(a, b)) for a, b in pairs)
        apart = minus(atom(one), atom(other))
        yield terms.either(
            terms.no(same), terms.both(terms.plain(apart, 0), terms.plain(times(apart, -1), 0))
        )


def _same_factor(terms: Terms, one: Term, other: Term, factor: Term) -> Iterator[Term]:
    """``x * y`` and ``z * y``: how far they are apart, by how far ``x`` and ``z`` are, and by ``y``."""
    (x,), (z,) = (_without(term.parts, factor) for term in (one, other))
    apart, products = minus(atom(x), atom(z)), minus(atom(one), atom(other))
    for side in (1, -1):
        less = terms.no(terms.at_most(times(apart, side)))
        for bound, way in ((0, 1), (0, -1), (factor.low, 1), (factor.high, -1)):
            beyond = terms.no(terms.at_most(times(minus(atom(factor), whole(bound)), -way)))
            gap = times(minus(products, times(apart, bound)), side * way)
            yield terms.either(beyond, less, terms.plain(gap, 0))


def _quotients(terms: Terms, one: Term, other: Term) -> Iterator[Term]:
    """Of two quotients the greater is not rounded to less; compared by what stands above and below."""
    (a, b, _), (c, d, _) = one.parts, other.parts
    if b.low <= 0 or d.low <= 0:
        return
    apart = minus(terms.multiplied(a, d), terms.multiplied(c, b))
    result = minus(atom(one), atom(other))
    for side in (1, -1):
        yield terms.either(terms.no(terms.plain(times(apart, side), 0)), terms.plain(times(result, side), 0))
    for difference, rest in _factors(apart):
        for side in (1, -1):
            for sign in (1, -1):
                premises = (terms.at_most(times(difference, side)), terms.at_most(times(rest, sign)))
                more = terms.plain(times(result, -side * sign), 0)
                yield terms.either(*map(terms.no, premises), more)


def _factors(apart: Sum) -> Iterator[tuple[Sum, Sum]]:
    """``(x - z, rest)`` where the sum is their product: so where two quotients differ in one number alone."""
    factors = [(term.parts if term.kind == "product" else (term,), c) for term, c in apart.parts]
    several = sorted({one for parts, _ in factors for one in parts}, key=lambda one: one.id)
    for i, z in enumerate(several):
        for x in several[i + 1 :]:
            with_x, with_z = ({_without(p, one): c for p, c in factors if one in p} for one in (x, z))
            split = len(with_x) + len(with_z) == len(factors) and not apart.constant
            opposite = {rest: -c for rest, c in with_z.items()}
            if split and with_x == opposite and all(len(rest) < 2 for rest in with_x):
                rest = plus(*(times(atom(parts[0]) if parts else whole(1), c) for parts, c in with_x.items()))
                yield minus(atom(x), atom(z)), rest


def _without(parts: Sequence[Term], one: Term) -> tuple[Term, ...]:
    place = list(parts).index(one)
    return (*parts[:place], *parts[place + 1 :])
