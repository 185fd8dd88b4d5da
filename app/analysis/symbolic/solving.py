"""Asks whether something can be true of any facts: never, on these, or not settled.

z3 is asked about the linear part; what it finds is calculated exactly, and where a
product, a quotient or a day of the calendar was not what z3 took it for, a lemma is
added and it is asked again. All limits count steps and never time, so that equal
questions have equal answers on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.analysis.symbolic.comparing import Terms
from app.analysis.symbolic.evaluating import Evaluated
from app.analysis.symbolic.lemmas import against, between, from_the_start, hard, right
from app.analysis.symbolic.terms import Sum, Term, below
from app.analysis.symbolic.translating import Translator

STEPS = 6_000_000  # of z3, for one question put to it
MOST_STEPS = 18_000_000  # for all that one answer takes
ROUNDS = 40
_LEAVES = ("flag", "number")


@dataclass(frozen=True, slots=True)
class Answer:
    """``never`` where it is proved; else ``found``, the flags and numbers that make it true.

    Neither is there where it was not settled; ``too_hard`` are the numbers that were in the way.
    """

    never: bool = False
    found: Mapping[str, int | bool] | None = None
    too_hard: tuple[Term, ...] = ()


class Solver:
    """Answers questions about one maker's terms; ``domain`` is what holds whatever the facts."""

    def __init__(self, terms: Terms, domain: Iterable[Term]) -> None:
        self._terms = terms
        self._translator = Translator()
        self._domain: dict[int, list[Term]] = {}
        for one in domain:
            for leaf in below([one]):
                if leaf.kind in _LEAVES:
                    self._domain.setdefault(leaf.id, []).append(one)
        self.asked = 0

    def possible(self, condition: Term, rounds: int = ROUNDS, steps: int = STEPS) -> Answer:
        """Whether the condition can be true."""
        if condition is self._terms.false:
            return Answer(never=True)
        return _Question(self._terms, self._translator, self._with_domain(condition), steps).answer(
            rounds, self
        )

    def _with_domain(self, condition: Term) -> list[Term]:
        found: dict[int, Term] = {condition.id: condition}
        for leaf in below([condition]):
            for one in self._domain.get(leaf.id, ()):
                found.setdefault(one.id, one)
        return list(found.values())


class _Question:
    def __init__(self, terms: Terms, translator: Translator, holding: Sequence[Term], steps: int) -> None:
        z3 = translator.z3
        self._terms = terms
        self._z3 = z3
        self._translator = translator
        self._solver = z3.SimpleSolver(ctx=translator.context)
        self._solver.set("rlimit", steps)
        self._solver.set("arith.solver", 2)  # by simplex alone: quicker here than the newer one
        self._holding = list(holding)
        self._before: int | None = None
        self._known: set[int] = set()
        self._hard: list[Term] = []
        for one in holding:
            self._solver.add(translator.truth(one))
        self._cone = below(holding)
        self._define(holding)
        self._lemmas(from_the_start(terms, list(self._hard)))

    def answer(self, rounds: int, solver: Solver) -> Answer:
        blamed: dict[int, Term] = {}
        fixed: list[Any] = []
        for _ in range(rounds):
            solver.asked += 1
            said = self._solver.check(*fixed)
            if self._used() > MOST_STEPS:
                break
            if said == self._z3.unsat:
                if not fixed:
                    return Answer(never=True)
                fixed = []
                continue
            if said != self._z3.sat:
                if fixed:
                    fixed = []
                    continue
                break
            model = self._solver.model()
            found = self._leaves(model)
            exact = Evaluated(self._cone, found, ordered=True)
            if all(exact.truth(one) for one in self._holding):
                return Answer(found=found)
            believed = partial(self._value, model)
            wrong = [one for one in self._hard if not right(self._terms, one, believed)]
            if not wrong:  # the terms say otherwise than the solver: nothing is proved by either
                return Answer(too_hard=tuple(blamed.values()))
            for one in wrong:
                if one.id not in blamed:
                    for other in blamed.values():
                        self._lemmas(between(self._terms, one, other))
                    blamed[one.id] = one
                self._lemmas(against(self._terms, one, believed))
            fixed = [] if fixed else self._fixed(found)
        return self._exactly(tuple(blamed.values()) or tuple(self._hard))

    def _exactly(self, blamed: tuple[Term, ...]) -> Answer:
        """The last word: products and quotients as they are, for as long as the steps allow."""
        for one in self._hard:
            for exact in self._translator.exactly(one):
                self._solver.add(exact)
        never = self._solver.check() == self._z3.unsat
        return Answer(never=never, too_hard=() if never else blamed)

    def _used(self) -> int:
        """The steps that z3 took for this question; it counts them for all that one context is asked."""
        counted = int(self._solver.statistics().get_key_value("rlimit count"))
        if self._before is None:
            self._before = self._translator.steps
        self._translator.steps = counted
        return counted - self._before

    def _define(self, several: Iterable[Term]) -> None:
        new = below(several, self._known)
        self._known.update(one.id for one in new)
        self._hard += [one for one in new if hard(one)]
        for one in self._translator.definitions(new):
            self._solver.add(one)

    def _lemmas(self, lemmas: Iterable[Term]) -> None:
        for one in list(lemmas):
            if one is not self._terms.true:
                self._solver.add(self._translator.truth(one))
                self._define([one])

    def _leaves(self, model: Any) -> dict[str, int | bool]:
        found: dict[str, int | bool] = {}
        for one in self._cone:
            if one.kind in _LEAVES:
                value = model.eval(self._translator.truth(one), model_completion=True)
                found[one.parts[0]] = value.as_long() if one.kind == "number" else self._z3.is_true(value)
        return found

    def _value(self, model: Any, one: Sum) -> int:
        return int(model.eval(self._translator.number(one), model_completion=True).as_long())

    def _fixed(self, found: Mapping[str, int | bool]) -> list[Any]:
        """What hard numbers are made from, held at what was found: then they are what the lemmas say."""
        held = []
        for one in below(self._hard):
            if one.kind == "number" and one.parts[0] in found:
                held.append(self._translator.truth(one) == found[one.parts[0]])
        return held
