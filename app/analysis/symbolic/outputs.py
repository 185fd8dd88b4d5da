"""Outputs on symbols: what several contributions make of one, and when they contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

from app.analysis.symbolic import sums
from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.formulas import added
from app.analysis.symbolic.sums import Ratio
from app.analysis.symbolic.symbols import Guarded, Lines, Number, Symbol, Words, chosen
from app.analysis.symbolic.terms import Term
from app.domain.declarations import Output

_SYMBOLS = {"largest": ">", "smallest": "<"}


def contributed(
    terms: Terms, output: Output, before: Symbol, given: Guarded, *, apart: bool
) -> tuple[Symbol, Term]:
    """The output after one step's contributions, in their order, and whether they set it twice.

    A contribution counts where its truth holds and its value is known. ``apart``
    says that no two of the truths ever hold together.
    """
    counting: Guarded = [(terms.both(truth, symbol.known), symbol) for truth, symbol in given]
    counting = [one for one in counting if one[0] is not terms.false]
    if not counting:
        return before, terms.false
    if apart and len(counting) > 1:
        counting = [(terms.some(truth for truth, _ in counting), chosen(terms, counting, apart=True))]
    if output.combine in ("union", "append"):
        return _listed(terms, before, counting), terms.false
    twice, after = terms.false, before
    if output.combine in _SYMBOLS and len(counting) > 1:
        counting = _best_constants(terms, counting, output.combine == "largest")
    for truth, symbol in counting:
        if output.combine is None:
            twice = terms.either(twice, terms.both(after.known, truth))
        after = _two(terms, output.combine, after, truth, symbol)
    return after, twice


def _two(terms: Terms, combine: str | None, before: Symbol, truth: Term, symbol: Symbol) -> Symbol:
    if combine == "sum":
        assert isinstance(before, Number)
        assert isinstance(symbol, Number)
        part = terms.exact_cases([(truth, symbol.exact), (terms.true, sums.exact(0))])
        return Number(terms.either(before.known, truth), added(terms, before.exact, part))
    if combine == "first":
        return chosen(terms, [(before.known, before), (truth, symbol)])
    if combine in _SYMBOLS:
        assert isinstance(before, Number)
        assert isinstance(symbol, Number)
        beyond = terms.compared(_SYMBOLS[combine], symbol.exact, before.exact)
        replaces = terms.both(truth, terms.either(terms.no(before.known), beyond))
        return chosen(terms, [(replaces, symbol), (before.known, before)])
    return chosen(terms, [(truth, symbol), (before.known, before)])


def _best_constants(terms: Terms, given: Guarded, largest: bool) -> Guarded:
    """The contributions that are constants as one: of each value it is plain when it is the best."""
    by_value: dict[Ratio, list[Term]] = {}
    others: list[tuple[Term, Symbol]] = []
    for truth, symbol in given:
        if isinstance(symbol, Number) and symbol.exact.constant is not None:
            by_value.setdefault(symbol.exact, []).append(truth)
        else:
            others.append((truth, symbol))
    if not by_value:
        return others
    ordered = sorted(by_value, key=lambda exact: exact.constant or 0, reverse=largest)
    cases = [(terms.some(by_value[exact]), exact) for exact in ordered]
    best = terms.exact_cases(cases)
    return [(terms.some(truth for truth, _ in cases), Number(terms.true, best)), *others]


def _listed(terms: Terms, before: Symbol, given: Guarded) -> Symbol:
    known = terms.either(before.known, *(truth for truth, _ in given))
    if isinstance(before, Lines):
        lines = list(before.lines)
        for truth, symbol in given:
            if isinstance(symbol, Lines):
                lines += [(terms.both(truth, there), line) for there, line in symbol.lines]
        return Lines(known, tuple(lines))
    assert isinstance(before, Words)
    ways = {word: [one] for word, one in before.chosen.items()}
    for truth, symbol in given:
        if isinstance(symbol, Words):
            for word, one in symbol.chosen.items():
                ways.setdefault(word, []).append(terms.both(truth, one))
    return Words(known, {word: terms.some(several) for word, several in ways.items()})


def aggregated(terms: Terms, aggregate: str, given: Guarded) -> Symbol:
    """One value for all rows of a COLLECT table that hold."""
    counting = [(terms.both(truth, one.known), one) for truth, one in given if isinstance(one, Number)]
    if aggregate == "count":
        return Number(terms.true, _sum(terms, [(truth, sums.exact(1)) for truth, _ in counting]))
    known = terms.some(truth for truth, _ in counting)
    if aggregate == "sum":
        return Number(known, _sum(terms, [(truth, one.exact) for truth, one in counting]))
    found: Symbol = Number(terms.false, sums.exact(0))
    for truth, one in counting:
        found = _two(terms, "smallest" if aggregate == "min" else "largest", found, truth, one)
    return found


def _sum(terms: Terms, given: Sequence[tuple[Term, Ratio]]) -> Ratio:
    found = sums.exact(0)
    for truth, exact in given:
        part = terms.exact_cases([(truth, exact), (terms.true, sums.exact(0))])
        found = added(terms, found, part)
    return found


def misses_total(terms: Terms, output: Output, symbol: Symbol) -> Term:
    """Whether the lines of an output do not add up to what it declares."""
    missed = terms.false
    if not output.total or not isinstance(symbol, Lines):
        return missed
    some = terms.some(there for there, _ in symbol.lines)
    for name, total in output.total.items():
        parts = [(there, line[name]) for there, line in symbol.lines]
        counting = [
            (terms.both(there, one.known), one.exact) for there, one in parts if isinstance(one, Number)
        ]
        off = terms.compared("!=", _sum(terms, counting), sums.exact(total))
        missed = terms.either(missed, terms.both(some, off))
    return missed
