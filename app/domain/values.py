"""Fact types and their exact values.

One Python value a kind: money, percent and number are ``Decimal`` at the
declared scale, days and hours ``int``, date ``datetime.date``, yes_no ``bool``,
choice ``str``, a list of choices a tuple in declared order, text ``str``, a
list of records a tuple of dicts. **Unknown is None**, whatever the kind: a
missing fact is not a clean record, so it is never a zero or an empty text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any

Scalar = Decimal | int | date | bool | str
Value = Any  # Scalar | tuple[str, ...] | tuple[date, ...] | tuple[dict[str, Scalar], ...] | None
Values = Mapping[str, Value]

LANGUAGES = ("en", "zh")


class Kind(StrEnum):
    """What a value is; the words are those of a ruleset's ``type``."""

    MONEY = "money"
    PERCENT = "percent"
    NUMBER = "number"
    DAYS = "days"
    HOURS = "hours"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "list of choice"
    TEXT = "text"
    RECORDS = "list of record"
    DATES = "list of date"


SCALES: Mapping[Kind, int] = {Kind.MONEY: 2, Kind.PERCENT: 4, Kind.NUMBER: 4}
DECIMAL_KINDS = frozenset(SCALES)
WHOLE_KINDS = frozenset({Kind.DAYS, Kind.HOURS})
NUMERIC_KINDS = DECIMAL_KINDS | WHOLE_KINDS
ORDERED_KINDS = NUMERIC_KINDS | {Kind.DATE}
MAX_DIGITS = 30
MOST_WHOLE = 2**53 - 1  # days and hours are JSON numbers, and many programs read a larger one as another


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people, in every language of the service."""

    en: str
    zh: str

    def said_in(self, language: str) -> str:
        """The text in ``language``, ``en`` or ``zh``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class ValueType:
    """A kind with what narrows it: scale, choices in declared order, the fields of a record."""

    kind: Kind
    decimals: int = 0
    choices: tuple[str, ...] = ()
    choice_labels: Mapping[str, Text] = field(default_factory=dict, hash=False, compare=False)
    fields: Mapping[str, ValueType] = field(default_factory=dict, hash=False)
    field_labels: Mapping[str, Text] = field(default_factory=dict, hash=False, compare=False)

    @property
    def numeric(self) -> bool:
        """Whether formulas may calculate with it."""
        return self.kind in NUMERIC_KINDS

    @property
    def ordered(self) -> bool:
        """Whether ``<`` has a meaning for it."""
        return self.kind in ORDERED_KINDS

    def label_of(self, choice: str) -> Text:
        """The words for one choice; a bare code stands for itself in both languages."""
        return self.choice_labels.get(choice) or Text(choice, choice)


_QUANTISE = Context(prec=80, rounding=ROUND_HALF_EVEN)
_EXACT = Context(prec=80, traps=[InvalidOperation, Inexact])
_SCALE_STEPS = tuple(Decimal(1).scaleb(-n) for n in range(13))


def quantised(number: Decimal | Fraction | int, decimals: int) -> Decimal:
    """``number`` at ``decimals`` places, half-even: the only rounding that a formula does.

    Raises ``OverflowError`` when it has more digits than any amount could.
    """
    try:
        if type(number) is Decimal or type(number) is int:  # asked first: a fraction's class is slow to ask
            result = _QUANTISE.quantize(number, _SCALE_STEPS[decimals])
        else:
            result = _EXACT.create_decimal(_rounded(Fraction(number), decimals)).scaleb(-decimals, _EXACT)
    except (InvalidOperation, Inexact) as error:
        raise OverflowError("a number of more than 80 digits") from error
    return result if result else _SCALE_STEPS[decimals] * 0  # there is no minus zero


def _rounded(number: Fraction, decimals: int) -> int:
    """``number`` in units of the last decimal, half-even: by integers alone, so exact and quick."""
    whole, rest = divmod(number.numerator * 10**decimals, number.denominator)
    twice = 2 * rest
    up = twice > number.denominator or (twice == number.denominator and whole % 2 == 1)
    return int(whole) + int(up)


def of_type(value_type: ValueType, number: Decimal | Fraction | int) -> Decimal | int:
    """A calculated number as a value of ``value_type``, rounded once to its scale.

    Raises ``OverflowError`` when it is larger than any such value.
    """
    exact = quantised(number, value_type.decimals)
    if value_type.kind not in WHOLE_KINDS:
        return exact
    if abs(exact) > MOST_WHOLE:
        raise OverflowError(f"a number of {value_type.kind} beyond 2^53 - 1")
    return int(exact)
