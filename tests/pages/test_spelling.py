"""Numbers in the fields of the editor ..."""

from __future__ import annotations

import pytest

from app.web.pages.editing.spelling import meant, shown


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("500_000.00", "500,000.00"),
        ("< 1_000, >= 2_000", "< 1,000, >= 2,000"),
        ("[1_000.50..20_000_000.25]", "[1,000.50..20,000,000.25]"),
        ("1_440, 2_880", "1,440, 2,880"),
        ("100, 200", "100, 200"),
        ("30%", "30%"),
    ],
)
def test_stand_as_people_write_them_and_are_read_back(written: str, seen: str) -> None:
    assert shown(written, "money") == seen
    assert meant(seen, "money") == meant(written, "money") == written


def test_are_not_run_together_where_alternatives_stand_without_a_space() -> None:
    assert shown("100,200", "days") == "100, 200"
    assert meant("100, 200", "days") == "100, 200"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1,234,567.89", "1_234_567.89"), ("> 1，000", "> 1_000"), ("1,2", "1,2"), ("12,34,567", "12,34,567")],
)
def test_are_grouped_by_threes_alone(typed: str, kept: str) -> None:
    assert meant(typed, "number") == kept


def test_are_numbers_only_where_the_type_is_one() -> None:
    assert (shown("A_1,B_2", "choice"), meant("1,000", "text")) == ("A_1,B_2", "1,000")
