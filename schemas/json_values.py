"""Typed values from JSON and back.

In JSON, yes_no is true or false, days and hours are integers, a choice is a
string, a date ISO 8601, and money, percent and number are decimal strings:
integers are accepted, floats are not, because they have already lost digits.
Unknown is null.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.messages import told
from app.domain.values import (
    DECIMAL_KINDS,
    MAX_DIGITS,
    MOST_WHOLE,
    WHOLE_KINDS,
    Kind,
    Value,
    Values,
    ValueType,
)
from schemas.constants import FORMS, constant, constants, listed
from schemas.json_text import Inexact

MAX_TEXT = 2000
DECIMAL_PATTERN = r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$"
ANSWERED_DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
_DECIMAL = re.compile(DECIMAL_PATTERN.strip("^$"))
_LONGEST_WORD = 100
_SHOWN = 40
_ACCEPTED = {
    **FORMS,
    Kind.MONEY: 'a decimal string such as "80000.00", or an integer',
    Kind.PERCENT: 'a decimal string such as "0.30", or an integer',
    Kind.NUMBER: 'a decimal string such as "1.25", or an integer',
    Kind.DAYS: "an integer of at most 2^53 - 1",
    Kind.HOURS: "an integer of at most 2^53 - 1",
    Kind.DATE: 'a date such as "2026-01-31"',
    Kind.YES_NO: "true or false",
    Kind.TEXT: told("a text of at most {most:,} characters", most=MAX_TEXT),
}


def accepted(value_type: ValueType) -> str:
    """What a fact of that type takes in JSON, for messages."""
    if value_type.kind is Kind.CHOICE:
        return told("one of {words}", words=listed(value_type.choices))
    if value_type.kind is Kind.CHOICES:
        return told("a list of {words}, each at most once", words=listed(value_type.choices))
    return _ACCEPTED[value_type.kind]


def value_from_json(value: Any, value_type: ValueType) -> Value:
    """The exact value of one JSON value; raises ``ValueError`` saying what came and what is accepted."""
    kind = value_type.kind
    if not _has_form(value, kind):
        raise ValueError(
            told(
                "came as {value}, and it takes {accepted}", value=_shown(value), accepted=accepted(value_type)
            )
        )
    if kind in _AS_IT_IS:
        return value
    if kind is Kind.CHOICES:
        return constants(value, value_type)
    typed = constant(str(value), value_type)
    if kind in DECIMAL_KINDS and typed.adjusted() >= MAX_DIGITS - value_type.decimals:
        # It is stored with every digit of its scale, and must be read again when it is replayed.
        decimals = value_type.decimals
        raise ValueError(
            told(
                "`{value}` has more than {most} digits, {decimals} of them decimals",
                value=value,
                most=MAX_DIGITS,
                decimals=decimals,
            )
        )
    return typed


_AS_IT_IS = WHOLE_KINDS | {Kind.YES_NO, Kind.TEXT}


def _has_form(value: Any, kind: Kind) -> bool:
    """Whether the JSON value is of the kind's form; a bool is no number."""
    if kind in DECIMAL_KINDS:
        return value.__class__ is int or (isinstance(value, str) and _DECIMAL.fullmatch(value) is not None)
    if kind in WHOLE_KINDS:
        return value.__class__ is int and -MOST_WHOLE <= value <= MOST_WHOLE
    if kind is Kind.YES_NO:
        return isinstance(value, bool)
    if kind is Kind.CHOICES:
        return isinstance(value, list) and all(map(_is_word, value)) and len(set(value)) == len(value)
    return isinstance(value, str) and len(value) <= (MAX_TEXT if kind is Kind.TEXT else _LONGEST_WORD)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_WORD


def _shown(value: Any) -> str:
    if isinstance(value, Inexact):
        return told("the float {text}", text=value.text)
    if isinstance(value, str):
        return told("the text {value!r}{more}", value=value[:_SHOWN], more="..." * (len(value) > _SHOWN))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return told("the integer {value}", value=value)
    if isinstance(value, list):
        return (
            told("the list {value}", value=listed([str(one)[:_SHOWN] for one in value], 4))
            if all(map(_is_word, value))
            else "a list"
        )
    return "null" if value is None else "an object"


def json_value(value: Value) -> Any:
    """A typed value in its JSON form: decimals as strings with every digit of their scale."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [json_value(one) for one in value]
    if isinstance(value, dict):
        return {name: json_value(one) for name, one in value.items()}
    return value


def json_values(values: Values) -> dict[str, Any]:
    """Several typed values in their JSON form, None as null."""
    return {
        name: value
        if value is None or value.__class__ is str or value.__class__ is int
        else json_value(value)
        for name, value in values.items()
    }
