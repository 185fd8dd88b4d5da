"""Values on pages ..."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.domain.declarations import FactSpec
from app.domain.values import Kind, Text, ValueType
from app.web.pages import fact_forms, formats


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with Flask(__name__).test_request_context(headers={"Accept-Language": request.param}):
        yield request.param


def test_are_grouped_and_exact(language: str) -> None:
    assert formats.money("12345678901234567890.10", "CNY") == "12,345,678,901,234,567,890.10\u00a0CNY"
    assert formats.money(Decimal("-0.5"), decimals=0) in ("-0", "-1")
    long = "1234567890" * 9
    assert formats.money(long).replace(",", "") == f"{long}.00"
    assert formats.percent(long).replace(",", "") == f"{long}00%"
    assert formats.percent("0.3000") == "30%"
    assert formats.percent("0.000500") == "0.05%"
    assert formats.number("1234.5000") == "1,234.5"
    assert formats.money(None, "CNY") == ""


def test_are_dated_in_the_readers_words_and_zone(language: str) -> None:
    at = "2026-11-22T20:05:00.000000Z"
    assert formats.day("2026-11-22") == {"en": "22 Nov 2026", "zh": "2026年11月22日"}[language]
    shown = formats.moment(at, ZoneInfo("Asia/Shanghai"))
    assert shown == {"en": "23 Nov 2026, 04:05", "zh": "2026年11月23日 04:05"}[language]
    assert formats.utc(at) == "2026-11-22T20:05:00Z"


def test_come_out_of_a_form_as_they_were_put_in(language: str) -> None:
    facts = [
        FactSpec(name, ValueType(kind, choices=("A", "B")), Text(name, name))
        for name, kind in (
            ("share", Kind.PERCENT),
            ("amount", Kind.MONEY),
            ("days", Kind.DAYS),
            ("sure", Kind.YES_NO),
            ("some", Kind.CHOICES),
            ("text", Kind.TEXT),
        )
    ]
    filled = {"share": "0.3", "amount": "80000.5", "days": 30, "sure": False, "some": ["A", "B"]}
    fields = fact_forms.controls(facts, filled, "CNY")
    form = MultiDict(
        (one.name, each)
        for one in fields
        for each in (one.value if isinstance(one.value, list) else [one.value])
    )
    assert fact_forms.given(facts, form) == filled
    assert [one.unit for one in fields][:2] == ["%", "CNY"]


def test_are_read_with_their_grouping_and_else_left_to_the_reader_of_facts(language: str) -> None:
    facts = [
        FactSpec("amount", ValueType(Kind.MONEY), Text("", "")),
        FactSpec("days", ValueType(Kind.DAYS), Text("", "")),
    ]
    form = MultiDict([("fact.amount", " 80,000.00 "), ("fact.days", "a month"), ("fact.strange", "1")])
    assert fact_forms.given(facts, form) == {"amount": "80000.00", "days": "a month"}
