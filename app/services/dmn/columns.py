"""Values of FEEL as facts that the engines can match, and unary tests as cells over them.

A column becomes a number, a day or a yes or no; strings, and numbers too fine or too large
for a fact, become their rank among all that stand in it. FEEL's tests have three values: a
test against a value of another kind is neither true nor false, and so is ``> 5`` on null;
``not(...)`` holds only where every alternative is false. That is why ``not("A")`` holds on
null and ``not(> 5)`` does not. A row whose cell holds on values and on null is matched twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.unary_tests import Alternative, Compare, Endpoint, IsKnown, IsUnknown, Range, UnaryTest
from app.domain.values import Kind, ValueType
from app.services.dmn.expressions import kind_of, value
from schemas.interchange.dmn.trees import Compared, Tests, Within
from schemas.unreadable import Unreadable

MOST_DECIMALS, MOST_WHOLE = 12, Decimal(10) ** 15
_ORDERED = (Decimal, str, date)


@dataclass(frozen=True, slots=True)
class _Judged:
    """One alternative: what it yields on values, where no ``test`` is false or ``unsure``, and on null."""

    test: Alternative | None
    unsure: bool
    on_null: bool | None


class Column:
    """One input of a table, for one value that it is given now; ``told`` is its expression."""

    def __init__(
        self, name: str, told: str, given: Any, cells: Sequence[Tests], names: Mapping[str, Any]
    ) -> None:
        self.name = name
        self._names = names
        if isinstance(given, list | dict):
            what = "a list" if isinstance(given, list) else "a context"
            raise Unreadable(f"`{told}` is {what}, and a column of a table tests single values here")
        constants = [one for cell in cells for each in cell.alternatives for one in self._ends(each)]
        known = [one for one in (given, *constants) if one is not None]
        self._kind = kind_of(known[0]) if known else bool
        self._ranked: list[Any] = []
        self.type = self._typed([one for one in known if kind_of(one) is self._kind])
        self.given = None if given is None else self._own(given)

    def tests(self, cell: Tests) -> tuple[UnaryTest, ...]:
        """The cells that together hold where ``cell`` does: none, one, or one more for null."""
        if not cell.alternatives:
            return (UnaryTest(),)
        judged = [one for each in cell.alternatives for one in self._judged(each)]
        tests = tuple(one.test for one in judged if one.test is not None)
        if not cell.negated:
            null = any(one.on_null for one in judged)
            told = (*tests, IsUnknown()) if null else tests
            return (UnaryTest(told, text=self.name),) if told else ()
        found = []
        if not any(one.unsure for one in judged):
            found.append(UnaryTest(tests or (IsKnown(),), negated=bool(tests), text=self.name))
        if all(one.on_null is False for one in judged):
            found.append(UnaryTest((IsUnknown(),), text=self.name))
        return tuple(found)

    def _judged(self, one: Compared | Within) -> Iterator[_Judged]:
        if isinstance(one, Within):
            yield self._within(one)
            return
        if one.operator == "!=":
            raise Unreadable("`!=` is no unary test of S-FEEL; write not(...)")
        end = self._value(one.endpoint)
        test: Alternative | None
        if one.operator != "=":
            test = Compare(one.operator, Endpoint(self._own(end))) if self._ordered(end) else None
            yield _Judged(test, test is None, None)
        elif isinstance(end, list):  # a value is tested for being in it, and that is never null
            for item in end:
                yield _Judged(self._equal(item), False, item is None)
        else:
            test = self._equal(end)
            yield _Judged(test, test is None and end is not None, end is None)

    def _within(self, one: Within) -> _Judged:
        low, high = self._value(one.low), self._value(one.high)
        if not (self._ordered(low) and self._ordered(high)):
            return _Judged(None, True, None)
        if low > high:
            return _Judged(None, False, None)
        ends = Endpoint(self._own(low)), Endpoint(self._own(high))
        return _Judged(Range(ends[0], one.low_included, ends[1], one.high_included), False, None)

    def _equal(self, end: Any) -> Alternative | None:
        same = end is not None and kind_of(end) is self._kind
        return Compare("=", Endpoint(self._own(end))) if same else None

    def _ordered(self, end: Any) -> bool:
        return kind_of(end) is self._kind and self._kind in _ORDERED

    def _value(self, tree: Any) -> Any:
        return value(tree, self._names)

    def _ends(self, one: Compared | Within) -> Iterator[Any]:
        for end in (one.endpoint,) if isinstance(one, Compared) else (one.low, one.high):
            found = self._value(end)
            yield from found if isinstance(found, list) else [found]

    def _typed(self, known: Sequence[Any]) -> ValueType:
        if self._kind is Decimal and all(map(_fits, known)):
            exponents = [int(one.normalize().as_tuple().exponent) for one in known]
            return ValueType(Kind.NUMBER, max(0, *(-one for one in exponents)))
        if self._kind is date:
            return ValueType(Kind.DATE)
        if self._kind is bool:
            return ValueType(Kind.YES_NO)
        self._ranked = sorted(set(known)) if self._kind in _ORDERED else []
        return ValueType(Kind.NUMBER)

    def _own(self, one: Any) -> Any:
        """A value of the column's kind as the engines know it."""
        if self._ranked:
            return Decimal(self._ranked.index(one))
        return one.quantize(Decimal(1).scaleb(-self.type.decimals)) if isinstance(one, Decimal) else one


def _fits(number: Decimal) -> bool:
    return abs(number) < MOST_WHOLE and -int(number.normalize().as_tuple().exponent) <= MOST_DECIMALS
