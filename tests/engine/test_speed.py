"""With ten times the rows, and as many of them holding, ..."""

from __future__ import annotations

import pytest

from tests.engine.speed import Times, measured, table

FEW, MANY, COLUMNS = 50, 500, 8


@pytest.fixture(scope="module", params=[1, 5])
def growth(request: pytest.FixtureRequest) -> Times:
    few, many = (measured(table(rows, COLUMNS, request.param)) for rows in (FEW, MANY))
    return Times(*(after / before for before, after in zip(few, many, strict=True)))


def test_the_direct_matcher_takes_at_most_3_times_as_long(growth: Times) -> None:
    assert growth.direct <= 3


def test_a_whole_decision_takes_at_most_6_times_as_long(growth: Times) -> None:
    assert growth.decision <= 6
