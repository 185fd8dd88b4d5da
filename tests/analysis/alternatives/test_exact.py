"""What a search finds is what trying every change one by one finds: nothing less, more or else."""

from __future__ import annotations

from random import Random

import pytest

from tests.analysis.alternatives.comparing import compared

RULESETS = 200
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_the_least_changes_are_found_exactly(part: int) -> None:
    numbers = range(part, RULESETS, PARTS)
    found = [compared(Random(f"alternatives {number}")) for number in numbers]
    assert sum(map(bool, found)) > len(found) // 8
