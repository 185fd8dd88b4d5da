"""Symbols: what a name can be, of each kind, and whether it is known.

What is said of a value that is unknown counts for nothing: of yes and no neither is true
then, no word is chosen, and a number may be anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.analysis.symbolic import sums
from app.analysis.symbolic.calendar import FIRST, LAST
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.sums import Ratio, whole
from app.analysis.symbolic.terms import Sum, Term
from app.domain.declarations import FactSpec
from app.domain.values import MAX_DIGITS, MOST_WHOLE, WHOLE_KINDS, Kind, Value, ValueType


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a day as its ordinal."""

    known: Term
    exact: Ratio


@dataclass(frozen=True, slots=True)
class Truth:
    """Yes, no, or neither where it is unknown."""

    yes: Term
    no: Term
    known: Term


@dataclass(frozen=True, slots=True)
class Words:
    """A choice, or a list of them: of each word whether it is chosen; those left out never are."""

    known: Term
    chosen: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Carried:
    """A text: nothing is asked of it but which of several it is."""

    known: Term
    which: Sum


@dataclass(frozen=True, slots=True)
class Lines:
    """A list of records: in order, each with the truth that it is there."""

    known: Term
    lines: tuple[tuple[Term, Mapping[str, Symbol]], ...]


@dataclass(frozen=True, slots=True)
class Days:
    """A list of dates, which is always a parameter."""

    known: Term
    days: frozenset[date]


Symbol = Number | Truth | Words | Carried | Lines | Days
Guarded = Sequence[tuple[Term, Symbol]]


def truth(terms: Terms, yes: Term, no: Term) -> Truth:
    """Yes or no, known where either is true."""
    return Truth(yes, no, terms.either(yes, no))


def answered(terms: Terms, yes: Term, known: Term) -> Truth:
    """Yes or no, where it is known."""
    return Truth(terms.both(known, yes), terms.both(known, terms.no(yes)), known)


def constant(terms: Terms, value: Value, kind: Kind | None = None) -> Symbol:
    """A value that hangs on nothing; ``kind`` tells a text from a choice. Unknown is not one."""
    if isinstance(value, bool):
        return Truth(terms.constant(value), terms.constant(not value), terms.true)
    if isinstance(value, date):
        return Number(terms.true, Ratio(whole(value.toordinal()), sums.ONE))
    if isinstance(value, str):
        return Words(terms.true, {value: terms.true})
    if isinstance(value, tuple):
        if kind is Kind.DATES:
            return Days(terms.true, frozenset(value))
        return Words(terms.true, dict.fromkeys(value, terms.true))
    return Number(terms.true, sums.exact(value))


def nothing(terms: Terms, kind: ValueType) -> Symbol:
    """What is not known: an output before anybody contributed to it."""
    if kind.ordered:
        return Number(terms.false, sums.exact(0))
    if kind.kind is Kind.YES_NO:
        return Truth(terms.false, terms.false, terms.false)
    if kind.kind is Kind.RECORDS:
        return Lines(terms.false, ())
    return Carried(terms.false, whole(0)) if kind.kind is Kind.TEXT else Words(terms.false, {})


def of_fact(terms: Terms, spec: FactSpec, prefix: str = "") -> tuple[Symbol, list[Term]]:
    """What a fact can be, and what holds of its parts. ``prefix`` tells it from its other self."""
    name = prefix + spec.name
    known = terms.flag(f"{name} known") if spec.unknown_allowed else terms.true
    kind = spec.type.kind
    if spec.type.ordered:
        return Number(known, Ratio(terms.number(name, *_bounds(spec)), whole(10**spec.type.decimals))), []
    if kind is Kind.YES_NO:
        yes = terms.flag(f"{name} yes")
        return Truth(yes, terms.both(known, terms.no(yes)), known), [terms.either(known, terms.no(yes))]
    if kind is Kind.TEXT:
        return Carried(known, terms.number(name, 0, 1 << 40)), []
    chosen = {word: terms.flag(f"{name} is {word}") for word in spec.type.choices}
    holds = [terms.either(known, terms.no(one)) for one in chosen.values()]
    if kind is Kind.CHOICE:
        several = list(chosen.values())
        holds.append(terms.either(terms.no(known), *several))
        holds += [terms.no(terms.both(one, other)) for i, one in enumerate(several) for other in several[:i]]
    return Words(known, chosen), holds


