"""A disk that loses power, or fails: a few times here, by the hundred with ``make powerloss diskfaults``."""

from __future__ import annotations

import errno
from pathlib import Path
from random import Random

import pytest

from tests.faults import powerloss
from tests.faults.diskfaults import Campaign
from tests.faults.storage.birth import Installed, install
from tests.faults.storage.judging import lost
from tests.faults.storage.shim import Call, Fault, File, NotPossible, compiled
from tests.faults.storage.troubles import ALL, failing

FAULTS = (
    Fault(Call.WRITE, ALL, errno.ENOSPC, torn=2),
    Fault(Call.SYNC, File.LOG_WAL, errno.EIO, left=1),
    Fault(Call.SYNC, File.LOG, errno.EIO, left=1),
    Fault(Call.SYNC, File.OUTSIDE, errno.EIO, left=2),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shim, where this machine can have one."""
    try:
        return compiled(tmp_path_factory.mktemp("shim"))
    except NotPossible as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def installed(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An installation, to be copied."""
    folder = tmp_path_factory.mktemp("installed")
    return install(folder / "root", folder / "rulesets")


def test_power_lost_at_any_moment_costs_nothing_that_was_acknowledged(
    library: Path, installed: Installed, tmp_path: Path
) -> None:
    found = powerloss.campaign(
        library, tmp_path, images=8, decisions=40, seed=1, seconds=60, installed=installed
    )
    assert found.faults == []
    assert found.images == 8
    assert found.acknowledged > 40


def test_a_database_that_does_not_wait_for_its_disk_is_seen_to_lose_it(
    library: Path, installed: Installed, tmp_path: Path
) -> None:
    found = powerloss.campaign(
        library, tmp_path, images=4, decisions=40, seed=1, seconds=60, installed=installed, lax=True
    )
    assert lost(found.faults)


def test_a_disk_that_fails_is_told_honestly_and_healed_from_without_a_loss(
    library: Path, installed: Installed, tmp_path: Path
) -> None:
    campaign = Campaign(library, tmp_path, map)
    campaign.meet([failing(one) for one in FAULTS], Random(3), installed=installed, read=True)
    found = campaign.found
    assert found.faults == []
    assert (found.rounds, found.images) == (len(FAULTS), 1 + len(FAULTS))
    assert found.calls >= len(FAULTS)
    assert found.answers[503]
