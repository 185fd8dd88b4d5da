"""What is proved of a whole chain, beside every set of facts decided one by one, ..."""

from __future__ import annotations

from random import Random

import pytest

from tests.analysis.proofs import Tally, agree


@pytest.fixture(scope="module", params=range(20))
def tally(request: pytest.FixtureRequest) -> Tally:
    return agree(Random(request.param))


def test_agrees_about_every_rule_outcome_gap_and_conflict(tally: Tally) -> None:
    assert tally.wrong == []
    assert tally.asked > tally.open
