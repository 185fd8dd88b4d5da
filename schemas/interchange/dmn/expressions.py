"""Reads expressions and unary tests of S-FEEL (DMN 1.5, 9.2), with names that hold blanks.

Beyond S-FEEL, ``and``, ``or``, ``if``, lists, contexts and paths are read, for public
models use them freely; functions are those that ``FUNCTIONS`` names. Anything else is
``Unreadable`` and said so: nothing is half understood.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from schemas.interchange.dmn.feel import split, unquoted
from schemas.interchange.dmn.trees import (
    Binary,
    Call,
    Compared,
    Conditional,
    Constant,
    Context,
    Listed,
    Member,
    Name,
    Negative,
    Tests,
    Tree,
    Within,
)
from schemas.unreadable import Unreadable

FUNCTIONS = frozenset(
    {"not", "sum", "min", "max", "count", "abs", "floor", "ceiling", "list contains", "date"}
)
_TEMPORAL = frozenset({"time", "date and time", "duration", "years and months duration"})
MOST_LENGTH, MOST_DEPTH = 10_000, 60
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)|(?P<at>@"[^"]*")"""
    r"""|(?P<sign>\*\*|<=|>=|!=|\.\.|[-+*/()<>=,\[\]{}:.])|(?P<word>[^\W\d]\w*))""",
    re.VERBOSE,
)
_LEVELS = (("or",), ("and",), ("<=", ">=", "!=", "<", ">", "="), ("+", "-"), ("*", "/"), ("**",))
_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL)
_RANGE = re.compile(r"([\[\](])(.+?)\.\.(.+)([\[\])])", re.DOTALL)
_COMPARED = re.compile(r"(<=|>=|<|>|!=|=)(.+)", re.DOTALL)


def expression(text: str, names: Collection[str]) -> Tree:
    """The tree of an expression in which ``names`` may be read; raises ``Unreadable``."""
    if len(text) > MOST_LENGTH:
        raise Unreadable(f"an expression of more than {MOST_LENGTH:,} characters is not read")
    return _Parser(text, names).whole()


def unary_tests(text: str, names: Collection[str]) -> Tests:
    """The tests of one cell; raises ``Unreadable``."""
    if text in ("", "-"):
        return Tests()
    negated = _NOT.fullmatch(text)
    return Tests(tuple(_alternatives(negated[1] if negated else text, names)), negated is not None)


def _alternatives(text: str, names: Collection[str]) -> Iterator[Compared | Within]:
    for part in split(text):
        ranged, compared = _RANGE.fullmatch(part), _COMPARED.fullmatch(part)
        if ranged:
            low, high = expression(ranged[2], names), expression(ranged[3], names)
            yield Within(low, ranged[1] == "[", high, ranged[4] == "]")
        elif compared:
            yield Compared(compared[1], expression(compared[2], names))
        else:
            yield Compared("=", expression(part, names))


class _Parser:
    def __init__(self, text: str, names: Collection[str]) -> None:
        self._text = text
        self._tokens = list(_tokens(text, sorted({*names, *FUNCTIONS, *_TEMPORAL}, key=len, reverse=True)))
        self._entries_so_far: set[str] = set()
        self._at = 0
        self._depth = 0

    def whole(self) -> Tree:
        """The tree of the whole text."""
        found = self._any()
        if self._at < len(self._tokens):
            raise self._wrong()
        return found

    def _any(self) -> Tree:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise Unreadable(f"`{self._text[:60]}` is nested deeper than {MOST_DEPTH} levels")
        found = self._conditional() if self._take("if") else self._level(0)
        self._depth -= 1
        return found

    def _conditional(self) -> Tree:
        condition = self._any()
        self._need("then")
        then = self._any()
        self._need("else")
        return Conditional(condition, then, self._any())

    def _level(self, level: int) -> Tree:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while (sign := self._sign()) in _LEVELS[level]:
            self._at += 1
            left = Binary(sign, left, self._level(level + 1))
        return left

    def _unary(self) -> Tree:
        if self._take("-"):
            self._depth += 1
            if self._depth > MOST_DEPTH:
                raise Unreadable(f"`{self._text[:60]}` is nested deeper than {MOST_DEPTH} levels")
            negative = Negative(self._unary())
            self._depth -= 1
            return negative
        found = self._primary()
        while self._take("."):
            kind, word = self._next()
            if kind not in ("name", "word"):
                raise self._wrong()
            found = Member(found, word)
        return found

    def _primary(self) -> Tree:
        kind, word = self._next()
        if kind == "number":
            return Constant(Decimal(word))
        if kind == "string":
            return Constant(unquoted(word))
        if kind == "at":
            return Constant(_day(word[2:-1]))
        if word in ("true", "false", "null"):
            return Constant({"true": True, "false": False, "null": None}[word])
        if kind == "name":
            return self._named(word)
        if word in self._entries_so_far:
            return Name(word)
        if word == "(":
            found = self._any()
            self._need(")")
            return found
        if word == "[":
            return Listed(tuple(self._several("]")))
        if word == "{":
            return Context(tuple(self._entries()))
        self._at -= 1
        raise self._wrong()

    def _named(self, word: str) -> Tree:
        if word in _TEMPORAL and self._sign() == "(":
            raise Unreadable(f"times and durations are not read: `{word}(...)`")
        if word not in FUNCTIONS or self._sign() != "(":
            return Name(word)
        self._need("(")
        arguments = tuple(self._several(")"))
        if word != "date":
            return Call(word, arguments)
        if len(arguments) != 1 or not isinstance(arguments[0], Constant):
            raise Unreadable('a date is written date("2026-01-31")')
        return Constant(_day(str(arguments[0].value)))

    def _several(self, end: str) -> Iterator[Tree]:
        if self._take(end):
            return
        yield self._any()
        while self._take(","):
            yield self._any()
        self._need(end)

    def _entries(self) -> Iterator[tuple[str, Tree]]:
        while not self._take("}"):
            kind, word = self._next()
            if kind not in ("word", "name", "string"):
                raise self._wrong()
            self._need(":")
            yield (unquoted(word) if kind == "string" else word), self._any()
            self._entries_so_far.add(word)
            self._take(",")

    def _sign(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise Unreadable(f"`{self._text[:60]}` ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, word: str) -> bool:
        taken = self._sign() == word and self._tokens[self._at][0] != "string"
        self._at += taken
        return taken

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise Unreadable(f"`{self._text[:60]}`: `{word}` is missing")

    def _wrong(self) -> Unreadable:
        word = self._sign()
        if self._tokens[self._at : self._at + 1] and self._tokens[self._at][0] == "word":
            return Unreadable(f"`{word}` is no name that can be read here, and no function of S-FEEL")
        return Unreadable(f"`{self._text[:60]}` cannot be read from `{word}` on")


def _tokens(text: str, names: list[str]) -> Iterator[tuple[str, str]]:
    """Kind and text of each token; the longest known name that stands somewhere is one."""
    at = 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        named = next((one for one in names if _stands(one, text, at)), None)
        if named is not None:
            yield "name", named
            at += len(named)
            continue
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise Unreadable(f"`{text[:60]}` cannot be read from `{text[at : at + 10]}` on")
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _stands(name: str, text: str, at: int) -> bool:
    end = at + len(name)
    return text.startswith(name, at) and not (name[-1].isalnum() and text[end : end + 1].isalnum())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"`{text}` is no day that is read here; write year-month-day") from None
