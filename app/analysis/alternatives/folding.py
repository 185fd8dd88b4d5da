"""Formulas with everything put in that stays as it is, so that only what moves is calculated again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.domain import expressions as tree
from app.domain.arithmetic import compiled
from app.domain.values import Values


def folded(node: tree.Expression, constants: Values) -> tree.Expression:
    """The same formula wherever every name has the value that ``constants`` gives it.

    What is unknown, or no value that can be written (a third), stays a formula: it means the same.
    """
    if isinstance(node, tree.Constant):
        return node
    if all(name in constants for name in tree.names_read(node)):
        try:
            value = compiled(node)(constants)
        except OverflowError:
            return node
        return tree.Constant(value) if isinstance(value, Decimal | int | str | date) else node
    match node:
        case tree.Negative(operand):
            return tree.Negative(folded(operand, constants))
        case tree.Arithmetic(_, left, right) | tree.Comparison(_, left, right):
            return replace(node, left=folded(left, constants), right=folded(right, constants))
        case tree.Junction(symbol, operands):
            return _junction(symbol, [folded(one, constants) for one in operands])
        case tree.Conditional(condition, then, otherwise):
            asked = folded(condition, constants)
            if isinstance(asked, tree.Constant):
                return folded(then if asked.value else otherwise, constants)
            return tree.Conditional(asked, folded(then, constants), folded(otherwise, constants))
        case tree.Call(function, arguments):
            return tree.Call(function, tuple(folded(one, constants) for one in arguments))
    return node


def _junction(symbol: str, operands: list[tree.Expression]) -> tree.Expression:
    """``and`` without what is true; false where one is; ``or`` the other way round."""
    absorbing = symbol == "or"
    settled = [one.value for one in operands if isinstance(one, tree.Constant)]
    if absorbing in settled:
        return tree.Constant(absorbing)
    left = tuple(one for one in operands if not isinstance(one, tree.Constant))
    return left[0] if len(left) == 1 else tree.Junction(symbol, left)
