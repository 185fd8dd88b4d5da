"""Cells: S-FEEL unary tests as text (DMN 1.5, 9.2) to tests of the domain.

A cell is read twice over: once for its form, which is the same wherever it
stands and therefore remembered, and once for its meaning, in which every
constant takes the type of the fact that is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

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
from schemas.constants import constant, listed, nearest
from schemas.unreadable import Unreadable, place

Parameters = Mapping[str, tuple[ValueType, Value]]
MAX_LENGTH = 2000

_GRAMMAR = r"""
start: "-"                            -> anything
     | alternatives                   -> plain
     | "not" "(" alternatives ")"     -> negated
alternatives: alternative ("," alternative)*
?alternative: OPERATOR literal        -> compare
     | (LSQB | LPAR) literal ".." literal (RSQB | RPAR) -> range
     | "all" "(" literal ("," literal)* ")" -> contains_all
     | "unknown"                      -> unknown
     | "known"                        -> known
     | literal                        -> equal
?literal: NUMBER | DATE | STRING | WORD
OPERATOR: "<=" | ">=" | "<" | ">"
LSQB: "["
LPAR: "("
RSQB: "]"
RPAR: ")"
DATE.3: /[0-9]{4}-[0-9]{2}-[0-9]{2}/
NUMBER.2: /-?[0-9][0-9_]*(\.[0-9]+)?%?/
STRING: /"[^"\\]*"/
WORD: /[A-Za-z][A-Za-z0-9_-]*/
%ignore /[ \t\r\n]+/
"""


class _Compare(NamedTuple):
    symbol: str
    literal: Token


class _Range(NamedTuple):
    low: Token
    low_included: bool
    high: Token
    high_included: bool


class _All(NamedTuple):
    literals: tuple[Token, ...]


_Part = _Compare | _Range | _All | IsUnknown | IsKnown


class _Cell(NamedTuple):
    parts: tuple[_Part, ...]
    negated: bool = False


@v_args(inline=True)
class _Forms(Transformer[Token, _Cell]):
    """Builds the form of a cell while it is parsed."""

    def anything(self) -> _Cell:
        return _Cell(())

    def plain(self, parts: tuple[_Part, ...]) -> _Cell:
        return _Cell(parts)

    def negated(self, parts: tuple[_Part, ...]) -> _Cell:
        return _Cell(parts, negated=True)

    def alternatives(self, *parts: _Part) -> tuple[_Part, ...]:
        return parts

    def compare(self, symbol: Token, literal: Token) -> _Compare:
        return _Compare(str(symbol), literal)

    def equal(self, literal: Token) -> _Compare:
        return _Compare("=", literal)

    def range(self, opening: Token, low: Token, high: Token, closing: Token) -> _Range:
        return _Range(low, opening == "[", high, closing == "]")

    def contains_all(self, *literals: Token) -> _All:
        return _All(literals)

    def unknown(self) -> IsUnknown:
        return IsUnknown()

    def known(self) -> IsKnown:
        return IsKnown()


_PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False, transformer=_Forms())


def unary_test(text: str, value_type: ValueType, parameters: Parameters) -> UnaryTest:
    """The test that a cell writes about a value of ``value_type``; raises ``Unreadable``.

    A bare word is a parameter, else a value of that choice, else an error.
    """
    form = _form(str(text))
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
        raise Unreadable(f"the cell `{text}`: {error}") from None
    return UnaryTest(alternatives, form.negated, str(text))


@lru_cache(maxsize=4096)
def _form(text: str) -> _Cell:
    if not text.strip():
        raise Unreadable("the cell is empty; write `-` where the value does not matter")
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"the cell is longer than {MAX_LENGTH} characters; split the rule")
    try:
        parsed: _Cell = _PARSER.parse(text)  # type: ignore[assignment]
        return parsed
    except UnexpectedInput as error:
        raise Unreadable(
            f"the cell `{text}` cannot be read {place(text, error)}; a cell is one of "
            "`-`, `90`, `A, B`, `not(E)`, `> 30`, `[10..30)`, `unknown`, `known`"
        ) from None


class _Meaning:
    """Types each constant by the fact that the cell tests; raises ``ValueError``."""

    def __init__(self, value_type: ValueType, parameters: Parameters) -> None:
        self._type = value_type
        self._parameters = parameters
        listing = value_type.kind is Kind.CHOICES
        self._element = ValueType(Kind.CHOICE, choices=value_type.choices) if listing else value_type

    def of(self, part: _Part) -> Alternative:
        """The alternative that a part of a cell means."""
        match part:
            case IsUnknown() | IsKnown():
                return part
            case _Compare(symbol, literal):
                if symbol != "=":
                    self._need_order(f"`{symbol}` means")
                return Compare(symbol, self._endpoint(literal))
            case _Range():
                return self._range(part)
            case _All(literals):
                if self._type.kind is not Kind.CHOICES:
                    raise ValueError(
                        f"all(...) is for a list of choice, and this is of type {self._type.kind}"
                    )
                return ContainsAll(tuple(self._endpoint(one).value for one in literals))

    def _need_order(self, what: str) -> None:
        if not self._type.ordered:
            raise ValueError(f"{self._type.kind} has no order, so {what} nothing for it; name its values")

    def _range(self, part: _Range) -> Range:
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
                f"type {element.kind} is carried and shown, never tested; write `unknown` or `known`"
            )
        if literal.type == "WORD" and word in self._parameters:
            return Endpoint(self._parameter(word), word)
        if literal.type == "STRING":
            word = word[1:-1]
        elif literal.type == "WORD" and element.kind not in (Kind.CHOICE, Kind.YES_NO):
            hint = nearest(word, list(self._parameters))
            raise ValueError(
                f"`{word}` is not a parameter{hint or '; two facts are compared in a formula, not in a cell'}"
            )
        return Endpoint(constant(word, element))

    def _parameter(self, name: str) -> Value:
        declared, value = self._parameters[name]
        element = self._element
        if declared.kind is not element.kind:
            raise ValueError(
                f"the parameter `{name}` is of type {declared.kind}, and the cell tests {self._type.kind}"
            )
        if name in element.choices:
            raise ValueError(
                f'{name} is a parameter and also a value here; write "{name}" in quotes for the value'
            )
        if element.kind is Kind.CHOICE and value not in element.choices:
            raise ValueError(
                f"the parameter `{name}` is {value}, which is not one of {listed(element.choices)}"
            )
        return value
