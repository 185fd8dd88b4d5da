"""A short form of the campaign that kills imports and runs: ``make runkills``."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.faults.runkills import FIRST, campaign


def test_imports_and_runs_killed_anywhere_do_nothing_twice_and_miss_nothing(tmp_path: Path) -> None:
    urls = (f"sqlite:///{tmp_path}/killed.db", f"sqlite:///{tmp_path}/other.db")
    steps = ("invoice", f"collections:{FIRST}")
    found = campaign(tmp_path, *urls, kills=2, customers=12, chance=Random(7), steps=steps)
    assert found.faults == []
    assert found.days == 1
