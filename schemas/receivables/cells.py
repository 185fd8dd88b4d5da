"""Cells of documents: texts, days, amounts in hundredths, and the currency that is only looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from app.domain.calendar import FIRST_DAY, LAST_DAY
from app.domain.messages import told
from app.domain.values import Kind
from schemas.constants import one_of
from schemas.mapping.rows import RowMapping
from schemas.requests import MAX_NAME, NAME_PATTERN, matches

MOST = 10**15
"""Hundredths: more than that is no amount of an invoice."""
Reading: TypeAlias = Callable[[str], Any]


def reader(mapping: RowMapping, name: str) -> Reading:
    """Reads the cells of a column that a mapping copies; it raises ``ValueError``."""
    cell = mapping.cells[name]
    if cell.type is None:
        read: Reading = _text
    elif cell.type.kind is Kind.DATE:
        read = _Remembering(mapping.dates)
    elif cell.type.kind is Kind.MONEY:
        read = hundredths
    else:
        choices = cell.type.choices

        def read(written: str) -> Any:
            return one_of(written.strip(), choices) if written.strip() else None

    if not cell.words:
        return read.__getitem__ if isinstance(read, _Remembering) else read
    words, plain = cell.words, read
    return lambda written: words[written.strip()] if written.strip() in words else plain(written)


def in_currency(currency: str, words: Mapping[str, Any] | None = None) -> Reading:
    """Looks at a currency, whose ``words`` may have a meaning of their own; an empty cell names none."""

    def read(written: str) -> None:
        named = str((words or {}).get(written.strip(), written.strip()) or "")
        if named and named != currency:
            raise ValueError(
                told(
                    "the books are kept in {currency}, not in {named}; convert amounts first",
                    currency=currency,
                    named=named[:40],
                )
            )

    return read


def needed(read: Reading) -> Reading:
    """The same, but an empty cell is refused."""

    def found(written: str) -> Any:
        value = read(written)
        if value is None:
            raise ValueError("it is empty, and must not be")
        return value

    return found


class _Remembering(dict[str, Any]):
    """Dates by how they are written: a file has few of them, many times."""

    def __init__(self, dates: Callable[[str], date]) -> None:
        super().__init__()
        self._dates = dates

    def __call__(self, written: str) -> Any:
        return self[written]

    def __missing__(self, written: str) -> date | None:
        found = _day(self._dates(written.strip())) if written.strip() else None
        self[written] = found
        return found


def _day(found: date) -> date:
    if not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError(
            told(
                "{found} is no day of a document; days are from {first_day} to {last_day}",
                found=found,
                first_day=FIRST_DAY,
                last_day=LAST_DAY,
            )
        )
    return found


def _text(written: str) -> str | None:
    text = written.strip()
    if not text:
        return None
    if not (len(text) <= MAX_NAME and text.isprintable()) and not matches(NAME_PATTERN, text):
        raise ValueError(told("takes one line of at most {most} characters", most=MAX_NAME))
    return text


def hundredths(written: str) -> int | None:
    """An amount such as ``80000.00`` in hundredths; raises ``ValueError`` for any other or a negative one."""
    text = written.strip()
    if not text:
        return None
    whole, dot, part = text.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (dot and not (part.isascii() and part.isdigit())):
        raise ValueError(
            told(
                "`{text}` is not an amount; write digits, such as 80000.00, and never below 0", text=text[:40]
            )
        )
    if len(part.rstrip("0")) > 2:
        raise ValueError(told("`{text}` has too many digits; the smallest step is 0.01", text=text[:40]))
    amount = int(whole) * 100 + int(part[:2].ljust(2, "0"))
    if amount > MOST:
        raise ValueError(told("`{text}` is more than an invoice can amount to", text=text[:40]))
    return amount


def plain_value(name: str, type: str, value: Any) -> Any:
    """A typed value as documents have it."""
    if isinstance(value, Decimal):
        if value < 0:
            raise ValueError(told("`{name}` is {value}, and must not be below 0", name=name, value=value))
        if value.scaleb(2) > MOST:
            raise ValueError(
                told("`{name}` is {value}, more than an invoice can amount to", name=name, value=value)
            )
        return int(value.scaleb(2))
    if isinstance(value, date):
        return _day(value)
    return value if type != "text" or value is None else str(value)
