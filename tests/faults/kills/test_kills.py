"""The short form of the campaigns: a process of each kind is killed once, and PostgreSQL restarted once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgresql
from tests.cli.shell import new_shell
from tests.faults.kills import restarts
from tests.faults.kills.campaign import Found, campaign
from tests.faults.kills.service import MAIN, SEQUENCER, SUPERVISOR, WORKER, serving

SECONDS = 120.0


def check(found: Found, kills: int) -> None:
    assert found.faults == []
    assert found.kills.total() == kills
    assert found.acknowledged == found.recorded > 0
    assert (found.lost, found.doubled, found.incomplete) == (0, 0, 0)


@pytest.fixture
def rulesets(tmp_path: Path) -> Path:
    """A folder with the small ruleset, published."""
    folder = tmp_path / "published"
    folder.mkdir()
    return new_shell(folder).folder / "rulesets"


def test_nothing_is_lost_or_doubled_when_processes_are_killed_on_sqlite(
    tmp_path: Path, rulesets: Path
) -> None:
    targets = (WORKER, MAIN, SUPERVISOR)
    with serving(tmp_path, rulesets) as service:
        check(campaign(service, targets, SECONDS), len(targets))


def test_nothing_is_lost_or_doubled_when_processes_are_killed_on_postgresql(
    tmp_path: Path, rulesets: Path, postgres: postgresql.Server
) -> None:
    postgres.run("CREATE DATABASE kills")
    targets = (SEQUENCER, WORKER)
    with serving(tmp_path, rulesets, postgres.url("kills")) as service:
        check(campaign(service, targets, SECONDS), len(targets))


def test_nothing_is_lost_and_everybody_told_when_postgresql_is_restarted(
    tmp_path: Path, rulesets: Path
) -> None:
    binaries = postgresql.binaries()
    if binaries is None:
        pytest.skip(f"no PostgreSQL server under {postgresql.WHERE}: apt-get install postgresql")
    with postgresql.running(binaries, wait_for_disk=True) as database:
        check(restarts.campaign(tmp_path, rulesets, database, 1), 1)
