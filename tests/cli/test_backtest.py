"""The area under the ROC curve, against its definition."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.cli.batch.backtest import Separation, separation

CASES = st.lists(st.tuples(st.integers(0, 6).map(Decimal), st.booleans()), max_size=30)


@given(CASES)
def test_it_is_the_share_of_pairs_that_stand_the_right_way_round(cases) -> None:
    survivors = [score for score, failed in cases if not failed]
    failures = [score for score, failed in cases if failed]
    pairs = list(product(survivors, failures))
    won = sum(2 if a > b else a == b for a, b in pairs)
    assert separation(cases).area == (Fraction(won, 2 * len(pairs)) if pairs else None)


def test_cases_without_a_score_are_counted_and_left_out() -> None:
    found = separation([(None, True), (Decimal(1), True), (Decimal(2), False), (None, False)])
    assert found == Separation(Fraction(1), cases=2, failures=1, unknown=2)
