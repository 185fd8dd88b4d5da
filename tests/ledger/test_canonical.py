"""Canonical JSON is RFC 8785 over the part of JSON that is allowed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.canonical import NotCanonical, canonical

LARGEST = 2**53 - 1
texts = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(max_codepoint=127))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=40,
)


@dataclass
class Thing:
    a: int = 1


class Word(StrEnum):
    ONE = "one"


class Number(IntEnum):
    ONE = 1


def escaped(character: str) -> str:
    """RFC 8785, section 3.2.2.2, letter by letter."""
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    if character in short:
        return short[character]
    return f"\\u{ord(character):04x}" if ord(character) < 0x20 else character


def by_the_rfc(value: object) -> str:
    """A second canonicaliser, written from the text of the RFC and in no hurry."""
    if isinstance(value, str):
        return '"' + "".join(map(escaped, value)) + '"'
    if isinstance(value, dict):
        ordered = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{by_the_rfc(key)}:{by_the_rfc(value[key])}" for key in ordered) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(by_the_rfc, value)) + "]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(values)
def test_it_is_byte_for_byte_what_the_rfc_says(value):
    assert canonical(value) == by_the_rfc(value).encode()


def test_every_character_of_the_basic_plane_is_escaped_as_the_rfc_says():
    for code in (*range(0xD800), *range(0xE000, 0x10000), 0x1F600):
        assert canonical(chr(code)) == by_the_rfc(chr(code)).encode()


@given(values)
def test_it_reads_back_as_the_same_value(value):
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(keys, st.integers(0, 9), min_size=2))
def test_the_order_in_which_keys_were_put_in_does_not_show(mapping):
    assert canonical(mapping) == canonical(dict(reversed(mapping.items())))


def test_a_tuple_is_an_array_and_a_word_of_an_enumeration_its_text():
    assert canonical({"a": (1, Word.ONE)}) == b'{"a":[1,"one"]}'


@pytest.mark.parametrize("number", [LARGEST, -LARGEST, 0])
def test_integers_below_two_to_the_53_are_written_out(number):
    assert canonical([number]) == f"[{number}]".encode()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.1, "the float 0.1 has no exact form here: write a decimal as a text"),
        ({"a": [1, {"b": float("nan")}]}, "the float nan"),
        (Decimal("0.10"), r"a Decimal \(Decimal\('0.10'\)\) is not JSON: write it as a text"),
        (date(2026, 11, 21), "a date"),
        (UUID(int=0), "a UUID"),
        (Thing(), "a Thing"),
        (Number.ONE, "a Number"),
        (b"bytes", "a bytes"),
        ({1, 2}, "a set"),
        (2**53, "53-bit"),
        (-(2**53), "53-bit"),
        ({"é": 1}, "the key 'é' is not an ASCII text"),
        ({1: 1}, "the key 1 is not an ASCII text"),
        ({None: 1}, "the key None is not an ASCII text"),
        ({Word.ONE: 1}, "key must be str"),
        ("\ud800", "surrogates"),
    ],
)
def test_what_has_no_one_form_is_refused_in_words(value, message):
    with pytest.raises(NotCanonical, match=message):
        canonical(value)
    with pytest.raises(NotCanonical, match=message):
        canonical({"deep": [{"down": value}]})