def _bounds(spec: FactSpec) -> tuple[int, int]:
    low, high = -(10**MAX_DIGITS) + 1, 10**MAX_DIGITS - 1
    if spec.type.kind in WHOLE_KINDS:
        low, high = -MOST_WHOLE, MOST_WHOLE
    if spec.type.kind is Kind.DATE:
        low, high = FIRST, LAST
    bounds = [_ticks(one, spec.type) for one in (spec.minimum, spec.maximum)]
    return (low if bounds[0] is None else bounds[0]), (high if bounds[1] is None else bounds[1])


def _ticks(value: Value, kind: ValueType) -> int | None:
    if value is None:
        return None
    return value.toordinal() if isinstance(value, date) else int(Decimal(value).scaleb(kind.decimals))


def chosen(terms: Terms, guarded: Guarded, *, apart: bool = False) -> Symbol:
    """The symbol behind the first truth that holds, unknown where none does.

    ``apart`` says that no two of the truths ever hold together.
    """
    if not apart and len(guarded) > 1:
        guarded = _made_apart(terms, guarded)
    known = terms.some(terms.both(one, symbol.known) for one, symbol in guarded)
    first = guarded[0][1]
    if len(guarded) == 1 and guarded[0][0] is terms.true:
        return first
    if isinstance(first, Number):
        cases: list[Any] = [(one, symbol.exact) for one, symbol in guarded if isinstance(symbol, Number)]
        return Number(known, terms.exact_cases(cases, apart=True))
    if isinstance(first, Truth):
        several = [(one, symbol) for one, symbol in guarded if isinstance(symbol, Truth)]
        yes = terms.some(terms.both(one, symbol.yes) for one, symbol in several)
        return Truth(yes, terms.some(terms.both(one, symbol.no) for one, symbol in several), known)
    if isinstance(first, Words):
        ways: dict[str, list[Term]] = {}
        for one, symbol in guarded:
            if isinstance(symbol, Words):
                for word, is_chosen in symbol.chosen.items():
                    ways.setdefault(word, []).append(terms.both(one, is_chosen))
        return Words(known, {word: terms.some(several) for word, several in ways.items()})
    if isinstance(first, Carried):
        cases = [(one, symbol.which) for one, symbol in guarded if isinstance(symbol, Carried)]
        return Carried(known, terms.cases(cases, apart=True))
    lines = [
        (terms.both(one, there), line)
        for one, symbol in guarded
        if isinstance(symbol, Lines)
        for there, line in symbol.lines
    ]
    return Lines(known, tuple(lines))


def _made_apart(terms: Terms, guarded: Guarded) -> Guarded:
    before, found = terms.false, []
    for one, symbol in guarded:
        found.append((terms.both(one, terms.no(before)), symbol))
        before = terms.either(before, one)
    return found


def equal(terms: Terms, a: Symbol, b: Symbol) -> Term:
    """Whether both are the same value, or both are unknown."""
    if a == b:
        return terms.true
    both_unknown = terms.both(terms.no(a.known), terms.no(b.known))
    return terms.either(both_unknown, terms.both(a.known, b.known, same_value(terms, a, b)))


def same_value(terms: Terms, a: Symbol, b: Symbol) -> Term:
    """Whether two known symbols of one kind have the same value."""
    match a, b:
        case Number(), Number():
            return terms.compared("=", a.exact, b.exact)
        case Truth(), Truth():
            return terms.same(a.yes, b.yes)
        case Words(), Words():
            words = dict.fromkeys((*a.chosen, *b.chosen))
            return terms.every(
                terms.same(a.chosen.get(one, terms.false), b.chosen.get(one, terms.false)) for one in words
            )
        case Carried(), Carried():
            return terms.zero(sums.minus(a.which, b.which))
        case Lines(), Lines():
            return _same_lines(terms, a, b)
    return terms.false


def _same_lines(terms: Terms, a: Lines, b: Lines) -> Term:
    """As many lines, and any two in the same place alike."""
    found = [terms.zero(sums.minus(_count(terms, a.lines), _count(terms, b.lines)))]
    for i, (there, line) in enumerate(a.lines):
        for j, (other_there, other) in enumerate(b.lines):
            place = sums.minus(_count(terms, a.lines[:i]), _count(terms, b.lines[:j]))
            together = terms.both(there, other_there, terms.zero(place))
            if together is not terms.false:
                alike = terms.every(equal(terms, line[name], other[name]) for name in line)
                found.append(terms.either(terms.no(together), alike))
    return terms.every(found)


def _count(terms: Terms, lines: Sequence[tuple[Term, object]]) -> Sum:
    return sums.plus(*(terms.cases([(there, sums.ONE), (terms.true, whole(0))]) for there, _ in lines))
