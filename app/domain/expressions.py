"""The syntax tree of formulas; ``app.domain.arithmetic`` gives it its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.values import Scalar


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, date, yes or no, or a choice written in the formula."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, parameter, output so far, earlier formula, or ``as_of``."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """``-x``."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``+ - * / **``; the exponent of ``**`` is a constant from 0 to 10."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison:
    """``= != < <= > >=`` between two values of one kind."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Junction:
    """``and`` or ``or`` over two or more conditions."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """``if c then x else y``."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """One of the functions of the language; there are no others and no user code."""

    function: str
    arguments: tuple[Expression, ...]


Expression = Constant | Name | Negative | Arithmetic | Comparison | Junction | Conditional | Call


def parts(expression: Expression) -> tuple[Expression, ...]:
    """The operands of one node, left to right."""
    match expression:
        case Negative(operand):
            return (operand,)
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Junction(_, operands):
            return operands
        case Conditional(condition, then, otherwise):
            return (condition, then, otherwise)
        case Call(_, arguments):
            return arguments
    return ()


def names_read(expression: Expression) -> tuple[str, ...]:
    """Every name that the expression reads, once, in the order first read."""
    return tuple(dict.fromkeys(_names(expression)))


def _names(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Name):
        yield expression.name
    for part in parts(expression):
        yield from _names(part)
