"""The strict reader that stands before every schema: JSON as RFC 8259 has it, in a size that can be meant.

At most 256 KiB and 16 levels, no key twice, no NaN or Infinity, no NUL or half
of a surrogate pair, numbers of at most 30 digits, text in NFC. What a lenient
parser would silently change (the second of two keys, a float's last digit, two
spellings of one name) is refused, because a decision is proven by its facts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from unicodedata import is_normalized

from app.domain.errors import Invalid, Problem
from app.domain.messages import told

MAX_BYTES = 256 * 1024
MAX_DEPTH = 16
MAX_DIGITS = 30
MAX_EXPONENT = 30
MOST_SHOWN = 40
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
# A string, or one that never ends. Possessive: a thousand quotes are read once, not a thousand times.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Inexact:
    """A number with a fraction or an exponent, as written: nothing accepts one, and the message shows it."""

    text: str


def read(body: bytes, what: str = "The request") -> Any:
    """The JSON value in ``body``; raises ``Invalid``. Whole numbers are ints, others ``Inexact``."""
    text = plain_text(body, what)
    if _depth(body) > MAX_DEPTH:
        raise _refused(what, told("it is nested deeper than {most} levels", most=MAX_DEPTH))
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        where = told("at line {lineno}, column {colno}", lineno=error.lineno, colno=error.colno)
        raise _refused(
            what,
            told(
                "it is not JSON: {begun}{rest} {where}",
                begun=error.msg[:1].lower(),
                rest=error.msg[1:],
                where=where,
            ),
        ) from None
    except ValueError as error:
        raise _refused(what, str(error)) from None
    if "\\u" in text:
        _check_escapes(value, what)
    return value


def plain_text(body: bytes, what: str) -> str:
    """``body`` as UTF-8 in normal form C, of at most 256 KiB, without mark or NUL; raises ``Invalid``."""
    if len(body) > MAX_BYTES:
        raise _refused(what, told("it is longer than {most:,} bytes", most=MAX_BYTES))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(what, told("byte {start} is not UTF-8", start=error.start + 1)) from None
    if text.startswith("\ufeff"):
        raise _refused(what, "it starts with a byte order mark; send plain UTF-8")
    _check_text(text, what)
    return text


def _check_text(text: str, what: str) -> None:
    if _FORBIDDEN.search(text):
        raise _refused(what, "a text holds NUL or half of a surrogate pair")
    if not text.isascii() and not is_normalized("NFC", text):
        raise _refused(what, "a text is not in Unicode normal form C; normalise it before sending")


def _refused(what: str, why: str) -> Invalid:
    return Invalid(
        told("{what} cannot be read: {why}.", what=told(what), why=why), [Problem(why, code="json")]
    )


def _depth(body: bytes) -> int:
    """The deepest nesting of brackets that stand outside strings, before any parser follows it down."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return 0
    deepest = depth = 0
    for byte in _STRING.sub(b"", body):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ValueError(told("the key {twice!r} stands twice in one object", twice=twice[:MOST_SHOWN]))
    return found


def _whole(digits: str) -> int:
    _check_digits(digits)
    return int(digits)


def _inexact(number: str) -> Inexact:
    mantissa, _, exponent = number.lower().partition("e")
    _check_digits(mantissa)
    if len(exponent) > 4 or abs(int(exponent or "0")) > MAX_EXPONENT:
        raise ValueError(
            told(
                "the number {number} has an exponent beyond {most}",
                number=number[:MOST_SHOWN],
                most=MAX_EXPONENT,
            )
        )
    return Inexact(number)


def _check_digits(number: str) -> None:
    if len(number) - number.count("-") - number.count(".") > MAX_DIGITS:
        raise ValueError(
            told("the number {number}... has more than {most} digits", number=number[:12], most=MAX_DIGITS)
        )


def _never(word: str) -> Any:
    raise ValueError(told("{word} is not a number in JSON", word=word))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_key_twice, parse_float=_inexact, parse_int=_whole, parse_constant=_never
)


def _check_escapes(value: Any, what: str) -> None:
    """Escapes can write what the bytes could not: NUL, half of a pair, text out of NFC."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            _check_text(part, what)
        elif isinstance(part, dict):
            parts.extend(part)
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
