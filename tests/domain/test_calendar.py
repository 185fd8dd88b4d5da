"""Dates in formulas: whole months end on the last valid day, business days skip weekends and holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.calendar import add_days, add_months, days_between, next_business_day, whole_months_between


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 2, "2026-03-31"),  # from the day itself, not from the shortened one
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-31", -2, "2025-11-30"),
        ("2026-01-15", 0, "2026-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_valid_one(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-15", "2026-01-15", 0),
        ("2026-01-15", "2026-02-14", 0),
        ("2026-01-15", "2026-02-15", 1),
        ("2026-01-15", "2026-04-14", 2),  # three months less a day
        ("2026-01-31", "2026-02-27", 0),
        ("2026-01-31", "2026-02-28", 1),  # the last valid day
        ("2024-01-31", "2024-02-28", 0),
        ("2024-02-29", "2025-02-28", 12),
        ("2026-02-28", "2026-03-31", 1),
        ("2025-01-15", "2026-01-15", 12),
        ("2026-02-15", "2026-01-15", -1),
        ("2026-02-14", "2026-01-15", 0),
        ("2026-02-28", "2026-01-31", -1),
    ],
)
def test_whole_months_are_those_that_have_passed(start: str, end: str, months: int) -> None:
    assert whole_months_between(day(start), day(end)) == months


def test_whole_months_are_the_most_that_can_be_added_without_passing_the_end() -> None:
    for start in (day("2024-01-29"), day("2024-01-31"), day("2025-11-30")):
        for later in range(0, 800, 3):
            end = start + timedelta(days=later)
            months = whole_months_between(start, end)
            reached, passed = add_months(start, months), add_months(start, months + 1)
            assert reached is not None
            assert passed is not None
            assert reached <= end < passed


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-01-16", "2026-01-16"),  # a Friday is one itself
        ("2026-01-17", "2026-01-20"),  # Saturday, Sunday, then a holiday
        ("2026-01-19", "2026-01-20"),
        ("2026-02-14", "2026-02-24"),  # a whole festival
    ],
)
def test_the_next_business_day_is_no_weekend_and_no_holiday(start: str, expected: str) -> None:
    festival = [day("2026-02-16") + timedelta(days=n) for n in range(8)]
    assert next_business_day(day(start), (day("2026-01-19"), *festival)) == day(expected)


def test_days_between_count_from_the_first_to_the_second() -> None:
    assert days_between(day("2024-02-28"), day("2024-03-01")) == 2
    assert days_between(day("2024-03-01"), day("2024-02-28")) == -2


def test_days_are_added_in_whole() -> None:
    assert add_days(day("2024-02-28"), 2) == day("2024-03-01")
    assert add_days(day("2024-03-01"), -1) == day("2024-02-29")


@pytest.mark.parametrize("far", [10**6, 10**9, 10**30, -(10**6)])
def test_what_lies_outside_the_years_1_to_9999_is_unknown(far: int) -> None:
    assert add_months(day("2026-01-15"), far) is None
    assert add_days(day("2026-01-15"), far * 31) is None


def test_a_business_day_after_the_end_of_time_is_unknown() -> None:
    last = date.max
    assert next_business_day(last, (last,)) is None
