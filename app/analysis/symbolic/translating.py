"""Terms for z3: each once, with what defines the numbers among them that are linear.

z3 is loaded when the first solver is made, and not before: who only decides never pays for
it. Junctions and comparisons, of which there are most, go past the checks of its Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from app.analysis.symbolic.numbers import FLOOR
from app.analysis.symbolic.terms import Sum, Term, below

Z3 = Any  # an expression of z3, which has no types of its own


class Translator:
    """Writes terms in one context of z3; those of another are never mixed with them."""

    def __init__(self) -> None:
        import z3

        self.z3 = z3
        self.context = z3.Context()
        self.steps = 0  # that z3 has taken in this context
        self._written: dict[int, Z3] = {}
        self._constants: dict[int, Z3] = {}

    def truth(self, term: Term) -> Z3:
        """A truth for z3."""
        self._write(term)
        return self._written[term.id]

    def number(self, one: Sum) -> Z3:
        """A sum for z3."""
        for term, _ in one.parts:
            self._write(term)
        return self._sum(one)

    def definitions(self, terms: Iterable[Term]) -> Iterator[Z3]:
        """What holds of numbers by what they are: bounds, and roundings of sums by constants."""
        for term in terms:
            if term.kind in ("number", "product", "rounded", "function"):
                self._write(term)
                written = self._written[term.id]
                yield written >= term.low
                yield written <= term.high
                if term.kind == "rounded" and not term.parts[1].parts:
                    yield from self._rounding(written, *term.parts)

    def exactly(self, term: Term) -> Iterator[Z3]:
        """What a product or a quotient of sums is, which is more than linear."""
        number = self.truth(term)
        if term.kind == "product":
            product = self._written[term.parts[0].id]
            for factor in term.parts[1:]:
                product = product * self._written[factor.id]
            yield number == product
        elif term.kind == "rounded":
            over, under = self.number(term.parts[0]), self.number(term.parts[1])
            left = over * 2 - number * under * 2
            ends = (0, under * 2) if term.parts[2] == FLOOR else (-under, under + 1)
            within = self.z3.And(ends[0] <= left, left < ends[1])
            yield self.z3.Implies(under > 0, within, self.context)

    def _write(self, term: Term) -> None:
        for one in below([term], self._written):
            self._written[one.id] = self._made(one)

    def _made(self, term: Term) -> Z3:
        z3, written, parts = self.z3, self._written, term.parts
        match term.kind:
            case "flag":
                return z3.Bool(f"{parts[0]}", self.context)
            case "not":
                return z3.Not(written[parts[0].id], self.context)
            case "all" | "any":
                make = z3.Z3_mk_and if term.kind == "all" else z3.Z3_mk_or
                several = (z3.Ast * len(parts))(*(written[one.id].as_ast() for one in parts))
                return z3.BoolRef(make(self.context.ref(), len(parts), several), self.context)
            case "at_most":
                low, high = (
                    self._sum(Sum(parts[:-1], 0)),
                    self._constant(parts[-1]),
                )  # held: z3 counts who holds
                made = z3.Z3_mk_le(self.context.ref(), low.as_ast(), high.as_ast())
                return z3.BoolRef(made, self.context)
            case "cases":
                found = self._sum(parts[-1][1])
                for truth, value in reversed(parts[:-1]):
                    found = z3.If(written[truth.id], self._sum(value), found, self.context)
                return found
        return z3.Int(f"{term.kind} {term.id}", self.context)

    def _constant(self, number: int) -> Z3:
        if number not in self._constants:
            self._constants[number] = self.z3.IntVal(number, self.context)
        return self._constants[number]

    def _sum(self, one: Sum) -> Z3:
        parts = [self._written[term.id] * c if c != 1 else self._written[term.id] for term, c in one.parts]
        if one.constant or not parts:
            parts.append(self._constant(one.constant))
        return parts[0] if len(parts) == 1 else self.z3.Sum(parts)

    def _rounding(self, rounded: Z3, over: Sum, under: Sum, how: str) -> Iterator[Z3]:
        by, number = under.constant, self._sum(over)
        if how == FLOOR:
            yield rounded * by <= number
            yield number < rounded * by + by
            return
        left = number * 2 - rounded * (2 * by)
        yield left <= by
        yield left >= -by
        if by % 2 == 0:  # a tie goes to the even neighbour
            z3 = self.z3
            even = rounded % 2 == 0
            yield z3.Implies(left == by, even, self.context)
            yield z3.Implies(left == -by, even, self.context)
