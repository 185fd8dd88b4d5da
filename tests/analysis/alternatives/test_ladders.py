"""The values that a fact may be changed to ..."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.analysis.alternatives.ladders import Ladder
from app.domain.declarations import Changeable, FactSpec
from app.domain.values import Kind, Text, Value, ValueType

LABEL = Text("Amount", "金额")
MONEY, DAYS, SHARE = ValueType(Kind.MONEY, 2), ValueType(Kind.DAYS), ValueType(Kind.PERCENT, 4)
WORDS = ValueType(Kind.CHOICE, 0, ("bank", "parent", "none"))


def values(
    kind: ValueType, before: Value, way: str, step: Value, *compared: Value, **bounds: Any
) -> list[str]:
    spec = FactSpec("fact", kind, LABEL, changeable=Changeable(way, step), **bounds)
    ladder = Ladder(spec, before, compared)
    return [str(ladder.value(rung)) for rung in range(1, min(ladder.rungs, 6) + 1)]


def test_are_multiples_of_the_step_and_never_offsets_from_an_odd_amount() -> None:
    found = values(MONEY, Decimal("3512.33"), "down", Decimal("1000.00"), minimum=Decimal(0))
    assert found == ["3000.00", "2000.00", "1000.00", "0.00"]
    assert values(DAYS, 100, "down", 15, minimum=0)[:3] == ["90", "75", "60"]


def test_end_at_the_bound_but_for_one_that_only_excludes_zero() -> None:
    up = values(SHARE, Decimal("0.85"), "up", Decimal("0.05"), minimum=Decimal(0), maximum=Decimal("0.97"))
    assert up == ["0.9000", "0.9500", "0.9700"]
    down = values(MONEY, Decimal("2500.00"), "down", Decimal("1000.00"), minimum=Decimal("0.01"))
    assert down == ["2000.00", "1000.00"]


def test_hold_every_constant_that_the_rules_compare_the_fact_with() -> None:
    found = values(DAYS, 100, "down", 15, 85, 90, 120, minimum=60)
    assert found == ["90", "85", "75", "60"]


def test_of_what_is_unknown_begin_with_the_least_and_only_go_up() -> None:
    assert values(SHARE, None, "up", Decimal("0.50"), minimum=Decimal(0), maximum=Decimal(1)) == [
        "0.0000",
        "0.5000",
        "1.0000",
    ]
    assert values(MONEY, None, "down", Decimal("1000.00"), minimum=Decimal(0)) == []
    assert values(ValueType(Kind.YES_NO), None, "up", None) == ["False", "True"]
    assert values(ValueType(Kind.DATE), None, "up", None) == []


def test_of_words_stand_in_the_order_declared() -> None:
    assert values(WORDS, "bank", "up", None) == ["parent", "none"]
    assert values(WORDS, "none", "down", None) == ["parent", "bank"]
    assert values(ValueType(Kind.YES_NO), True, "up", None) == []


def test_of_a_date_are_its_days() -> None:
    assert values(ValueType(Kind.DATE), date(2026, 1, 30), "up", None)[:2] == ["2026-01-31", "2026-02-01"]


@pytest.mark.parametrize("rung", [1, 10**9, 10**20])
def test_are_calculated_and_not_listed_however_many_there_are(rung: int) -> None:
    spec = FactSpec("fact", MONEY, LABEL, Decimal(0), changeable=Changeable("up", Decimal("10000.00")))
    ladder = Ladder(spec, Decimal("1.00"))
    assert ladder.rungs > 10**20
    assert ladder.value(rung) == Decimal(rung) * 10_000
    assert ladder.steps(rung) == rung - (Decimal(1) / 10_000)


def test_are_as_far_as_their_steps_and_stating_the_unknown_is_one_more() -> None:
    spec = FactSpec(
        "fact", SHARE, LABEL, Decimal(0), Decimal(1), changeable=Changeable("up", Decimal("0.05"))
    )
    offered, unknown = Ladder(spec, Decimal("0.10")), Ladder(spec, None)
    assert [offered.steps(rung) for rung in range(3)] == [0, 1, 2]
    assert [unknown.steps(rung) for rung in range(3)] == [0, 1, 2]
