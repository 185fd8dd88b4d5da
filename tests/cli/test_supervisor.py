"""What the supervisor does with servers that do not come up."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.shell import ROOT, free_port

SUPERVISED = """
import os, sys, time
from app.cli.commands import termwise
from app.cli.faults import Unusable
from app.cli.serving.group import ProcessGroup
from app.cli.serving.supervisor import Patience, Supervisor

def work(says):
    {program}

def start():
    group = ProcessGroup(work)
    print("group", group.id)
    return group

try:
    Supervisor(start, ("127.0.0.1", {port}), patience=Patience({patience}), ready=print, say=print).run()
except Unusable as error:
    print(error.message)
"""


def supervised(program: str, patience: str = "") -> tuple[list[int], list[str]]:
    """The groups that a supervisor started, and what it said; in a process of its own, because it forks."""
    script = SUPERVISED.format(program=program, port=free_port(), patience=patience)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    groups = [int(line.split()[1]) for line in lines if line.startswith("group ")]
    return groups, [line for line in lines if not line.startswith("group ")]


def test_a_server_that_ends_at_once_is_given_up() -> None:
    groups, told = supervised("raise SystemExit(4)")
    assert told == ["The server has ended unasked. It is given up."]
    assert len(groups) == 1


def test_a_server_that_says_why_it_ends_is_quoted() -> None:
    _, told = supervised("os.write(says, b'\\0The server cannot start: there is no room.')")
    assert told == ["The server cannot start: there is no room. It is given up."]


def test_a_server_that_never_answers_is_ended_with_all_it_started() -> None:
    groups, told = supervised("os.fork(); time.sleep(60)", "starting=0.5")
    assert told == ["The server was not ready after 0.5 seconds. It is given up."]
    with pytest.raises(ProcessLookupError):
        os.killpg(groups[0], 0)


def test_a_server_whose_main_process_is_gone_is_gone_although_another_holds_on() -> None:
    _, told = supervised("os.fork() and os._exit(1); time.sleep(60)")
    assert told == ["The server has ended unasked. It is given up."]
