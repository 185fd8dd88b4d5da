"""Whether a name can be unknown when a step reads it, told from the text alone.

A fact may be unknown where it says so, an output until something was given to
it, a formula where an operand may be unknown or a divisor 0 and nothing asks
first. What a condition has asked holds behind it: in ``if known(a) then a / b``
a is known, and behind ``b > 0`` b is not 0. Where it cannot tell, the answer is
"it may". Dates beyond the year 9999 and numbers of more than 80 digits are left
out of account: no facts of a business come near them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from app.domain import expressions as tree
from app.domain.declarations import FactSpec, Parameter
from app.domain.rules import AS_OF, OUTCOME, Formula
from app.domain.values import Value
from schemas.ruleset.bounds import UNBOUNDED, Bounds, bounds

_ALWAYS_KNOWN = (AS_OF, OUTCOME)
_LENIENT = ("least_known", "greatest_known")
_NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_DEEPEST = 2  # formulas looked into from where they are read
_MOST_LOOKED_AT = 2_000  # parts of formulas for one answer; beyond that the answer is "it may"


class Asked(NamedTuple):
    """What is certain at a place: names that are known, expressions that are not 0."""

    known: frozenset[str] = frozenset()
    not_zero: frozenset[tree.Expression] = frozenset()

    def also(self, more: Asked) -> Asked:
        """Both together."""
        return Asked(self.known | more.known, self.not_zero | more.not_zero)


NOTHING = Asked()


class Unknowns:
    """What may be unknown, of the names of one ruleset; grows with its steps.

    ``scores`` tells it of the scorecards; any other name is taken for an output.
    """

    def __init__(self, facts: Mapping[str, FactSpec], parameters: Mapping[str, Parameter]) -> None:
        self._facts = facts
        self._parameters = parameters
        self._formulas: dict[str, Formula] = {}
        self._possible: dict[str, bool] = {}
        self._bounds: dict[str, Bounds] = {}
        self._patience = 0
        self.scores: dict[str, bool] = {}

    def take(self, name: str, formula: Formula | None) -> None:
        """From here on the formula may be read; of one with a fault nothing more is said."""
        if formula is None:
            self._possible[name] = False
            return
        self._patience = _MOST_LOOKED_AT
        self._possible[formula.name] = self._open(formula.expression, NOTHING, 0)
        self._bounds[formula.name] = self._at_scale(formula)
        self._formulas[formula.name] = formula

    def possible(self, name: str) -> bool:
        """Whether the value of ``name`` may be unknown where a step reads it."""
        self._patience = _MOST_LOOKED_AT
        return self._name(name, NOTHING, 0)

    def _name(self, name: str, asked: Asked, depth: int) -> bool:
        if name in _ALWAYS_KNOWN or name in self._parameters or name in asked.known:
            return False
        if name in self._facts:
            return self._facts[name].unknown_allowed
        if name in self.scores:
            return self.scores[name]
        if not self._possible.get(name, True):
            return False
        formula = self._formulas.get(name)
        if formula is None or asked == NOTHING or depth >= _DEEPEST:
            return True
        return self._open(formula.expression, asked, depth + 1)

    def _open(self, node: tree.Expression, asked: Asked, depth: int) -> bool:
        """Whether the node may be unknown, given what was asked before it."""
        self._patience -= 1
        if self._patience < 0:
            return True
        match node:
            case tree.Constant():
                return False
            case tree.Name(name):
                return self._name(name, asked, depth)
            case tree.Arithmetic("/", left, right):
                parts_open = self._open(left, asked, depth) or self._open(right, asked, depth)
                return parts_open or not self._not_zero(right, asked)
            case tree.Conditional(condition, then, otherwise):
                return (
                    self._open(condition, asked, depth)
                    or self._open(then, asked.also(self._learnt(condition, True, depth)), depth)
                    or self._open(otherwise, asked.also(self._learnt(condition, False, depth)), depth)
                )
            case tree.Junction(symbol, operands):
                return self._junction_open(operands, symbol == "and", asked, depth)
            case tree.Call("known"):
                return False
            case tree.Call(function, arguments) if function in _LENIENT:
                return all(self._open(one, asked, depth) for one in arguments)
        return any(self._open(part, asked, depth) for part in tree.parts(node))

    def _junction_open(
        self, operands: Sequence[tree.Expression], neutral: bool, asked: Asked, depth: int
    ) -> bool:
        """``and`` is unknown only where no operand is false: so where all that are never unknown are true."""
        waiting = list(operands)
        while True:
            settled = [one for one in waiting if not self._open(one, asked, depth)]
            if not settled:
                return bool(waiting)
            waiting = [one for one in waiting if one not in settled]
            for one in settled:
                asked = asked.also(self._learnt(one, neutral, depth))

    def _learnt(self, condition: tree.Expression, truth: bool, depth: int) -> Asked:
        """What is certain where the condition has turned out as ``truth``."""
        self._patience -= 1
        match condition:
            case tree.Name(name):
                formula = self._formulas.get(name)
                inner = NOTHING
                if formula is not None and depth < _DEEPEST and self._patience > 0:
                    inner = self._learnt(formula.expression, truth, depth + 1)
                return inner.also(Asked(frozenset((name,))))
            case tree.Call("known", arguments):
                return Asked(frozenset(self._needed(arguments[0]))) if truth else NOTHING
            case tree.Call("not", arguments):
                return self._learnt(arguments[0], not truth, depth)
            case tree.Junction(symbol, operands) if truth is (symbol == "and"):
                found = NOTHING
                for one in operands:
                    found = found.also(self._learnt(one, truth, depth))
                return found
            case tree.Comparison(symbol, left, right):
                known = frozenset((*self._needed(left), *self._needed(right)))
                compared = symbol if truth else _NEGATED[symbol]
                return Asked(known, frozenset(self._never_zero(compared, left, right)))
        return NOTHING

    def _needed(self, node: tree.Expression) -> Iterator[str]:
        """Names without which the node would be unknown."""
        if isinstance(node, tree.Name):
            yield node.name
        elif isinstance(node, tree.Conditional):
            yield from self._needed(node.condition)
        elif not isinstance(node, tree.Junction) and not (
            isinstance(node, tree.Call) and node.function in ("known", *_LENIENT)
        ):
            for part in tree.parts(node):
                yield from self._needed(part)

    def _never_zero(
        self, symbol: str, left: tree.Expression, right: tree.Expression
    ) -> Iterator[tree.Expression]:
        """What cannot be 0 where ``left symbol right`` holds."""
        if symbol in ("!=", "<", ">"):
            yield from (tree.Arithmetic("-", left, right), tree.Arithmetic("-", right, left))
        for one, other, rises in ((left, right, symbol in (">", ">=")), (right, left, symbol in ("<", "<="))):
            low, high = bounds(other, self._bounds_of)
            strict = symbol in ("<", ">")
            falls = symbol in ("<", "<=", ">", ">=") and not rises
            above = rises and low is not None and (low > 0 or (strict and low == 0))
            below = falls and high is not None and (high < 0 or (strict and high == 0))
            if above or below or (symbol == "!=" and low == 0 == high):
                yield one

    def _not_zero(self, node: tree.Expression, asked: Asked) -> bool:
        if node in asked.not_zero or bounds(node, self._bounds_of).exclude_zero:
            return True
        match node:
            case tree.Negative(operand):
                return self._not_zero(operand, asked)
            case tree.Arithmetic("*", left, right):
                return self._not_zero(left, asked) and self._not_zero(right, asked)
            case tree.Arithmetic("**", base, _):
                return self._not_zero(base, asked)
        return False

    def _bounds_of(self, name: str) -> Bounds:
        if name in self._parameters:
            value = self._parameters[name].value
            return Bounds(_number(value), _number(value))
        if name in self._facts:
            spec = self._facts[name]
            return Bounds(_number(spec.minimum), _number(spec.maximum))
        return self._bounds.get(name, UNBOUNDED)

    def _at_scale(self, formula: Formula) -> Bounds:
        """The bounds of a formula's rounded value: what lies below its smallest step may become 0."""
        low, high = bounds(formula.expression, self._bounds_of)
        scale = 10**formula.type.decimals
        return Bounds(
            None if low is None else Fraction(low * scale // 1, scale),
            None if high is None else -Fraction(-high * scale // 1, scale),
        )


def _number(value: Value) -> Fraction | None:
    return None if value is None or isinstance(value, date | str | bool | tuple) else Fraction(value)
