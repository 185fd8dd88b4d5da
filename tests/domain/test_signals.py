"""Signals become facts: counted in a window, and unknown where nobody looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.domain.customer_file import Source
from app.domain.signals import How, Signal, SignalFact, derived, standing

DAY = date(2026, 11, 22)
COUNTED = SignalFact("suits", How.COUNT, {"suit": None}, "S1:L37", 90, 0, ("look",), 30)


def signal(kind: str, days_ago: int, **more: Any) -> Signal:
    return Signal("C-1", kind, DAY - timedelta(days=days_ago), Source.COURT, UUID(int=0), **more)


def value(rule: SignalFact, *signals: Signal) -> Any:
    found = derived(rule, standing(signals, DAY), DAY)
    return None if found is None else found.value


@pytest.mark.parametrize(("days_ago", "counted"), [(0, 1), (89, 1), (90, None), (-1, None)])
def test_a_window_holds_its_day_and_as_many_as_it_says(days_ago: int, counted: int | None) -> None:
    assert value(COUNTED, signal("suit", days_ago)) == counted


@pytest.mark.parametrize(("days_ago", "counted"), [(0, 0), (30, 0), (31, None)])
def test_nothing_found_is_known_only_where_somebody_looked(days_ago: int, counted: int | None) -> None:
    assert value(COUNTED) is None
    assert value(COUNTED, signal("look", days_ago)) == counted


def test_a_window_may_end_before_the_day() -> None:
    prior = replace(COUNTED, before=90)
    look = signal("look", 1)
    suits = [signal("suit", days, evidence=str(days)) for days in (89, 90, 179, 180)]
    assert value(prior, look, *suits) == 2


def test_a_fact_is_of_the_day_of_the_newest_signal() -> None:
    found = derived(COUNTED, standing([signal("suit", 40), signal("look", 7)], DAY), DAY)
    assert found is not None
    assert found.as_of == DAY - timedelta(days=7)


def test_a_later_row_corrects_or_withdraws_an_event() -> None:
    summed = replace(COUNTED, how=How.SUM)
    first, second = signal("suit", 3, evidence="a"), signal("suit", 3, evidence="b")
    assert value(COUNTED, first, second, replace(first, withdrawn=True)) == 1
    assert value(summed, first, replace(first, magnitude=Decimal("2.50")), second) == "3.50"
    assert value(COUNTED, first, replace(first, withdrawn=True)) is None


def test_any_and_latest_say_what_was_found_or_that_nothing_was() -> None:
    told = replace(COUNTED, how=How.ANY)
    assert [value(told, *ones) for ones in ([signal("suit", 1)], [signal("look", 1)], [])] == [
        True,
        False,
        None,
    ]
    latest = SignalFact("limit", How.LATEST, {"cut": "reduced", "gone": "cancelled"}, "S2:L23")
    assert value(latest, signal("gone", 9), signal("cut", 400)) == "cancelled"
    assert value(latest) is None
    looked = replace(latest, checked_by=("look",), checked_days=30, otherwise="unchanged")
    assert value(looked, signal("look", 2)) == "unchanged"
