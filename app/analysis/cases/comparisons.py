"""The thresholds of the comparisons in a formula; words, and yes and no, have none."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from app.analysis.cases.threshold import Position, Threshold, Truth
from app.analysis.possible.extents import as_number
from app.analysis.search.reading import comparisons_in
from app.domain import expressions as tree
from app.domain.arithmetic import compiled
from app.domain.rules import Formula
from app.domain.ruleset import Ruleset
from app.domain.values import Value, Values

_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


def of_formula(ruleset: Ruleset, formula: Formula, number: int) -> Iterator[Threshold]:
    """Those of one formula; ``number`` is the next match step."""
    for one in comparisons_in(formula.expression):
        if not (_ordered(ruleset, one.left) and _ordered(ruleset, one.right)):
            continue
        names = tuple(name for name in tree.names_read(one) if name not in ruleset.parameters)
        if not names:
            continue
        name, mark, symbol = _against_constant(ruleset, one)
        position = _difference(one) if name is None else position_of(name)
        decides, holding, unit = _decisive(formula, one), _true(one), _unit(ruleset, one)
        for low, high, holds_above in _cuts(symbol, mark, unit):
            yield Threshold(
                formula.id,
                number,
                formula.line,
                _said(one),
                name,
                names,
                low,
                high,
                holds_above,
                position,
                decides,
                holding,
                formula=formula,
                comparison=one,
            )


def _cuts(
    symbol: str, mark: Fraction, unit: Fraction | None
) -> tuple[tuple[Fraction | None, Fraction | None, bool], ...]:
    """Where a comparison with ``mark`` turns: last position below, first above, whether it holds above."""
    below, above = (None, None) if unit is None else (mark - unit, mark + unit)
    up, down = (mark, above), (below, mark)
    return {
        ">": ((*up, True),),
        "<=": ((*up, False),),
        ">=": ((*down, True),),
        "<": ((*down, False),),
        "=": ((*down, True), (*up, False)),
        "!=": ((*down, False), (*up, True)),
    }[symbol]


def _against_constant(ruleset: Ruleset, one: tree.Comparison) -> tuple[str | None, Fraction, str]:
    """The name that is compared with a constant or parameter, that one, and how; else no name, and 0."""
    for name, constant, symbol in (
        (one.left, one.right, one.operator),
        (one.right, one.left, _MIRRORED[one.operator]),
    ):
        if isinstance(name, tree.Name) and name.name not in ruleset.parameters:
            value = constant.value if isinstance(constant, tree.Constant) else None
            if isinstance(constant, tree.Name) and constant.name in ruleset.parameters:
                value = ruleset.parameters[constant.name].value
            mark = as_number(value)
            if mark is not None:
                return name.name, mark, symbol
    return None, Fraction(0), one.operator


def _ordered(ruleset: Ruleset, node: tree.Expression) -> bool:
    """Whether it is a number or a date; what is calculated by a conditional of words is not compared so."""
    match node:
        case tree.Constant(value):
            return as_number(value) is not None
        case tree.Name(name):
            return ruleset.types[name].ordered
        case tree.Conditional(_, then, otherwise):
            return _ordered(ruleset, then) and _ordered(ruleset, otherwise)
        case tree.Call(function):
            return function not in ("known", "not", "contains")
        case tree.Arithmetic() | tree.Negative():
            return True
    return False


def _unit(ruleset: Ruleset, one: tree.Comparison) -> Fraction | None:
    """The smallest step of the difference of two names or constants; of anything calculated there is none."""
    decimals = []
    for node in (one.left, one.right):
        if isinstance(node, tree.Name):
            decimals.append(ruleset.types[node.name].decimals)
        elif isinstance(node, tree.Constant):
            number = as_number(node.value)
            assert number is not None
            decimals.append(next(n for n in range(40) if (number * 10**n).denominator == 1))
        else:
            return None
    return Fraction(1, 10 ** max(decimals))


def position_of(name: str) -> Position:
    """Where the value of a name lies."""
    return lambda values: as_number(values[name])


def _difference(one: tree.Comparison) -> Position:
    left, right = compiled(one.left), compiled(one.right)

    def position(values: Values) -> Fraction | None:
        a, b = _number(left(values)), _number(right(values))
        return None if a is None or b is None else a - b

    return position


def _number(value: Value) -> Fraction | None:
    return value if isinstance(value, Fraction) else as_number(value)


def _true(one: tree.Comparison) -> Truth:
    compared = compiled(one)
    return lambda values: compared(values) is True


def _decisive(formula: Formula, one: tree.Comparison) -> Truth:
    """Whether the formula comes out otherwise where the comparison does."""
    yes, no = (compiled(settled(formula.expression, one, truth)) for truth in (True, False))
    return lambda values: bool(yes(values) != no(values))


def settled(node: tree.Expression, one: tree.Comparison, truth: bool) -> tree.Expression:
    """The expression with one of its comparisons taken as true, or as false."""
    if node is one:
        return tree.Constant(truth)
    parts = [settled(part, one, truth) for part in tree.parts(node)]
    match node:
        case tree.Negative():
            return tree.Negative(*parts)
        case tree.Arithmetic(symbol):
            return tree.Arithmetic(symbol, *parts)
        case tree.Comparison(symbol):
            return tree.Comparison(symbol, *parts)
        case tree.Junction(symbol):
            return tree.Junction(symbol, tuple(parts))
        case tree.Conditional():
            return tree.Conditional(*parts)
        case tree.Call(function):
            return tree.Call(function, tuple(parts))
    return node


def _said(one: tree.Comparison) -> str:
    return f"{written(one.left)} {one.operator} {written(one.right)}"


def written(node: tree.Expression) -> str:
    """An expression much as its author wrote it."""
    match node:
        case tree.Constant(value):
            return f"{value:f}" if hasattr(value, "as_tuple") else str(value)
        case tree.Name(name):
            return name
        case tree.Negative(operand):
            return f"-{written(operand)}"
        case tree.Arithmetic(symbol, left, right):
            return f"({written(left)} {symbol} {written(right)})"
        case tree.Call(function, arguments):
            return f"{function}({', '.join(map(written, arguments))})"
    return "(...)"
