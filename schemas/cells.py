"""Cells: S-FEEL unary tests as text (DMN 1.5, 9.2) to tests of the domain.

A cell is read twice over: once for its form, which is the same wherever it
stands and therefore remembered, and once for its meaning, in which every
constant takes the type of the fact that is tested.
"""

from __future__ import annotations

from collections.abc import Mapping

from lark import Token

from app.domain.messages import told
from app.domain.unary_tests import (
    ANYTHING,
    Alternative,
    Compare,
    ContainsAll,
    Endpoint,
    IsKnown,
    IsUnknown,
    Range,
    UnaryTest,
)
from app.domain.values import Kind, Value, ValueType
from schemas.cell_forms import AllOf, Compared, Part, Ranged, form_of
from schemas.constants import constant, listed, nearest
from schemas.unreadable import Unreadable

Parameters = Mapping[str, tuple[ValueType, Value]]


def unary_test(text: str, value_type: ValueType, parameters: Parameters) -> UnaryTest:
    """The test that a cell writes about a value of ``value_type``; raises ``Unreadable``.

    A bare word is a parameter, else a value of that choice, else an error.
    """
    form = form_of(str(text))
    if not form.parts:
        return ANYTHING
    meaning = _Meaning(value_type, parameters)
    try:
        if form.negated and any(isinstance(one, IsUnknown | IsKnown) for one in form.parts):
            raise ValueError(
                "not(...) is about values; write `known` for not unknown, and `unknown` for not known"
            )
        alternatives = tuple(meaning.of(part) for part in form.parts)
    except ValueError as error:
        raise Unreadable(told("the cell `{text}`: {error}", text=text, error=error)) from None
    return UnaryTest(alternatives, form.negated, str(text))


class _Meaning:
    """Types each constant by the fact that the cell tests; raises ``ValueError``."""

    def __init__(self, value_type: ValueType, parameters: Parameters) -> None:
        self._type = value_type
        self._parameters = parameters
        listing = value_type.kind is Kind.CHOICES
        self._element = ValueType(Kind.CHOICE, choices=value_type.choices) if listing else value_type

    def of(self, part: Part) -> Alternative:
        """The alternative that a part of a cell means."""
        match part:
            case IsUnknown() | IsKnown():
                return part
            case Compared(symbol, literal):
                if symbol != "=":
                    self._need_order(told("`{symbol}` means", symbol=symbol))
                return Compare(symbol, self._endpoint(literal))
            case Ranged():
                return self._range(part)
            case AllOf(literals):
                if self._type.kind is not Kind.CHOICES:
                    raise ValueError(
                        told(
                            "all(...) is for a list of choice, and this is of type {kind}",
                            kind=self._type.kind,
                        )
                    )
                return ContainsAll(tuple(self._endpoint(one).value for one in literals))

    def _need_order(self, what: str) -> None:
        if not self._type.ordered:
            raise ValueError(
                told(
                    "{kind} has no order, so {what} nothing for it; name its values",
                    kind=self._type.kind,
                    what=what,
                )
            )

    def _range(self, part: Ranged) -> Range:
        self._need_order("a range means")
        low, high = self._endpoint(part.low), self._endpoint(part.high)
        closed = part.low_included and part.high_included
        if low.value > high.value or (low.value == high.value and not closed):
            raise ValueError("this range holds no value; its first end must be below its second")
        return Range(low, part.low_included, high, part.high_included)

    def _endpoint(self, literal: Token) -> Endpoint:
        word, element = str(literal), self._element
        if element.kind in (Kind.TEXT, Kind.RECORDS, Kind.DATES):
            raise ValueError(
                told(
                    "type {kind} is carried and shown, never tested; write `unknown` or `known`",
                    kind=element.kind,
                )
            )
        if literal.type == "WORD" and word in self._parameters:
            return Endpoint(self._parameter(word), word)
        if literal.type == "STRING":
            word = word[1:-1]
        elif literal.type == "WORD" and element.kind not in (Kind.CHOICE, Kind.YES_NO):
            hint = nearest(word, list(self._parameters))
            raise ValueError(
                told(
                    "`{word}` is not a parameter{hint}",
                    word=word,
                    hint=hint or "; two facts are compared in a formula, not in a cell",
                )
            )
        return Endpoint(constant(word, element))

    def _parameter(self, name: str) -> Value:
        declared, value = self._parameters[name]
        element = self._element
        if declared.kind is not element.kind:
            raise ValueError(
                told(
                    "the parameter `{name}` is of type {kind}, and the cell tests {tested}",
                    name=name,
                    kind=declared.kind,
                    tested=self._type.kind,
                )
            )
        if name in element.choices:
            raise ValueError(
                told(
                    '{name} is a parameter and also a value here; write "{name}" in quotes for the value',
                    name=name,
                )
            )
        if element.kind is Kind.CHOICE and value not in element.choices:
            raise ValueError(
                told(
                    "the parameter `{name}` is {value}, which is not one of {choices}",
                    name=name,
                    value=value,
                    choices=listed(element.choices),
                )
            )
        return value
