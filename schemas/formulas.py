"""Formulas as text to syntax trees, their names not yet resolved. The meaning is the domain's.

The tree is built while the text is parsed, without recursion, and a tree
deeper than anyone writes is refused: nothing that walks it later can overflow.
"""

from __future__ import annotations

from decimal import Decimal

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from app.domain import expressions as tree
from app.domain.messages import told
from schemas.constants import day, exact
from schemas.unreadable import Unreadable, place

MAX_LENGTH = 4000
MAX_DEPTH = 60
MAX_EXPONENT = 10
MAX_DEGREE = 200  # how many values may be multiplied with each other, powers written out

_GRAMMAR = r"""
?start: expression
?expression: "if" expression "then" expression "else" expression -> conditional
     | disjunction
?disjunction: conjunction ("or" conjunction)*
?conjunction: comparison ("and" comparison)*
?comparison: sum [OPERATOR sum]
?sum: product | sum PLUS product      -> arithmetic
?product: unary | product TIMES unary -> arithmetic
?unary: power | "-" unary             -> negative
?power: atom | atom POWER atom        -> arithmetic
?atom: NUMBER -> number | DATE -> date | STRING -> string | NAME -> name
     | NAME "(" expression ("," expression)* ")" -> call
     | "(" expression ")"
OPERATOR: "<=" | ">=" | "!=" | "<" | ">" | "="
PLUS: "+" | "-"
TIMES: "*" | "/"
POWER.2: "**"
DATE.3: /[0-9]{4}-[0-9]{2}-[0-9]{2}/
NUMBER.2: /[0-9][0-9_]*(\.[0-9]+)?%?/
STRING: /"[^"\\]*"/
NAME: /[A-Za-z][A-Za-z0-9_]*/
%ignore /[ \t\r\n]+/
"""


@v_args(inline=True)
class _Tree(Transformer[Token, tree.Expression]):
    """Builds the tree of a formula, numbers exact, names as written."""

    def number(self, token: Token) -> tree.Expression:
        return tree.Constant(exact(str(token)))

    def date(self, token: Token) -> tree.Expression:
        return tree.Constant(day(str(token)))

    def string(self, token: Token) -> tree.Expression:
        return tree.Name(str(token))  # quotes kept: a value of a choice, never a declared name

    def name(self, token: Token) -> tree.Expression:
        return tree.Constant(token == "yes") if token in ("yes", "no") else tree.Name(str(token))

    def negative(self, operand: tree.Expression) -> tree.Expression:
        return tree.Negative(operand)

    def arithmetic(self, left: tree.Expression, symbol: Token, right: tree.Expression) -> tree.Expression:
        if symbol == "**":
            exponent = right.value if isinstance(right, tree.Constant) else None
            if isinstance(exponent, bool) or exponent not in range(MAX_EXPONENT + 1):
                raise ValueError(
                    told("the exponent of ** is a whole number from 0 to {most}", most=MAX_EXPONENT)
                )
        return tree.Arithmetic(str(symbol), left, right)

    def comparison(self, left: tree.Expression, symbol: Token, right: tree.Expression) -> tree.Expression:
        return tree.Comparison(str(symbol), left, right)

    def conjunction(self, *operands: tree.Expression) -> tree.Expression:
        return tree.Junction("and", operands)

    def disjunction(self, *operands: tree.Expression) -> tree.Expression:
        return tree.Junction("or", operands)

    def conditional(self, *three: tree.Expression) -> tree.Expression:
        return tree.Conditional(*three)

    def call(self, name: Token, *arguments: tree.Expression) -> tree.Expression:
        return tree.Call(str(name), arguments)


_PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False, transformer=_Tree())


def formula(text: str) -> tree.Expression:
    """The syntax tree of a formula; raises ``Unreadable``."""
    if not text.strip():
        raise Unreadable("the formula is empty")
    if len(text) > MAX_LENGTH:
        raise Unreadable(
            told(
                "the formula is longer than {most} characters; split it into several formulas",
                most=MAX_LENGTH,
            )
        )
    try:
        parsed: tree.Expression = _PARSER.parse(text)  # type: ignore[assignment]
    except UnexpectedInput as error:
        raise Unreadable(
            told(
                "the formula cannot be read {place}; a formula has names, numbers, + - * / **, "
                "comparisons, and, or, if ... then ... else ..., and the functions of the language",
                place=place(text, error),
            )
        ) from None
    except (ValueError, VisitError) as error:
        raise Unreadable(str(error.orig_exc if isinstance(error, VisitError) else error)) from None
    if _deeper_than(parsed, MAX_DEPTH):
        raise Unreadable(
            told(
                "the formula is nested deeper than {most} levels; split it into several formulas",
                most=MAX_DEPTH,
            )
        )
    if _degree(parsed) > MAX_DEGREE:
        raise Unreadable(
            told(
                "the formula multiplies more than {most} values with each other; lower its powers",
                most=MAX_DEGREE,
            )
        )
    return parsed


def _degree(expression: tree.Expression) -> int:
    """How often values are multiplied with each other: it bounds the digits of an exact result."""
    degrees = [_degree(part) for part in tree.parts(expression)]
    match expression:
        case tree.Arithmetic("**", _, tree.Constant(Decimal() as exponent)):
            return degrees[0] * int(exponent)
        case tree.Arithmetic("*" | "/"):
            return sum(degrees)
    return max(degrees, default=1)


def _deeper_than(expression: tree.Expression, levels: int) -> bool:
    layer = [expression]
    for _ in range(levels):
        layer = [part for node in layer for part in tree.parts(node)]
        if not layer:
            return False
    return True
