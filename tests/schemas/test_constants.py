"""A constant is exact, typed by its declaration, and refused with what would be right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.values import Kind, Value, ValueType
from schemas.constants import constant, constants, exact, listed, nearest

MONEY, PERCENT, NUMBER = ValueType(Kind.MONEY, 2), ValueType(Kind.PERCENT, 4), ValueType(Kind.NUMBER, 4)
DAYS, HOURS, DATE, YES_NO = (ValueType(kind) for kind in (Kind.DAYS, Kind.HOURS, Kind.DATE, Kind.YES_NO))
GRADES = ValueType(Kind.CHOICE, choices=("A", "B", "not_rated"))


@pytest.mark.parametrize(
    ("text", "value_type", "value"),
    [
        ("80_000.00", MONEY, Decimal("80000.00")),
        ("80000", MONEY, Decimal("80000.00")),
        ("-0.01", MONEY, Decimal("-0.01")),
        ("1_2_3", MONEY, Decimal("123.00")),
        ("0.5", MONEY, Decimal("0.50")),
        ("0.50000", MONEY, Decimal("0.50")),  # more places, and nothing in them
        ("-0", MONEY, Decimal("0.00")),
        ("30%", PERCENT, Decimal("0.3000")),
        ("0.3", PERCENT, Decimal("0.3000")),
        ("0.01%", PERCENT, Decimal("0.0001")),
        ("1000%", PERCENT, Decimal("10.0000")),
        ("1.25", NUMBER, Decimal("1.2500")),
        ("30", DAYS, 30),
        ("-5", DAYS, -5),
        ("1_440", HOURS, 1440),
        ("30.0", DAYS, 30),
        ("2024-02-29", DATE, date(2024, 2, 29)),
        ("yes", YES_NO, True),
        ("no", YES_NO, False),
        ("not_rated", GRADES, "not_rated"),
        ("any words", ValueType(Kind.TEXT), "any words"),
        (
            "123456789012345678901234567890",
            ValueType(Kind.NUMBER, 0),
            Decimal("123456789012345678901234567890"),
        ),
        ("1234567890123456789012345678.90", MONEY, Decimal("1234567890123456789012345678.90")),
    ],
)
def test_its_value(text: str, value_type: ValueType, value: Value) -> None:
    found = constant(text, value_type)
    assert found == value
    assert str(found) == str(value)  # the scale too


@pytest.mark.parametrize(
    ("text", "value_type", "message"),
    [
        ("80,000.00", MONEY, "`80,000.00` is not an amount such as 80_000.00"),
        ("1e5", MONEY, "`1e5` is not an amount such as 80_000.00"),
        ("¥100", MONEY, "`¥100` is not an amount such as 80_000.00"),
        ("８０", MONEY, "`８０` is not an amount such as 80_000.00"),
        ("٣٠", DAYS, "`٣٠` is not a whole number of days such as 30"),
        ("1__0", MONEY, "`1__0` is not an amount such as 80_000.00"),
        ("_10", MONEY, "`_10` is not an amount such as 80_000.00"),
        ("10_", MONEY, "`10_` is not an amount such as 80_000.00"),
        (".5", MONEY, "`.5` is not an amount such as 80_000.00"),
        ("5.", MONEY, "`5.` is not an amount such as 80_000.00"),
        ("+5", MONEY, "`+5` is not an amount such as 80_000.00"),
        ("30%", MONEY, "`30%` is not an amount such as 80_000.00"),
        ("30%", NUMBER, "`30%` is not a number such as 1.25"),
        ("NaN", NUMBER, "`NaN` is not a number such as 1.25"),
        ("Infinity", NUMBER, "`Infinity` is not a number such as 1.25"),
        ("0.125", MONEY, "`0.125` has too many digits; the smallest step of this money is 0.01"),
        ("0.001%", PERCENT, "`0.001%` has too many digits; the smallest step of this percent is 0.01%"),
        ("0.00001", NUMBER, "`0.00001` has too many digits; the smallest step of this number is 0.0001"),
        ("1.5", DAYS, "`1.5` is not a whole number of days such as 30"),
        ("1" * 31, MONEY, f"`{'1' * 31}` has more than 30 digits"),
        ("2026-02-30", DATE, "`2026-02-30` is not a date; write year-month-day, such as 2026-01-31"),
        ("20260131", DATE, "`20260131` is not a date; write year-month-day, such as 2026-01-31"),
        ("2026-W05-6", DATE, "`2026-W05-6` is not a date; write year-month-day, such as 2026-01-31"),
        ("2026-1-31", DATE, "`2026-1-31` is not a date; write year-month-day, such as 2026-01-31"),
        ("Yes", YES_NO, "`Yes` is not yes or no"),
        ("a", GRADES, "`a` is not one of A, B, not_rated; did you mean `A`?"),
        ("not_ratted", GRADES, "`not_ratted` is not one of A, B, not_rated; did you mean `not_rated`?"),
        ("Z", GRADES, "`Z` is not one of A, B, not_rated"),
        ("x", ValueType(Kind.RECORDS), "`x` cannot be written as list of record"),
    ],
)
def test_its_refusal(text: str, value_type: ValueType, message: str) -> None:
    with pytest.raises(ValueError, match=r"^") as refused:
        constant(text, value_type)
    assert str(refused.value) == message


def test_lists_stand_in_declared_order_and_in_the_order_of_time() -> None:
    chosen = ValueType(Kind.CHOICES, choices=("A", "B", "C"))
    assert constants(["C", "A", "C"], chosen) == ("A", "C")
    assert constants([], chosen) == ()
    days = constants(["2026-05-01", "2026-01-01"], ValueType(Kind.DATES))
    assert days == (date(2026, 1, 1), date(2026, 5, 1))


def test_a_percentage_counts_as_its_hundredth_wherever_it_stands() -> None:
    assert (exact("30%"), exact("0.05%"), exact("-5%")) == (
        Decimal("0.30"),
        Decimal("0.0005"),
        Decimal("-0.05"),
    )


def test_long_lists_of_words_are_cut() -> None:
    words = [f"W{n}" for n in range(40)]
    assert listed(words).endswith("W11, ... (40 in all)")
    assert listed(words[:12]).endswith("W10, W11")


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    assert nearest("unique", ["UNIQUE", "FIRST"]) == "; did you mean `UNIQUE`?"
    assert nearest("order_amout", ["amount", "order_amount"]) == "; did you mean `order_amount`?"
    assert nearest("colour", ["amount"]) == ""
    assert nearest("x" * 10_000, ["x" * 9_999]) == ""
