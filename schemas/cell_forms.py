"""How a cell is written: its grammar, and its parts before anything is known of the fact that it tests."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from app.domain.messages import told
from app.domain.unary_tests import IsKnown, IsUnknown
from schemas.unreadable import Unreadable, place

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


class Compared(NamedTuple):
    """``> 30``, or a value alone."""

    symbol: str
    literal: Token


class Ranged(NamedTuple):
    """``[10..30)``."""

    low: Token
    low_included: bool
    high: Token
    high_included: bool


class AllOf(NamedTuple):
    """``all(A, B)``."""

    literals: tuple[Token, ...]


Part = Compared | Ranged | AllOf | IsUnknown | IsKnown


class Cell(NamedTuple):
    """The parts of a cell, of which one must hold; none is ``-``."""

    parts: tuple[Part, ...]
    negated: bool = False


@v_args(inline=True)
class _Forms(Transformer[Token, Cell]):
    """Builds the form of a cell while it is parsed."""

    def anything(self) -> Cell:
        return Cell(())

    def plain(self, parts: tuple[Part, ...]) -> Cell:
        return Cell(parts)

    def negated(self, parts: tuple[Part, ...]) -> Cell:
        return Cell(parts, negated=True)

    def alternatives(self, *parts: Part) -> tuple[Part, ...]:
        return parts

    def compare(self, symbol: Token, literal: Token) -> Compared:
        return Compared(str(symbol), literal)

    def equal(self, literal: Token) -> Compared:
        return Compared("=", literal)

    def range(self, opening: Token, low: Token, high: Token, closing: Token) -> Ranged:
        return Ranged(low, opening == "[", high, closing == "]")

    def contains_all(self, *literals: Token) -> AllOf:
        return AllOf(literals)

    def unknown(self) -> IsUnknown:
        return IsUnknown()

    def known(self) -> IsKnown:
        return IsKnown()


_PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False, transformer=_Forms())


@lru_cache(maxsize=4096)
def form_of(text: str) -> Cell:
    """The form of a cell; raises ``Unreadable``."""
    if not text.strip():
        raise Unreadable("the cell is empty; write `-` where the value does not matter")
    if len(text) > MAX_LENGTH:
        raise Unreadable(told("the cell is longer than {most} characters; split the rule", most=MAX_LENGTH))
    try:
        parsed: Cell = _PARSER.parse(text)  # type: ignore[assignment]
        return parsed
    except UnexpectedInput as error:
        raise Unreadable(
            told(
                "the cell `{text}` cannot be read {place}; a cell is one of `-`, `90`, `A, B`, `not(E)`, "
                "`> 30`, `[10..30)`, `unknown`, `known`",
                text=text,
                place=place(text, error),
            )
        ) from None
