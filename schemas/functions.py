"""The functions of formulas and what each takes. There are no others, and none of a user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NUMBER, DATE, YES_NO, LIST, CHOICE, DATES, ANY, PLACES = (
    "a number", "a date", "yes or no", "a list of choice", "a choice", "a list of date", "a name", "places",
)  # fmt: skip


class Signature(NamedTuple):
    """What a function takes; ``repeats`` lets the last argument stand any number of times."""

    takes: tuple[str, ...]
    gives: str
    shown: str
    repeats: bool = False


SIGNATURES: Mapping[str, Signature] = {
    "min": Signature((NUMBER, NUMBER), NUMBER, "min(a, b, ...)", repeats=True),
    "max": Signature((NUMBER, NUMBER), NUMBER, "max(a, b, ...)", repeats=True),
    "abs": Signature((NUMBER,), NUMBER, "abs(a)"),
    "floor": Signature((NUMBER,), NUMBER, "floor(a)"),
    "ceiling": Signature((NUMBER,), NUMBER, "ceiling(a)"),
    "round": Signature((NUMBER, PLACES), NUMBER, "round(a, 2)"),
    "known": Signature((ANY,), YES_NO, "known(a)"),
    "not": Signature((YES_NO,), YES_NO, "not(a)"),
    "contains": Signature((LIST, CHOICE), YES_NO, "contains(list, A)"),
    "least_known": Signature((NUMBER, NUMBER), NUMBER, "least_known(a, b, ...)", repeats=True),
    "greatest_known": Signature((NUMBER, NUMBER), NUMBER, "greatest_known(a, b, ...)", repeats=True),
    "days_between": Signature((DATE, DATE), NUMBER, "days_between(from, to)"),
    "whole_months_between": Signature((DATE, DATE), NUMBER, "whole_months_between(from, to)"),
    "add_days": Signature((DATE, NUMBER), DATE, "add_days(date, n)"),
    "add_months": Signature((DATE, NUMBER), DATE, "add_months(date, n)"),
    "next_business_day": Signature((DATE, DATES), DATE, "next_business_day(date, holidays)"),
}
