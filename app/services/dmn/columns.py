"""Values of FEEL as facts that the engines can match, and unary tests as cells over them.

A column becomes a number at the scale that its values need, a day, a yes or no, or a
choice among all the words that stand in it. In DMN ``not(x)`` holds on null, and a cell
of ours never does: such a row is matched twice, once with ``not(x)`` and once with
``unknown``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.unary_tests import Alternative, Compare, Endpoint, IsKnown, IsUnknown, Range, UnaryTest
from app.domain.values import Kind, ValueType
from app.services.dmn.expressions import value
from schemas.interchange.dmn.trees import Compared, Tests, Within
from schemas.unreadable import Unreadable

MOST_DECIMALS = 12


class Column:
    """One input of a table, for one value that it is given now."""

    def __init__(self, name: str, given: Any, cells: Sequence[Tests], names: Mapping[str, Any]) -> None:
        self.name = name
        self._names = names
        constants = [one for cell in cells for one in self._constants(cell)]
        known = [one for one in (given, *constants) if one is not None]
        self._words: list[str] = []
        self.type = self._typed(known)
        self.given = None if given is None else self._own(given)

    def tests(self, cell: Tests) -> tuple[UnaryTest, ...]:
        """The cells that together hold where ``cell`` does: one, or one more for null."""
        if not cell.alternatives:
            return (UnaryTest(),)
        null = any(
            isinstance(one, Compared) and one.operator == "=" and self._value(one.endpoint) is None
            for one in cell.alternatives
        )
        told = [one for one in map(self._alternative, cell.alternatives) if one is not None]
        if not cell.negated:
            return (
                (UnaryTest((*told, IsUnknown()) if null else tuple(told), text=self.name),)
                if told or null
                else ()
            )
        without = (
            UnaryTest(tuple(told), negated=True, text=self.name)
            if told
            else UnaryTest((IsKnown(),), text=self.name),
        )
        return without if null else (*without, UnaryTest((IsUnknown(),), text=self.name))

    def _alternative(self, one: Compared | Within) -> Alternative | None:
        """None for one that never holds on a value."""
        if isinstance(one, Compared):
            end = self._value(one.endpoint)
            if one.operator == "!=":
                raise Unreadable("`!=` is no unary test of S-FEEL; write not(...)")
            return None if end is None else Compare(one.operator, Endpoint(self._own(end)))
        low, high = self._value(one.low), self._value(one.high)
        if low is None or high is None or low > high:
            return None
        return Range(Endpoint(self._own(low)), one.low_included, Endpoint(self._own(high)), one.high_included)

    def _value(self, tree: Any) -> Any:
        return value(tree, self._names)

    def _constants(self, cell: Tests) -> Iterable[Any]:
        for one in cell.alternatives:
            ends = (one.endpoint,) if isinstance(one, Compared) else (one.low, one.high)
            yield from map(self._value, ends)

    def _typed(self, known: Sequence[Any]) -> ValueType:
        kinds = {bool if isinstance(one, bool) else type(one) for one in known}
        if len(kinds) > 1 or not kinds <= {Decimal, bool, date, str}:
            raise Unreadable(f"`{self.name}` is tested against values of different kinds, or lists")
        kind = kinds.pop() if kinds else bool
        if kind is Decimal:
            exponents = [int(one.normalize().as_tuple().exponent) for one in known]
            decimals = max(0, *(-one for one in exponents))
            if decimals > MOST_DECIMALS:
                raise Unreadable(f"`{self.name}` has more than {MOST_DECIMALS} decimal places")
            return ValueType(Kind.NUMBER, decimals)
        if kind is str:
            self._words = sorted(set(known))
            return ValueType(Kind.CHOICE, choices=tuple(f"w{n}" for n in range(len(self._words))))
        return ValueType(Kind.DATE if kind is date else Kind.YES_NO)

    def _own(self, one: Any) -> Any:
        """A value as the engines know it."""
        if isinstance(one, str):
            return f"w{self._words.index(one)}"
        return one.quantize(Decimal(1).scaleb(-self.type.decimals)) if isinstance(one, Decimal) else one
