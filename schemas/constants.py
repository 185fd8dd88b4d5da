"""Constants as people write them, typed by declaration: ``80_000.00``, ``30%``, ``2026-01-01``, ``yes``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from app.domain.messages import joined, told
from app.domain.values import (
    MAX_DIGITS,
    NUMERIC_KINDS,
    WHOLE_KINDS,
    Kind,
    Value,
    ValueType,
    quantised,
)

NUMBER = re.compile(r"-?[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?%?")
MOST_COMPARED, LONGEST_COMPARED = 1000, 64
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FORMS = {
    Kind.MONEY: "an amount such as 80_000.00",
    Kind.PERCENT: "a percentage such as 30% or 0.3",
    Kind.NUMBER: "a number such as 1.25",
    Kind.DAYS: "a whole number of days such as 30",
    Kind.HOURS: "a whole number of hours such as 24",
    Kind.DATE: "a date such as 2026-01-31",
    Kind.YES_NO: "yes or no",
    Kind.TEXT: "a text",
}


def constant(text: str, value_type: ValueType) -> Value:
    """The value that ``text`` writes; raises ``ValueError`` saying what would be right."""
    kind = value_type.kind
    if kind in NUMERIC_KINDS:
        return _number(text, value_type)
    if kind is Kind.DATE:
        return day(text)
    if kind is Kind.YES_NO:
        if text not in ("yes", "no"):
            raise ValueError(told("`{text}` is not yes or no", text=text))
        return text == "yes"
    if kind is Kind.CHOICE:
        return one_of(text, value_type.choices)
    if kind is Kind.TEXT:
        return str(text)
    raise ValueError(told("`{text}` cannot be written as {kind}", text=text, kind=kind))


def constants(texts: Sequence[str], value_type: ValueType) -> tuple[Value, ...]:
    """A list of choices in declared order, or a list of dates in the order of time; raises ``ValueError``."""
    if value_type.kind is Kind.DATES:
        return tuple(sorted(day(text) for text in texts))
    chosen = {one_of(text, value_type.choices) for text in texts}
    return tuple(choice for choice in value_type.choices if choice in chosen)


def one_of(text: str, choices: Sequence[str]) -> str:
    """``text`` if it is one of ``choices``; raises ``ValueError`` naming the nearest, or all."""
    if text in choices:
        return str(text)
    raise ValueError(
        told(
            "`{text}` is not one of {choices}{near}",
            text=text,
            choices=listed(choices),
            near=nearest(text, choices),
        )
    )


def day(text: str) -> date:
    """An ISO 8601 calendar date, in its extended form only; raises ``ValueError``."""
    try:
        if not DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            told("`{text}` is not a date; write year-month-day, such as 2026-01-31", text=text)
        ) from None


def exact(text: str) -> Decimal:
    """An untyped number, a percentage counting as its hundredth; raises ``ValueError``."""
    if not NUMBER.fullmatch(text):
        raise ValueError(told("`{text}` is not a number; write digits, such as 80_000.00 or 30%", text=text))
    digits = text.rstrip("%").replace("_", "")
    if sum(map(str.isdigit, digits)) > MAX_DIGITS:
        raise ValueError(told("`{text}` has more than {most} digits", text=text, most=MAX_DIGITS))
    return Decimal(f"{digits}e-2" if text.endswith("%") else digits)


def _number(text: str, value_type: ValueType) -> Decimal | int:
    if not NUMBER.fullmatch(text) or (text.endswith("%") and value_type.kind is not Kind.PERCENT):
        raise ValueError(told("`{text}` is not {wanted}", text=text, wanted=FORMS[value_type.kind]))
    written = exact(text)
    number = quantised(written, value_type.decimals)
    if number != written:
        raise ValueError(told("`{text}` {fault}", text=text, fault=_too_long(value_type)))
    return int(number) if value_type.kind in WHOLE_KINDS else number


def _too_long(value_type: ValueType) -> str:
    kind, decimals = value_type.kind, value_type.decimals
    if kind in WHOLE_KINDS:
        return told("is not {wanted}", wanted=FORMS[kind])
    least = (
        f"{Decimal(1).scaleb(2 - decimals):f}%"
        if kind is Kind.PERCENT
        else f"{Decimal(1).scaleb(-decimals):f}"
    )
    return told("has too many digits; the smallest step of this {kind} is {least}", kind=kind, least=least)


def listed(words: Sequence[str], most: int = 12) -> str:
    """``A, B, C`` for a message, cut where a reader would stop reading."""
    shown = joined(", ", words[:most])
    if len(words) <= most:
        return shown
    return told("{shown}, ... ({number} in all)", shown=shown, number=len(words))


def nearest(word: str, words: Sequence[str]) -> str:
    """``; did you mean `x`?``, or nothing when no word comes near; of very many only the first are tried."""
    if len(word) > LONGEST_COMPARED:
        return ""
    folded = {one.casefold(): one for one in reversed(words[:MOST_COMPARED])}
    close = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.7)
    return told("; did you mean `{word}`?", word=folded[close[0]]) if close else ""
