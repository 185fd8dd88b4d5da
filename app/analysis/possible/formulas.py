"""The extent of a formula: what it can yield, given the extents of the names that it reads.

What a condition has asked holds behind it: in ``if known(a) and b > 0 then a / b``
the quotient is known. Dates beyond the year 9999 and numbers of more than 80
digits are left out of account.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from app.analysis.possible import extents
from app.analysis.possible.context import Context
from app.analysis.possible.extents import ANYTHING, KNOWN, NEVER_ZERO, UNKNOWN, Bound, Extent
from app.analysis.possible.functions import called
from app.domain import expressions as tree
from app.domain.values import Value

_NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_SWAPPED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ZERO = Extent(Fraction(0), Fraction(0))
_LENIENT = ("known", "least_known", "greatest_known")


def extent(node: tree.Expression, context: Context) -> Extent:
    """What the node can be in that context."""
    context.known.patience -= 1
    if context.known.patience < 0:
        return ANYTHING
    found = _bare(node, context)
    narrowed = context.narrowed.get(node) if context.narrowed else None  # a node's hash takes long
    return found if narrowed is None else extents.met(found, narrowed)


def _bare(node: tree.Expression, context: Context) -> Extent:
    match node:
        case tree.Constant(value):
            return extents.exactly(value)
        case tree.Name(name):
            return context.extent_of(name)
        case tree.Negative(operand):
            return extents.opposite(extent(operand, context))
        case tree.Arithmetic(symbol, left, right):
            return _arithmetic(symbol, extent(left, context), extent(right, context))
        case tree.Comparison(symbol, left, right):
            a, b = extent(left, context), extent(right, context)
            return extents.strictly((a, b), Extent(words=_truths(symbol, a, b)))
        case tree.Junction(symbol, operands):
            return _junction(operands, symbol == "or", context)
        case tree.Conditional(condition, then, otherwise):
            return _conditional(condition, then, otherwise, context)
        case tree.Call(function, arguments):
            return called(function, [extent(one, context) for one in arguments])


def _arithmetic(symbol: str, a: Extent, b: Extent) -> Extent:
    if symbol == "/":
        quotient = extents.strictly((a, b), extents.times(a, extents.reciprocal(b)))
        fails = b.can_be_zero
        return replace(quotient, unknown=quotient.unknown or fails, known=quotient.known and b != _ZERO)
    if symbol == "**":
        exponent = int(b.low or 0)
        return extents.strictly((a,), reduce(extents.times, [a] * exponent, extents.exactly(1)))
    b = extents.opposite(b) if symbol == "-" else b
    return extents.strictly((a, b), extents.times(a, b) if symbol == "*" else extents.plus(a, b))


def _truths(symbol: str, a: Extent, b: Extent) -> frozenset[Value]:
    """How a comparison of two known values can turn out."""
    if symbol in ("!=", "<=", ">="):
        return frozenset(not one for one in _truths(_NEGATED[symbol], a, b))
    if symbol == ">":
        a, b = b, a
    if symbol == "=":
        true = extents.met(a, b).known or not (a.known and b.known)
        one, other = (a.single, b.single) if a.words is not None else (_point(a), _point(b))
        false = one is None or one != other
    else:
        true = a.low is None or b.high is None or a.low < b.high
        false = a.high is None or b.low is None or a.high >= b.low
    return frozenset(value for value, possible in ((True, true), (False, false)) if possible)


def _point(a: Extent) -> Bound:
    return a.low if a.low == a.high else None


def _junction(operands: Sequence[tree.Expression], absorbing: bool, context: Context) -> Extent:
    """``and`` is unknown only where no operand is false: so where all that are never unknown are true."""
    neutral = not absorbing
    words = {absorbing} & frozenset().union(*(extent(one, context).truths() for one in operands))
    waiting = list(operands)
    while True:
        found = [extent(one, context) for one in waiting]
        if any(not one.unknown and neutral not in one.truths() for one in found):
            return Extent(words=frozenset(words))
        settled = [one for one, now in zip(waiting, found, strict=True) if not now.unknown]
        if not settled:
            break
        waiting = [one for one in waiting if one not in settled]
        context = reduce(lambda so_far, one: learnt(one, neutral, so_far), settled, context)
    if all(neutral in extent(one, context).truths() for one in operands):
        words.add(neutral)
    return Extent(words=frozenset(words), unknown=bool(waiting), known=bool(words))


def _conditional(
    condition: tree.Expression, then: tree.Expression, otherwise: tree.Expression, context: Context
) -> Extent:
    asked = extent(condition, context)
    ways = [
        extent(branch, learnt(condition, truth, context))
        for truth, branch in ((True, then), (False, otherwise))
        if truth in asked.truths()
    ]
    return extents.any_of([*ways, UNKNOWN] if asked.unknown else ways)


def learnt(condition: tree.Expression, truth: bool, context: Context) -> Context:
    """The context behind the condition, once it has turned out as ``truth``."""
    match condition:
        case tree.Name(name):
            context = context.narrow(condition, Extent(words=frozenset((truth,))))
            within = context.inside(name)
            return context.outside(learnt(within[0].expression, truth, within[1])) if within else context
        case tree.Call("known", (argument,)):
            return _known(argument, context) if truth else context.narrow(argument, UNKNOWN)
        case tree.Call("not", (argument,)):
            return learnt(argument, not truth, context)
        case tree.Junction(symbol, operands) if truth is (symbol == "and"):
            return reduce(lambda so_far, one: learnt(one, truth, so_far), operands, context)
        case tree.Comparison(symbol, left, right):
            context = _known(right, _known(left, context))
            symbol = symbol if truth else _NEGATED[symbol]
            a, b = extent(left, context), extent(right, context)
            context = _compared(left, symbol, b, _compared(right, _SWAPPED[symbol], a, context))
            if symbol in ("!=", "<", ">"):
                for one, other in ((left, right), (right, left)):
                    context = context.narrow(tree.Arithmetic("-", one, other), NEVER_ZERO)
    return context


def _compared(node: tree.Expression, symbol: str, other: Extent, context: Context) -> Context:
    """The context in which ``node symbol other`` holds."""
    if symbol == "=":
        return context.narrow(node, Extent(other.low, other.high, other.words))
    if symbol == "!=":
        words = extent(node, context).words
        if words is not None and other.single is not None:
            return context.narrow(node, Extent(words=words - {other.single}))
        return context.narrow(node, NEVER_ZERO) if _point(other) == 0 else context
    bound = other.high if symbol[0] == "<" else other.low
    if bound is None:
        return context
    strict = len(symbol) == 1
    excluded = strict and bound == 0
    if strict and isinstance(node, tree.Name):
        bound = _beyond(bound, symbol == ">", context.known.type_of(node.name).decimals)
    side = Extent(high=bound) if symbol[0] == "<" else Extent(low=bound)
    return context.narrow(node, replace(side, never_zero=excluded))


def _beyond(bound: Fraction, above: bool, decimals: int) -> Fraction:
    """The first value of so many decimals that is strictly above, or below, the bound."""
    scale = 10**decimals
    ticks = math.floor(bound * scale) + 1 if above else math.ceil(bound * scale) - 1
    return Fraction(ticks, scale)


def _known(node: tree.Expression, context: Context) -> Context:
    """The context in which the node is known, and so all without which it would not be."""
    match node:
        case tree.Name(name):
            context = context.narrow(node, KNOWN)
            within = context.inside(name)
            return context.outside(_known(within[0].expression, within[1])) if within else context
        case tree.Conditional(condition, _, _):
            return _known(condition, context)
        case tree.Junction():
            return context
        case tree.Call(function, _) if function in _LENIENT:
            return context
    return reduce(lambda so_far, part: _known(part, so_far), tree.parts(node), context)
