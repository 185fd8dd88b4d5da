"""A thousand hostile requests to a real server ... (``python -m tests.web.hostile`` sends more)."""

from __future__ import annotations

from pathlib import Path

from tests.web.hostile.campaign import campaign


def test_leave_it_alive_with_every_decision_whole(tmp_path: Path) -> None:
    fight, stored, _ = campaign(tmp_path, requests=1000, seconds=120)
    assert fight.failures == []
    assert sum(fight.statuses.values()) == 1000
    assert {"200", "201", "401", "404", "405", "413", "415", "422"} <= fight.statuses.keys()
    assert stored >= len(fight.acknowledged) > 50
