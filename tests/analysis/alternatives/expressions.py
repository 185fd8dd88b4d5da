"""Random formulas over the names that there are, and the values that rules and facts share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from app.domain import expressions as tree
from app.domain.values import Kind, ValueType

TODAY = date(2026, 1, 15)
MONEY, SHARE, DAYS = ValueType(Kind.MONEY, 2), ValueType(Kind.PERCENT, 4), ValueType(Kind.DAYS)
YES_NO, DATE = ValueType(Kind.YES_NO), ValueType(Kind.DATE)
LETTERS = ValueType(Kind.CHOICE, 0, ("A", "B", "C", "D"))
LIST = ValueType(Kind.CHOICES, 0, ("A", "B"))


def number_of(chance: Random, kind: ValueType) -> Any:
    """One of few numbers, or a day, so that those of rules and facts meet."""
    if kind.kind is Kind.DATE:
        return TODAY + timedelta(chance.randint(-1, 5))
    if kind.kind is Kind.DAYS:
        return chance.choice((0, 15, 20, 30, 45, 50, 60, 75, 90, chance.randint(0, 90)))
    if kind.kind is Kind.PERCENT:
        return (
            Decimal(chance.choice((0, 20, 30, 35, 40, 60, 80, 100, 33)))
            .scaleb(-2)
            .quantize(Decimal("0.0001"))
        )
    return (
        Decimal(chance.choice((0, 10, 20, 25, 30, 40, 50, 55, 60, 70)))
        + chance.choice((0, 0, Decimal("0.01")))
    ).quantize(Decimal("0.01"))


class Expressions:
    """Makes expressions of a type; ``types`` are the names that may be read."""

    def __init__(self, chance: Random, types: Mapping[str, ValueType]) -> None:
        self._chance = chance
        self._types = types

    def of(self, kind: ValueType, depth: int) -> tree.Expression:
        """One of that type, nested no deeper than ``depth``."""
        chance = self._chance
        if depth and chance.random() < 0.2:
            return tree.Conditional(
                self._truth(depth - 1), self.of(kind, depth - 1), self.of(kind, depth - 1)
            )
        if kind is YES_NO:
            return self._truth(depth)
        if kind is LETTERS:
            return self._name(LETTERS) or tree.Constant(chance.choice(LETTERS.choices))
        return self._numeric(depth)

    def _numeric(self, depth: int) -> tree.Expression:
        chance = self._chance
        if not depth or chance.random() < 0.3:
            named = self._name(MONEY, SHARE, DAYS)
            return (
                named
                if named and chance.random() < 0.75
                else tree.Constant(number_of(chance, chance.choice((MONEY, SHARE, DAYS))))
            )
        shape = chance.randrange(9)
        left, right = self._numeric(depth - 1), self._numeric(depth - 1)
        if shape < 5:
            return tree.Arithmetic("+-*/-"[shape], left, right)
        if shape == 5:
            return tree.Call(chance.choice(("least_known", "greatest_known", "min", "max")), (left, right))
        if shape == 6:
            return tree.Call(chance.choice(("floor", "ceiling", "abs")), (left,))
        return tree.Negative(left) if shape == 7 else tree.Arithmetic("**", left, tree.Constant(Decimal(2)))

    def _truth(self, depth: int) -> tree.Expression:
        chance = self._chance
        shape = chance.randrange(6) if depth else chance.randrange(3)
        if shape == 0:
            return tree.Call("known", (tree.Name(chance.choice(list(self._types))),))
        if shape == 1 and (named := self._name(YES_NO)):
            return named
        if shape == 2 and (named := self._name(LETTERS)):
            return tree.Comparison(
                chance.choice(("=", "!=")), named, tree.Constant(chance.choice(LETTERS.choices))
            )
        if shape == 3:
            operands = tuple(self._truth(depth - 1) for _ in range(chance.randint(2, 3)))
            return tree.Junction(chance.choice(("and", "or")), operands)
        if shape == 4:
            return tree.Call("not", (self._truth(depth - 1),))
        if shape == 5 and (named := self._name(LIST)):
            return tree.Call("contains", (named, tree.Constant(chance.choice(LIST.choices))))
        depth = max(0, depth - 1)
        return tree.Comparison(
            chance.choice(("=", "!=", "<", "<=", ">", ">=")), self._numeric(depth), self._numeric(depth)
        )

    def _name(self, *kinds: ValueType) -> tree.Name | None:
        names = [name for name, kind in self._types.items() if kind in kinds]
        return tree.Name(self._chance.choice(names)) if names else None
