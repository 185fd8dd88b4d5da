"""How far values are from what is wanted, so that a search knows whether it gets warmer.

A distance is between 0 (there) and 1. It is a hint and decides nothing: where it
cannot tell, it says 1. It looks through formulas to what their comparisons
lack, and through outputs to the rules that would give what is wanted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.analysis.geometry.columns import Column, Places
from app.analysis.geometry.places import Span, spans_of, ticks
from app.analysis.possible.extents import as_number
from app.analysis.search.reading import Giver, Reading
from app.domain import expressions as tree
from app.domain.arithmetic import compiled
from app.domain.matching import rule_numbers
from app.domain.rules import OUTCOME, Rule
from app.domain.unary_tests import UnaryTest, holds
from app.domain.values import Kind, Value, Values, ValueType

_DEEPEST = 4
_NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_FAR, _SETTABLE, _ALMOST = 1.0, 0.5, 0.01


@dataclass(frozen=True, slots=True)
class Wanted:
    """Values of one name: of numbers and dates ``spans``, else ``values``; None among these is unknown."""

    spans: tuple[Span, ...] = ()
    values: tuple[Value, ...] = ()


def of_places(column: Column, places: Places) -> Wanted:
    """What is wanted where a column is to be in some of its places."""
    chosen = [column.places[i] for i in rule_numbers(places)]
    return Wanted(
        tuple(one.span for one in chosen if one.span is not None),
        tuple(one.value for one in chosen if one.span is None),
    )


def of_test(test: UnaryTest, kind: ValueType) -> Wanted:
    """What is wanted where a test is to hold; of lists and texts only whether they may be unknown."""
    unknown = (None,) if holds(test, None) else ()
    if kind.ordered:
        return Wanted(tuple(spans_of(test, kind)), unknown)
    words = (True, False) if kind.kind is Kind.YES_NO else kind.choices if kind.kind is Kind.CHOICE else ()
    return Wanted((), (*(word for word in words if holds(test, word)), *unknown))


class Distances:
    """Measures values against what is wanted of them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._types = reading.ruleset.types
        self._compiled: dict[int, Callable[[Values], Value]] = {}
        self._known: dict[tuple[str, Wanted], float] = {}

    def of(self, name: str, wanted: Wanted, values: Values) -> float:
        """How far the value of a name is from what is wanted."""
        self._known = {}
        return self._of(name, wanted, values, 0)

    def _of(self, name: str, wanted: Wanted, values: Values, depth: int) -> float:
        """Each question is answered once; one that leads back to itself is far."""
        key = (name, wanted)
        if key not in self._known:
            self._known[key] = _FAR
            self._known[key] = self._measured(name, wanted, values, depth)
        return self._known[key]

    def _measured(self, name: str, wanted: Wanted, values: Values, depth: int) -> float:
        value, kind = values.get(name), self._types[name]
        if value in wanted.values:
            return 0.0
        if kind.ordered and value is not None and wanted.spans:
            here = ticks(value, kind)
            return min(_beyond(here, span) for span in wanted.spans)
        if name in self._reading.ruleset.facts:
            return _SETTABLE
        if depth >= _DEEPEST:
            return _FAR
        if name in self._reading.formulas:
            return self._of_node(self._reading.formulas[name].expression, wanted, values, depth + 1)
        givers = [one for one in self._reading.givers.get(name, ()) if _gives(one.rule, name, wanted)]
        return min((self._of_giver(one, values, depth + 1) for one in givers), default=_FAR)

    def value(self, node: tree.Expression, values: Values) -> Value:
        """What a part of a formula comes to."""
        evaluate = self._compiled.get(id(node))
        if evaluate is None:
            evaluate = self._compiled[id(node)] = compiled(node)
        try:
            return evaluate(values)
        except (OverflowError, KeyError):
            return None

    def difference(self, comparison: tree.Comparison) -> Callable[[Values], Fraction | None]:
        """By how much the left side of a comparison of numbers or dates exceeds the right."""

        def exceeds(values: Values) -> Fraction | None:
            left, right = (_number(self.value(one, values)) for one in (comparison.left, comparison.right))
            return None if left is None or right is None else left - right

        return exceeds

    def _of_giver(self, giver: Giver, values: Values, depth: int) -> float:
        """What the rule lacks to hold, and what those that go before it lack not to."""
        lacks = [
            self._of_test(one.name, one.test, values, depth)
            for one in giver.rule.when
            if not holds(one.test, values.get(one.name))
        ]
        for rule in giver.before:
            if rule.when and all(holds(one.test, values.get(one.name)) for one in rule.when):
                other = ((one.name, replace(one.test, negated=not one.test.negated)) for one in rule.when)
                lacks.append(min(self._of_test(name, test, values, depth) for name, test in other))
        return 0.1 + 0.8 * sum(lacks) / len(lacks) if lacks else 0.1

    def _of_test(self, name: str, test: UnaryTest, values: Values, depth: int) -> float:
        return self._of(name, of_test(test, self._types[name]), values, depth)

    def _of_node(self, node: tree.Expression, wanted: Wanted, values: Values, depth: int) -> float:
        match node:
            case tree.Name(name):
                return self._of(name, wanted, values, depth)
            case tree.Constant(value):
                return 0.0 if value in wanted.values else _FAR
            case tree.Conditional(condition, then, otherwise):
                return min(
                    (
                        self._of_truth(condition, truth, values, depth)
                        + self._of_node(branch, wanted, values, depth)
                    )
                    / 2
                    for truth, branch in ((True, then), (False, otherwise))
                )
        if True in wanted.values or False in wanted.values:
            return min(
                self._of_truth(node, truth, values, depth) for truth in wanted.values if truth is not None
            )
        return self._of_unknowns(node, values)

    def _of_truth(self, node: tree.Expression, truth: bool, values: Values, depth: int) -> float:
        match node:
            case tree.Name() | tree.Conditional():
                return self._of_node(node, Wanted((), (truth,)), values, depth)
            case tree.Junction(symbol, operands):
                lacks = [self._of_truth(one, truth, values, depth) for one in operands]
                return sum(lacks) / len(lacks) if truth is (symbol == "and") else min(lacks)
            case tree.Call("not", (operand,)):
                return self._of_truth(operand, not truth, values, depth)
            case tree.Comparison(symbol, left, right):
                return self._of_comparison(symbol if truth else _NEGATED[symbol], left, right, values, depth)
        return 0.0 if self.value(node, values) is truth else _SETTABLE

    def _of_comparison(
        self, symbol: str, left: tree.Expression, right: tree.Expression, values: Values, depth: int
    ) -> float:
        a, b = self.value(left, values), self.value(right, values)
        if a is None or b is None:
            return 0.6 + 0.4 * max(self._of_unknowns(left, values), self._of_unknowns(right, values))
        x, y = _number(a), _number(b)
        if x is None or y is None:
            if (a == b) is (symbol == "="):
                return 0.0
            return self._of_node(left, Wanted((), (b,)), values, depth) if symbol == "=" else _SETTABLE
        if symbol == "!=":
            return 0.0 if x != y else _SETTABLE
        apart = {"<": x - y, "<=": x - y, ">": y - x, ">=": y - x}.get(symbol, abs(x - y))
        if apart > 0:
            return _scaled(apart)
        return _ALMOST if not apart and symbol in ("<", ">") else 0.0

    def _of_unknowns(self, node: tree.Expression, values: Values) -> float:
        """The share of the names read that are unknown."""
        names: Sequence[str] = tree.names_read(node)
        return sum(values.get(one) is None for one in names) / len(names) if names else _FAR


def _number(value: Value) -> Fraction | None:
    return value if isinstance(value, Fraction) else as_number(value)


def _gives(rule: Rule, name: str, wanted: Wanted) -> bool:
    if name == OUTCOME:
        return rule.outcome in wanted.values
    if not wanted.values:
        return True
    given = [one.value for one in rule.then if one.output == name]
    return any(
        one in wanted.values or isinstance(one, tuple) or not isinstance(one, str | bool) for one in given
    )


def _beyond(here: Fraction, span: Span) -> float:
    if span.low is not None and here < span.low:
        return _scaled(span.low - here)
    return _scaled(here - span.high) if span.high is not None and here > span.high else 0.0


def _scaled(apart: Fraction) -> float:
    """Any distance to between 0 and 1, so that ten times as far is always further."""
    size = math.log1p(min(float(apart), 1e300)) if apart else 0.0
    return size / (1 + size)
