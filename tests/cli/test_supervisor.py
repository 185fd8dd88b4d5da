"""What the supervisor does with servers that do not come up."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest

from app.cli.serving.group import ProcessGroup
from app.cli.serving.supervisor import Patience, Supervisor
from tests.cli.shell import eventually, free_port, lives

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def same_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def supervised(tmp_path, program: str, patience: Patience) -> tuple[int, list[str], list[ProcessGroup]]:
    told: list[str] = []
    groups: list[ProcessGroup] = []

    def start() -> ProcessGroup:
        groups.append(ProcessGroup([sys.executable, "-c", program], {}))
        return groups[-1]

    pulse = tmp_path / "pulse"
    pulse.touch()
    supervisor = Supervisor(
        start, ("127.0.0.1", free_port()), pulse, patience=patience, ready=lambda: None, say=told.append
    )
    return supervisor.run(), told, groups


def test_a_server_that_ends_at_once_is_given_up(tmp_path) -> None:
    code, told, groups = supervised(tmp_path, "raise SystemExit(4)", Patience())
    assert (code, told) == (1, ["The server has ended unasked. It is given up."])
    assert len(groups) == 1


def test_a_server_that_never_answers_is_ended_with_all_it_started(tmp_path) -> None:
    program = "import os, time; os.fork(); time.sleep(60)"
    code, told, groups = supervised(tmp_path, program, Patience(starting=0.5))
    assert (code, told) == (1, ["The server was not ready after 0.5 seconds. It is given up."])
    eventually(lambda: not lives(groups[0].id), 5)
