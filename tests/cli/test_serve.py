"""``termwise serve``: watched, replaced when it hangs or dies, and never outliving its watcher."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from app.services.recording import Wanted
from tests import people
from tests.cli.shell import ROOT, Shell, answers, end, eventually, free_port, lives

SILENCE = 2.0


@dataclass(frozen=True)
class Serving:
    """A running ``termwise serve``."""

    shell: Shell
    process: subprocess.Popen[bytes]
    port: int
    key: str

    @property
    def main(self) -> int:
        """The server's main process."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("utf-8")
        return int(children.split()[0])

    @property
    def worker(self) -> int:
        """The process that answers; the lock of the database names it."""
        return int((self.shell.folder / "termwise.db.lock").read_text("utf-8"))

    def replaced(self, worker: int) -> bool:
        return answers(self.port) and self.worker != worker


@contextmanager
def serving(shell: Shell, *words: str, **environment: str) -> Iterator[Serving]:
    port = free_port()
    shell = Shell(shell.folder, {**shell.environment, **environment})
    with shell.services(writing=True) as services:
        key = people.key(services, people.person(services, "officer"))
    process = shell.start("serve", "--port", str(port), "--silence", str(SILENCE), *words)
    try:
        # not merely until it answers: the supervisor, too, has to have seen an answer
        eventually(lambda: "serves on" in shell.printed() or process.poll() is not None)
        assert process.poll() is None, shell.printed()
        yield Serving(shell, process, port, key)
    finally:
        end(process)


def decide(server: Serving) -> dict[str, object]:
    body = json.dumps(
        {"facts": {"due_date": "2026-01-01", "open_amount": "1"}, "as_of": "2026-01-15"}
    ).encode()
    url = f"http://127.0.0.1:{server.port}/v1/policies/reminders/decisions"
    request = Request(url, body, {"Content-Type": "application/json", **people.bearer(server.key)})
    with urlopen(request, timeout=10) as response:
        answer: dict[str, object] = json.loads(response.read())
    return answer


def test_it_answers_says_what_to_try_and_stops_cleanly_on_sigterm(shell) -> None:
    with serving(shell) as server:
        answer = decide(server)
        main, worker = server.main, server.worker
        printed = shell.printed()
        assert f"http://127.0.0.1:{server.port}/v1/policies" in printed
        assert shell.run("explain", str(answer["id"])).code == 0
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(15) == 0
        assert time.monotonic() - began < 10
        assert not lives(main)
        assert not lives(worker)
        assert not answers(server.port)
        assert "Stopped." in shell.printed()
    with shell.services(writing=True) as services:
        found = services.auditing.search(Wanted(), after=None, limit=9).decisions
    assert [one["id"] for one in found] == [answer["id"]]


def test_a_killed_worker_is_replaced_and_ctrl_c_stops_it(shell) -> None:
    with serving(shell, "--host", "localhost") as server:
        first = decide(server)
        worker = server.worker
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: server.replaced(worker))
        assert decide(server)["id"] != first["id"]
        assert "started anew" in shell.printed()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 0


def test_a_killed_main_process_takes_the_worker_with_it_and_both_are_replaced(shell) -> None:
    with serving(shell) as server:
        main, worker = server.main, server.worker
        os.kill(worker, signal.SIGSTOP)  # even one that could not notice by itself
        os.kill(main, signal.SIGKILL)
        eventually(lambda: server.replaced(worker))
        assert not lives(worker)
        assert server.main != main
        decide(server)


def test_a_frozen_worker_is_replaced_after_the_silence(shell) -> None:
    with serving(shell) as server:
        worker = server.worker
        os.kill(worker, signal.SIGSTOP)
        eventually(lambda: server.replaced(worker))
        assert not lives(worker)
        assert f"gave no sign of life for {SILENCE:g} seconds" in shell.printed()


def test_a_worker_that_is_busy_but_alive_is_left_alone(shell) -> None:
    with serving(shell, TERMWISE_THREADS="1") as server:
        worker = server.worker
        with socket.create_connection(("127.0.0.1", server.port)) as slow:
            slow.sendall(
                b"POST /v1/policies/reminders/decisions HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
            time.sleep(2 * SILENCE + 1)
            assert lives(worker)
        eventually(lambda: answers(server.port))
        assert server.worker == worker
        assert "anew" not in shell.printed()


def test_the_server_ends_with_a_killed_supervisor(shell) -> None:
    with serving(shell) as server:
        main, worker = server.main, server.worker
        os.kill(worker, signal.SIGSTOP)  # even one that could not notice by itself
        server.process.kill()
        server.process.wait()
        eventually(lambda: not lives(main) and not lives(worker), 10)
        assert not answers(server.port)
    assert shell.run("rulesets", "sync").code == 0


def test_a_port_that_is_taken_is_told_and_nothing_is_started(shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = shell.run("serve", "--port", str(port))
    assert done.code == 2
    assert f"Port {port} of 127.0.0.1 cannot be used: Address already in use" in done.err
    assert "give another with --port" in done.err


def test_a_database_in_use_is_told_with_the_process_that_holds_it(shell) -> None:
    with shell.services(writing=True):
        process = shell.start("serve", "--port", str(free_port()))
        assert process.wait(60) == 2
    assert f"is in use: process {os.getpid()} writes to it" in shell.printed()


def test_a_server_loads_at_its_start_nothing_that_few_requests_need() -> None:
    """What is loaded then, everybody waits for after a crash of the supervisor."""
    rarely = {"alembic", "rich", "z3"}
    program = "import sys, app.cli.serving.command; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not rarely & set(done.stdout.split())


@pytest.mark.parametrize("host", ["0.0.0.0", "example.com", "192.0.2.1"])
def test_in_development_it_listens_on_loopback_only(shell, host) -> None:
    done = shell.run("serve", "--host", host)
    assert done.code == 2
    assert f"HOST='{host}': use " in done.err


def test_a_setting_that_cannot_be_is_told(shell) -> None:
    done = Shell(shell.folder, {**shell.environment, "TERMWISE_THREADS": "many"}).run("serve")
    assert done.code == 2
    assert "TERMWISE_THREADS='many': use a whole number from 1 to 256" in done.err
