"""``termwise sequencer`` on PostgreSQL: one of several signs, and another goes on when it is gone."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.audit import EntryKind
from app.ledger.outside import Outside
from app.services.assembly import Services
from tests.cli.shell import RULESETS, Shell, end, environment, eventually
from tests.recordings import recording

SIGNING, WAITING = "Signing the log.", "Waiting: another sequencer signs the log."


@pytest.fixture
def shells(tmp_path: Path, migrated: Path, database_url: str) -> tuple[Shell, Shell]:
    """Two places from which to run commands on one database, each with a folder for what is printed."""
    made = []
    shutil.copy(migrated / "keys.db", tmp_path)
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        variables = {
            **environment(tmp_path, RULESETS),
            "TERMWISE_DATABASE_URL": database_url,
            "TERMWISE_KEYS_URL": f"sqlite:///{tmp_path}/keys.db",
        }
        made.append(Shell(folder, variables))
    return made[0], made[1]


@contextmanager
def sequencing(shell: Shell) -> Iterator[subprocess.Popen[bytes]]:
    process = shell.start("sequencer")
    try:
        yield process
    finally:
        end(process)


def printed(shell: Shell) -> str:
    return (shell.printed().splitlines() or [""])[-1]


def record(services: Services) -> None:
    """One more entry, and wait until it has its place."""
    size = services.store.tree.head().size
    services.recorder.record(recording(kind=EntryKind.REHEARSAL, decision=None, clear={}))
    eventually(lambda: services.store.tree.head().size > size)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_one_signs_and_the_other_goes_on_when_it_is_killed(shells) -> None:
    first, second = shells
    with first.services(writing=True) as services, sequencing(first) as leader:
        eventually(lambda: printed(first) == SIGNING)
        with sequencing(second) as follower:
            eventually(lambda: printed(second) == WAITING)
            assert first.printed().splitlines() == [SIGNING]
            record(services)
            leader.kill()
            record(services)
            eventually(lambda: printed(second) == SIGNING)
            follower.send_signal(signal.SIGTERM)
            assert follower.wait(20) == 0
            assert printed(second) == "Stopped."
        with sequencing(first):  # what was let go is taken at once, by whoever comes
            record(services)
    assert first.run("audit", "verify").code == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_would_have_to_sign_something_else_says_why_and_signs_nothing(shells) -> None:
    shell, _ = shells
    with shell.services(writing=True) as services:
        with sequencing(shell):
            record(services)
        head = services.store.tree.head()
        (day,) = Outside(services.settings.checkpoints).files()
        day.write_text(day.read_text("utf-8").replace("\n1\n", "\n2\n"), "utf-8")
        with sequencing(shell) as process:
            eventually(lambda: "1: those from 1 on are missing. Nothing is signed." in shell.printed())
            assert process.poll() is None
        assert services.store.tree.head().size == head.size
