"""One side of a threshold as a question about all facts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from app.analysis.cases.comparisons import settled
from app.analysis.cases.threshold import Side, Threshold
from app.analysis.survey import Surveyed
from app.analysis.symbolic import sums
from app.analysis.symbolic.asking import Questions, Reply
from app.analysis.symbolic.cells import meets
from app.analysis.symbolic.formulas import Formulas, added
from app.analysis.symbolic.symbols import Number, Symbol, Truth, equal
from app.analysis.symbolic.terms import Term
from app.domain.ruleset import Ruleset

STEPS = 2_000_000  # of z3, for one question
ROUNDS = 12
MOST_ASKED = 120  # questions about one ruleset


class Asking:
    """Asks the solver; the ruleset is encoded with the first question, and no more than ``most`` are put."""

    def __init__(
        self, ruleset: Ruleset, surveyed: Sequence[Surveyed], several: Sequence[Threshold], most: int
    ) -> None:
        self._ruleset = ruleset
        self._surveyed = surveyed
        self._thresholds = several
        self._left = most

    @cached_property
    def _questions(self) -> Questions:
        return Questions(self._ruleset, self._surveyed)

    def possible(self, side: Side, *, at_edge: bool) -> Reply:
        """Whether facts lie on that side where the test decides; with ``at_edge`` as the last value there."""
        if self._left <= 0:
            return Reply()
        self._left -= 1
        one = self._thresholds[side.threshold]
        terms = self._questions.terms
        number, decides, holds = self._of_formula(one) if one.formula is not None else self._of_cell(one)
        assert isinstance(number, Number)
        lies = terms.both(number.known, self._lies(one, side.above, number, at_edge=at_edge))
        as_there = holds if side.above is one.holds_above else terms.no(holds)
        condition = terms.both(terms.no(self._questions.whole.failed), decides, lies, as_there)
        return self._questions.possible(condition, STEPS, ROUNDS)

    def _of_cell(self, one: Threshold) -> tuple[Symbol, Term, Term]:
        terms, step = self._questions.terms, self._questions.whole.steps[one.number]
        assert one.rule is not None
        assert one.condition is not None
        others = (each for each in one.rule.when if each is not one.condition)
        met = [meets(terms, step.names[each.name], each.test) for each in others]
        symbol = step.names[one.condition.name]
        return symbol, terms.every(met), meets(terms, symbol, one.condition.test)

    def _of_formula(self, one: Threshold) -> tuple[Symbol, Term, Term]:
        terms = self._questions.terms
        assert one.formula is not None
        assert one.comparison is not None
        names, formulas = self._questions.whole.points[one.formula.id].names, Formulas(terms)
        left, right = (formulas.of(node, names) for node in (one.comparison.left, one.comparison.right))
        yes, no = (
            formulas.of(settled(one.formula.expression, one.comparison, truth), names)
            for truth in (True, False)
        )
        holds = formulas.of(one.comparison, names)
        assert isinstance(holds, Truth)
        decides = terms.no(equal(terms, yes, no))
        if one.name is not None:
            return names[one.name], decides, holds.yes
        assert isinstance(left, Number)
        assert isinstance(right, Number)
        difference = added(terms, left.exact, sums.opposite(right.exact))
        return Number(terms.both(left.known, right.known), difference), decides, holds.yes

    def _lies(self, one: Threshold, above: bool, number: Number, *, at_edge: bool) -> Term:
        terms = self._questions.terms
        own, other = (one.high, one.low) if above else (one.low, one.high)
        if own is not None:
            symbol = "=" if at_edge else ">=" if above else "<="
            return terms.compared(symbol, number.exact, sums.exact(own))
        assert other is not None
        return terms.compared(">" if above else "<", number.exact, sums.exact(other))
