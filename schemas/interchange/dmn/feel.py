"""Single words of FEEL: splitting at commas, and constants of ours as FEEL writes them and back."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator
from decimal import Decimal

from app.domain.messages import told
from app.domain.values import Kind, ValueType
from schemas.constants import DAY, NUMBER, exact
from schemas.unreadable import Unreadable

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
FEEL_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
FEEL_DATE = re.compile(r'date\(\s*"([0-9]{4}-[0-9]{2}-[0-9]{2})"\s*\)|@"([0-9]{4}-[0-9]{2}-[0-9]{2})"')
FEEL_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_OPENING, _CLOSING = "([{", ")]}"
_ENDPOINT = r'(?:"(?:[^"\\]|\\.)*"|\([^()]*\)|\.(?!\.)|[^"()\[\],.])+'
_RANGE = re.compile(rf"\s*[\[\](]{_ENDPOINT}\.\.{_ENDPOINT}[\[\])](?=\s*(?:,|$))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)


def split(text: str) -> Iterator[str]:
    """The parts of ``text`` between commas that stand in no quotes, brackets or braces.

    The brackets of a range may open to the outside, as in ``]1..2[``.
    """
    depth, start, at = 0, 0, 0
    while at < len(text):
        ranged = _RANGE.match(text, at) if at == start else None
        if ranged:
            at = ranged.end()
            continue
        quoted = STRING.match(text, at)
        if quoted:
            at = quoted.end()
            continue
        sign = text[at]
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if sign == "," and depth <= 0:
            yield text[start:at].strip()
            start = at + 1
        at += 1
    yield text[start:].strip()


def quoted(word: str) -> str:
    """A word as a FEEL string."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(text: str) -> str:
    """What a FEEL string says."""
    return _ESCAPE.sub(_meant, text[1:-1])


def _meant(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    if code:
        return chr(int(code, 16)) if int(code, 16) <= sys.maxunicode else escape[0]
    return _ESCAPES.get(escape[3], escape[3])


def to_feel(word: str, value_type: ValueType | None, names: Collection[str]) -> str:
    """A constant or a name of ours as FEEL; a word that is neither a name nor a number is a string."""
    choices = value_type.choices if value_type else ()
    if word.startswith('"'):
        return word
    if word in names and word not in choices:
        return word
    if value_type is not None and value_type.kind is Kind.YES_NO and word in ("yes", "no"):
        return "true" if word == "yes" else "false"
    if value_type is not None and value_type.numeric and NUMBER.fullmatch(word):
        return f"{exact(word).normalize():f}"
    if value_type is not None and value_type.kind is Kind.DATE and DAY.fullmatch(word):
        return f'date("{word}")'
    return quoted(word)


def from_feel(text: str, value_type: ValueType | None) -> str:
    """A constant or a name of FEEL as a cell of ours writes it; raises ``Unreadable``."""
    kind = value_type.kind if value_type else None
    if STRING.fullmatch(text):
        word = unquoted(text)
        return word if kind is None or _BARE.fullmatch(word) else text
    if text in ("true", "false"):
        return "yes" if text == "true" else "no"
    if FEEL_NUMBER.fullmatch(text):
        if kind is Kind.PERCENT:
            return f"{(Decimal(text) * 100).normalize():f}%"
        return f"{Decimal(text):f}"
    day = FEEL_DATE.fullmatch(text)
    if day:
        return day[1] or day[2]
    if FEEL_NAME.fullmatch(text):
        return text
    raise Unreadable(told("`{text}` cannot be said in a cell: it is no constant and no name", text=text))
