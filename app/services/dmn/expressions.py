"""The value of an expression of S-FEEL: what cannot be calculated is null, as DMN has it.

Numbers are decimals of 34 digits, rounded half-even (DMN 1.5, 10.3.2.3.1).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Any

from schemas.interchange.dmn.cases import Unread
from schemas.interchange.dmn.trees import (
    Binary,
    Call,
    Conditional,
    Constant,
    Listed,
    Member,
    Name,
    Negative,
    Tree,
)
from schemas.interchange.dmn.trees import Context as Entries
from schemas.unreadable import Unreadable

NUMBERS = Context(prec=34, rounding=ROUND_HALF_EVEN)
MOST_EXPONENT = 10_000
_ARITHMETIC: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
    "/": NUMBERS.divide,
    "**": NUMBERS.power,
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def value(tree: Tree, names: Mapping[str, Any]) -> Any:
    """The value of ``tree`` with these values of names; a name that is not there is null."""
    match tree:
        case Constant(constant):
            return constant
        case Name(name):
            return _read(names.get(name))
        case Member(of, name):
            whole = value(of, names)
            return _read(whole.get(name)) if isinstance(whole, dict) else None
        case Negative(operand):
            number = value(operand, names)
            return NUMBERS.minus(number) if isinstance(number, Decimal) else None
        case Conditional(condition, then, otherwise):
            return value(then if value(condition, names) is True else otherwise, names)
        case Binary(sign, left, right):
            return _binary(sign, value(left, names), value(right, names))
        case Listed(items):
            return [value(one, names) for one in items]
        case Entries(entries):
            return _entries(entries, names)
        case Call(function, arguments):
            return _called(function, [value(one, names) for one in arguments])


def equal(left: Any, right: Any) -> bool | None:
    """Whether two values are the same; null where they are of different kinds, and null equals null."""
    if left is None or right is None:
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[name], right[name]) for name in left)
    return bool(left == right) if kind_of(left) is kind_of(right) else None


def _read(found: Any) -> Any:
    if isinstance(found, Unread):
        raise Unreadable(found.why)
    return found


def _binary(sign: str, left: Any, right: Any) -> Any:
    if sign in ("and", "or"):
        return _junction(sign, left, right)
    if sign in ("=", "!="):
        same = equal(left, right)
        return same if sign == "=" or same is None else not same
    if sign in _COMPARISONS:
        kind = kind_of(left)
        comparable = kind in (Decimal, str, date) and kind is kind_of(right)
        return _COMPARISONS[sign](left, right) if comparable else None
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if not (isinstance(left, Decimal) and isinstance(right, Decimal)):
        return None
    if sign == "**" and abs(right) > MOST_EXPONENT:
        return None
    try:
        found = _ARITHMETIC[sign](left, right)
    except (DecimalException, ArithmeticError):
        return None
    return found if found.is_finite() else None


def _junction(sign: str, left: Any, right: Any) -> bool | None:
    """Three-valued: what is neither true nor false decides nothing."""
    decisive = sign == "or"
    several = [one if isinstance(one, bool) else None for one in (left, right)]
    if decisive in several:
        return decisive
    return None if None in several else not decisive


def _entries(entries: Sequence[tuple[str, Tree]], names: Mapping[str, Any]) -> dict[str, Any]:
    """Each entry may read those before it."""
    found: dict[str, Any] = {}
    for name, tree in entries:
        found[name] = value(tree, {**names, **found})
    return found


def _called(function: str, given: Sequence[Any]) -> Any:
    several = given[0] if len(given) == 1 and isinstance(given[0], list) else list(given)
    if function == "count":
        return Decimal(len(several))
    if function == "not":
        return not given[0] if len(given) == 1 and isinstance(given[0], bool) else None
    if function == "list contains":
        held = len(given) == 2 and isinstance(given[0], list)
        return any(equal(one, given[1]) is True for one in given[0]) if held else None
    if function in ("sum", "min", "max"):
        kinds = {kind_of(one) for one in several}
        if (
            len(kinds) != 1
            or kinds <= {type(None), bool, list, dict}
            or (function == "sum" and kinds != {Decimal})
        ):
            return None
        return _sum(several) if function == "sum" else min(several) if function == "min" else max(several)
    if function in ("abs", "floor", "ceiling"):
        number = given[0] if len(given) == 1 and isinstance(given[0], Decimal) else None
        return None if number is None else _rounded(function, number)
    raise Unreadable(f"the function `{function}` is not calculated here")


def _rounded(function: str, number: Decimal) -> Decimal:
    if function == "abs":
        return NUMBERS.abs(number)
    return number.to_integral_value(ROUND_FLOOR if function == "floor" else ROUND_CEILING)


def _sum(numbers: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for one in numbers:
        total = NUMBERS.add(total, one)
    return total


def kind_of(one: Any) -> type:
    """The kind of a value; a truth value is no number, and a day may be of a subclass."""
    return bool if isinstance(one, bool) else date if isinstance(one, date) else type(one)
