"""The meaning of formulas: exact, three-valued, and nothing but arithmetic.

Sums and products stay exact decimals, a quotient becomes an exact fraction, and
only the result is rounded, once, to its declared scale. An unknown operand or
a division by zero gives unknown (None); ``and`` and ``or`` are Kleene's, so
that ``known(x) and x > 3`` is false, not unknown, where x is unknown.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import reduce

from app.domain import expressions as tree
from app.domain.calendar import CALENDAR_FUNCTIONS
from app.domain.values import Value, Values, quantised

Evaluate = Callable[[Values], Value]

_EXACT = Context(prec=600, traps=[InvalidOperation, Inexact, Overflow])


def compiled(expression: tree.Expression) -> Evaluate:
    """A function from named values to the expression's value, or None where that is unknown."""
    match expression:
        case tree.Constant(value):
            return lambda values: value
        case tree.Name(name):
            return operator.itemgetter(name)
        case tree.Negative(operand):
            return _strict(lambda value: _subtract(0, value), (operand,))
        case tree.Arithmetic("**", left, tree.Constant(Decimal() as exponent)):
            return _strict(lambda value: _power(value, int(exponent)), (left,))
        case tree.Arithmetic("/", left, tree.Constant(Decimal() as divisor)) if factor := _reciprocal(
            divisor
        ):
            return _binary(_multiply, left, tree.Constant(factor))  # the same, and still a decimal
        case tree.Arithmetic(symbol, left, right):
            return _binary(_ARITHMETIC[symbol], left, right)
        case tree.Comparison(symbol, left, right):
            return _binary(_COMPARISONS[symbol], left, right)
        case tree.Junction(symbol, operands):
            return _junction(symbol == "or", operands)
        case tree.Conditional(condition, then, otherwise):
            return _conditional(compiled(condition), compiled(then), compiled(otherwise))
        case tree.Call(function, arguments):
            return _call(function, arguments)


def _strict(apply: Callable[..., Value], arguments: Sequence[tree.Expression]) -> Evaluate:
    first, *others = [compiled(argument) for argument in arguments]

    def of_one(values: Values) -> Value:
        value = first(values)
        return None if value is None else apply(value)

    def of_several(values: Values) -> Value:
        known = [first(values)]
        for one in others:
            known.append(one(values))
        for value in known:
            if value is None:
                return None
        return apply(*known)

    return of_several if others else of_one


def _binary(
    apply: Callable[[Value, Value], Value], left: tree.Expression, right: tree.Expression
) -> Evaluate:
    first, second = compiled(left), compiled(right)

    def evaluate(values: Values) -> Value:
        a = first(values)
        if a is None:
            return None
        b = second(values)
        return None if b is None else apply(a, b)

    def with_constant(values: Values) -> Value:
        a = first(values)
        return None if a is None else apply(a, constant)

    constant = right.value if isinstance(right, tree.Constant) else None
    return evaluate if constant is None else with_constant


def _junction(absorbing: bool, operands: Sequence[tree.Expression]) -> Evaluate:
    evaluators = [compiled(operand) for operand in operands]

    def evaluate(values: Values) -> Value:
        answer: bool | None = not absorbing
        for one in evaluators:
            value = one(values)
            if value is absorbing:
                return absorbing
            if value is None:
                answer = None
        return answer

    return evaluate


def _conditional(condition: Evaluate, then: Evaluate, otherwise: Evaluate) -> Evaluate:
    def evaluate(values: Values) -> Value:
        answer = condition(values)
        return None if answer is None else (then if answer else otherwise)(values)

    return evaluate


def _call(function: str, arguments: Sequence[tree.Expression]) -> Evaluate:
    evaluators = [compiled(argument) for argument in arguments]
    if function == "known":
        (argument,) = evaluators
        return lambda values: argument(values) is not None
    if function == "not":
        (argument,) = evaluators
        return lambda values: None if (answer := argument(values)) is None else not answer
    if function in _AMONG_KNOWN:
        choose = _AMONG_KNOWN[function]
        return lambda values: choose(
            (value for one in evaluators if (value := one(values)) is not None), default=None
        )
    return _strict(_FUNCTIONS[function], arguments)


def _fraction(value: Decimal | Fraction | int) -> Fraction:
    return value if type(value) is Fraction else Fraction(value)


def _exactly(
    on_decimals: Callable[[Decimal, Decimal], Decimal],
    on_fractions: Callable[[Fraction, Fraction], Fraction],
) -> Callable[[Value, Value], Value]:
    def apply(a: Value, b: Value) -> Value:
        try:
            return on_decimals(a, b)
        except (TypeError, Inexact):  # a fraction, or more digits than a decimal should carry
            return on_fractions(_fraction(a), _fraction(b))

    return apply


_add = _exactly(_EXACT.add, operator.add)
_subtract = _exactly(_EXACT.subtract, operator.sub)
_multiply = _exactly(_EXACT.multiply, operator.mul)


def _divide(a: Value, b: Value) -> Fraction | None:
    if not b:
        return None
    over, under = a.as_integer_ratio(), b.as_integer_ratio()
    return Fraction(over[0] * under[1], over[1] * under[0])


def _reciprocal(divisor: Decimal) -> Decimal | None:
    """``1 / divisor`` where that is a short decimal, as of 100; None where it is not, as of 365."""
    try:
        return Context(prec=30, traps=[Inexact, InvalidOperation, DivisionByZero]).divide(1, divisor)
    except (Inexact, InvalidOperation, DivisionByZero):
        return None


def _power(base: Value, exponent: int) -> Value:
    return reduce(_multiply, [base] * exponent, 1)


def _absolute(number: Value) -> Value:
    return number if number >= 0 else _subtract(0, number)


def _rounded(number: Value, places: Value) -> Value:
    return quantised(number, int(places))


def _contains(chosen: Sequence[str], choice: str) -> bool:
    return choice in chosen


_ARITHMETIC: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
}
_COMPARISONS: Mapping[str, Callable[[Value, Value], Value]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_AMONG_KNOWN: Mapping[str, Callable[..., Value]] = {"least_known": min, "greatest_known": max}
_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "min": min,
    "max": max,
    "abs": _absolute,
    "floor": math.floor,
    "ceiling": math.ceil,
    "round": _rounded,
    "contains": _contains,
    **CALENDAR_FUNCTIONS,
}
