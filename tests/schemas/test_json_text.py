"""The strict reader ..."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest

from app.domain.errors import Invalid
from schemas.json_text import MAX_BYTES, MAX_DEPTH, Inexact, read

DEEP = MAX_DEPTH + 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"null", None),
        (b" \t\r\n true \n", True),
        (b"-0", 0),
        (b"9007199254740993", 9007199254740993),
        (b"-" + b"9" * 30, -(10**30 - 1)),
        (b"1.50", Inexact("1.50")),
        (b"1E2", Inexact("1E2")),
        (b"-1.5e-30", Inexact("-1.5e-30")),
        (b'"\\u4ed8\\u6b3e"', "付款"),
        ('"付款"'.encode(), "付款"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
        (b'"[[[[[[[[[[[[[[[[[[[[{{{{{{"', "[[[[[[[[[[[[[[[[[[[[{{{{{{"),
        (b'{"a": [1, {"b": []}], "": ""}', {"a": [1, {"b": []}], "": ""}),
        (b'{"a": {"b": 1}, "b": {"a": 1}}', {"a": {"b": 1}, "b": {"a": 1}}),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
        (b"[" + b"[]," * 1000 + b"[]]", [[]] * 1001),
    ],
)
def test_reads_what_rfc_8259_allows(text: bytes, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "expecting value at line 1, column 1"),
        (b" ", "expecting value"),
        (b"{", "expecting property name"),
        (b'{"a" 1}', "expecting ':'"),
        (b'{"a": 1,}', "not JSON"),
        (b"[1 2]", "expecting ','"),
        (b"[1,]", "not JSON"),
        (b"{} {}", "extra data"),
        (b"{'a': 1}", "expecting property name"),
        (b"{a: 1}", "expecting property name"),
        (b"// no\n{}", "expecting value"),
        (b"01", "extra data"),
        (b"+1", "expecting value"),
        (b".5", "expecting value"),
        (b"1.", "extra data"),
        (b"1e", "extra data"),
        (b"0x10", "extra data"),
        (b"--1", "expecting value"),
        (b"True", "expecting value"),
        (b"undefined", "expecting value"),
        (b"NaN", "NaN is not a number"),
        (b"[Infinity]", "Infinity is not a number"),
        (b'{"a": -Infinity}', "-Infinity is not a number"),
        (b'"\n"', "control character"),
        (b'"a\x00b"', "NUL"),
        (b"{}\x00", "NUL"),
        (b'"\\x41"', "escape"),
        (b'"\\u12"', "escape"),
        (b'"abc', "unterminated"),
        (b'"\\u0000"', "NUL"),
        (b'{"\\u0000": 1}', "NUL"),
        (b'"\\ud800"', "half of a surrogate pair"),
        (b'{"a": ["\\udc00\\ud800"]}', "half of a surrogate pair"),
        (b'"\xed\xa0\x80"', "byte 2 is not UTF-8"),
        (b'"\xff"', "byte 2 is not UTF-8"),
        (b'"\xc0\xaf"', "byte 2 is not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ("{}".encode("utf-16"), "not UTF-8"),
        ("{}".encode("utf-16-be"), "NUL"),
        ('"e\u0301"'.encode(), "normal form C"),
        (b'"e\\u0301"', "normal form C"),
        ('{"e\u0301": 1}'.encode(), "normal form C"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": 1, "\\u0061": 2}', "'a' stands twice"),
        (b'[{"b": {"a": 1, "c": 1, "a": 1}}]', "'a' stands twice"),
        (b"1" * 31, "more than 30 digits"),
        (b"0." + b"1" * 30, "more than 30 digits"),
        (b"1" * 5000, "more than 30 digits"),
        (b"1e31", "exponent beyond 30"),
        (b"-1e-31", "exponent beyond 30"),
        (b"1e99999999999999999999", "exponent beyond 30"),
        (b"[" * DEEP + b"]" * DEEP, "deeper than 16 levels"),
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "deeper than 16 levels"),
        (b"[" * 100_000, "deeper than 16 levels"),
        (b'["\\"", ' + b"[" * 100_000, "deeper than 16 levels"),
    ],
)
def test_refuses_and_says_why(text: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=re.escape(says)) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert problem.code == "json"
    assert caught.value.message.startswith("The request cannot be read: ")
    assert len(caught.value.message) < 250


def test_reads_a_text_of_the_greatest_size_and_none_beyond() -> None:
    text = b'"' + b"x" * (MAX_BYTES - 2) + b'"'
    assert len(read(text)) == MAX_BYTES - 2
    with pytest.raises(Invalid, match="longer than 262,144 bytes"):
        read(text + b" ")


@pytest.mark.parametrize(
    "text",
    [
        b'{"' + b'\\"' * 130_000,
        b"[" * 17 + b'"' + b'\\"' * 130_000,
        b"[" * 17 + b'"' + b"\\" * 260_000,
        b"[" * 17 + b'""' * 130_000,
        b"[" + b"{}," * 87_000,
        b"{" + b",".join(b'"%d":0' % number for number in range(25_000)) + b',"7":1}',
        b"9" * 262_144,
        b"[" + b"1e5," * 65_000 + b"1]",
        b'"' + ("e\u0301" * 87_000).encode() + b'"',
        b'"' + b"\\u0041" * 43_000 + b'"',
    ],
    ids=lambda text: repr(text[:20]),
)
def test_comes_to_an_end_with_a_text_made_to_keep_it_busy(text: bytes) -> None:
    with suppress(Invalid):  # a reader that tries every pairing of these marks would be at it for hours
        read(text)
