"""A shipped policy that is damaged: each damage is found, named and shown by facts."""

from __future__ import annotations

import pytest

from tests.analysis.found_damages import MISSED, NAMED, damaged
from tests.shipped import RULESETS as FILES


@pytest.mark.parametrize("policy", FILES)
def test_shows_every_damage(policy: str) -> None:
    """Ten of each are a matter of ``make proofs``."""
    answers = damaged(policy, 2)
    assert [one.damage.called for one in answers if one.verdict == MISSED] == []
    assert sum(one.verdict == NAMED for one in answers) == 2
