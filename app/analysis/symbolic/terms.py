"""Terms: what is true, and which whole number something is, in terms of the facts.

Within one ``Logic`` every term exists once, so that two parts of a ruleset, or of two
rulesets, that say the same are the same object; what can be decided while a term is
made is decided there. Numbers are whole: a money of two decimals is counted in cents.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any, NamedTuple


class Term:
    """``kind`` with its ``parts``; of a whole number also the least and the greatest it can be.

    ========  ==========================================================================
    flag      is true or false by itself: a name
    not       the opposite: a term
    all, any  conjunction, disjunction: terms
    at_most   ``coefficient * number + ... <= bound``: the pairs, then the bound
    number    a whole number by itself: a name
    cases     pairs of a truth and a sum: the first that is true gives the number, the
              last where none is
    product   the numbers that are multiplied
    rounded   numerator and denominator (sums), and how: even or floor
    function  the name of a function of the calendar, and the sums that it takes
    ========  ==========================================================================
    """

    __slots__ = ("id", "kind", "parts", "low", "high", "made_of")

    def __init__(self, id: int, kind: str, parts: tuple[Any, ...], low: int = 0, high: int = 1) -> None:
        self.id = id
        self.kind = kind
        self.parts = parts
        self.low = low
        self.high = high
        self.made_of = tuple(_made_of(parts))

    def __repr__(self) -> str:
        return f"{self.kind}#{self.id}"


class Sum(NamedTuple):
    """Numbers times whole coefficients, ordered by the ids of the numbers, and a constant."""

    parts: tuple[tuple[Term, int], ...]
    constant: int

    @property
    def low(self) -> int:
        """The least that it can be."""
        return self.constant + sum(c * (a.low if c > 0 else a.high) for a, c in self.parts)

    @property
    def high(self) -> int:
        """The greatest that it can be."""
        return self.constant + sum(c * (a.high if c > 0 else a.low) for a, c in self.parts)


_FLATTENED = 24  # junctions of so few are joined into one; of more, they stay as they were made


class Logic:
    """Makes truths. The terms of one are never mixed with those of another."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Term] = {}
        self._next = 0
        self.true = self._term("all", ())
        self.false = self._term("any", ())

    def flag(self, name: str) -> Term:
        """Something that is true or false by itself."""
        return self._term("flag", (name,))

    def constant(self, truth: bool) -> Term:
        """True or false."""
        return self.true if truth else self.false

    def no(self, term: Term) -> Term:
        """The opposite."""
        if term.kind == "not":
            opposite: Term = term.parts[0]
            return opposite
        if term is self.true or term is self.false:
            return self.false if term is self.true else self.true
        return self._term("not", (term,))

    def both(self, *terms: Term) -> Term:
        """Whether all are true."""
        return self._junction("all", terms)

    def either(self, *terms: Term) -> Term:
        """Whether any is true."""
        return self._junction("any", terms)

    def every(self, terms: Iterable[Term]) -> Term:
        """Whether all are true."""
        return self._junction("all", tuple(terms))

    def some(self, terms: Iterable[Term]) -> Term:
        """Whether any is true."""
        return self._junction("any", tuple(terms))

    def same(self, a: Term, b: Term) -> Term:
        """Whether both are true or both are false."""
        if a is b:
            return self.true
        return self.both(self.either(self.no(a), b), self.either(a, self.no(b)))

    def chosen(self, condition: Term, then: Term, otherwise: Term) -> Term:
        """``then`` where the condition is true, else ``otherwise``."""
        if then is otherwise:
            return then
        return self.either(self.both(condition, then), self.both(self.no(condition), otherwise))

    def _junction(self, kind: str, terms: tuple[Term, ...]) -> Term:
        neutral, absorbing = (self.true, self.false) if kind == "all" else (self.false, self.true)
        found: dict[int, Term] = {}
        for term in terms:
            if term is absorbing:
                return absorbing
            if term.kind == kind and len(term.parts) + len(terms) <= _FLATTENED:
                found.update((one.id, one) for one in term.parts)
            elif term is not neutral:
                found[term.id] = term
        for term in list(found.values()):
            if self.no_of(term) in found:
                return absorbing
        if len(found) == 1:
            return next(iter(found.values()))
        return self._term(kind, tuple(found[id] for id in sorted(found)))

    def no_of(self, term: Term) -> int:
        """The id of the opposite where that was ever made, else -1."""
        if term.kind == "not":
            return int(term.parts[0].id)
        opposite = self._made.get(("not", term))
        return -1 if opposite is None else opposite.id

    def _term(self, kind: str, parts: tuple[Any, ...], low: int = 0, high: int = 1) -> Term:
        key = (kind, *parts)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Term(self._next, kind, parts, low, high)
            self._next += 1
        return found


def below(terms: Iterable[Term], without: Container[int] = ()) -> list[Term]:
    """The terms and all that they are made of, each behind its parts, but for some and what is below them."""
    found: dict[int, Term] = {}
    waiting = [one for one in terms if one.id not in without]
    while waiting:
        term = waiting.pop()
        if term.id not in found:
            found[term.id] = term
            waiting += [one for one in term.made_of if one.id not in found and one.id not in without]
    return [found[id] for id in sorted(found)]


def _made_of(parts: Iterable[Any]) -> Iterator[Term]:
    for part in parts:
        if isinstance(part, Term):
            yield part
        elif isinstance(part, Sum):
            yield from (term for term, _ in part.parts)
        elif isinstance(part, tuple):
            yield from _made_of(part)
