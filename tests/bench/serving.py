"""Servers to be measured: started on a free loopback port, known by their processor time, ended by us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

from app.settings.rooms import rooms, threads_for
from tests.bench.load import load, send
from tests.bench.machine import KEY, ROOT, NotMeasured, busy_seconds, cpu_seconds, family
from tests.bench.peers import PACKAGES

APP, FLOOR, UNGUARDED = "wsgi:app", "tests.bench.floor:app", "tests.bench.unguarded:app"
UNADMITTED, UNPROVEN = "tests.bench.unadmitted:app", "tests.bench.unproven:app"
_START_SECONDS = 30
_STOP_SECONDS = 10
Command = Callable[[int, str], list[str]]


def granian(threads: int = threads_for(rooms(16, 64))) -> Command:
    """granian as ``termwise serve`` starts it, or with so many threads."""
    fixed = ["--interface", "wsgi", "--http", "1", "--no-ws", "--log-level", "error", "--host", "127.0.0.1"]
    fixed += ["--runtime-threads", "1", "--backlog", "1024", "--backpressure", "1024"]
    amount = ["--workers", "1", "--blocking-threads", str(threads)]
    return lambda port, app: [sys.executable, "-m", "granian", *fixed, *amount, "--port", str(port), app]


def gunicorn(workers: int, threads: int) -> Command:
    """gunicorn with threads; from the private environment, as Termwise does not depend on it."""
    amount = ["-k", "gthread", "-w", str(workers), "--threads", str(threads), "--keep-alive", "60"]
    fixed = [sys.executable, "-m", "gunicorn", "--log-level", "error", *amount]
    return lambda port, app: [*fixed, "-b", f"127.0.0.1:{port}", app]


def waitress(threads: int) -> Command:
    """waitress, one process; from the private environment."""
    fixed = [sys.executable, "-m", "waitress", f"--threads={threads}"]
    return lambda port, app: [*fixed, f"--listen=127.0.0.1:{port}", app]


class Server:
    """A server under measurement. Use it in a ``with`` block: it runs inside, and is gone after."""

    def __init__(self, command: Command, app: str, environ: Mapping[str, str], log: Path) -> None:
        self.port = _free_port()
        self._command: Sequence[str] = command(self.port, app)
        path = os.pathsep.join([str(ROOT), str(PACKAGES)])
        self._environ = {**os.environ, "PYTHONPATH": path, **environ}
        self.key = environ.get(KEY, "")
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait_until_up(self._process)
        except BaseException:
            self._end(self._process)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._end(self._process)

    def warm(self, path: str, bodies: Path, requests: int) -> dict[str, Any]:
        """So many requests, before anything is measured."""
        return send(self.port, path, bodies, requests=requests, key=self.key)

    @property
    def pids(self) -> list[int]:
        """The server's processes."""
        assert self._process is not None
        return family(self._process.pid)

    def under(self, path: str, bodies: Path, seconds: float) -> dict[str, Any]:
        """What the load client saw; raises ``SystemExit`` unless everything was answered with success."""
        found = self.loaded(path, bodies, seconds)
        if found["refused"] or found["broken"]:
            raise SystemExit(
                f"{found['refused']} answers refused, {found['broken']} lost; see {self._tail()}"
            )
        return found

    def loaded(self, path: str, bodies: Path, seconds: float) -> dict[str, Any]:
        """What the load client saw, with the server's processor time and what everything else used."""
        pids = self.pids
        before, busy, own = cpu_seconds(pids), busy_seconds(), os.times()
        found = load(self.port, path, bodies, seconds, self.key)
        server, after = cpu_seconds(pids) - before, os.times()
        client = after.children_user + after.children_system - own.children_user - own.children_system
        found["rate"] = found["n"] / found["wall_s"]
        found["cpu_us"] = 1e6 * server / max(1, found["n"])
        found["cores"] = server / found["wall_s"]
        found["foreign_cores"] = max(0.0, busy_seconds() - busy - server - client) / found["wall_s"]
        return found

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1).read()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise NotMeasured(f"{self._command[2]} does not serve: {self._tail()}")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        for number, patience in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, None)):
            try:
                os.killpg(process.pid, number)
                process.wait(patience)
            except ProcessLookupError:
                process.wait()
            except subprocess.TimeoutExpired:
                continue
            return

    def _tail(self) -> str:
        return " | ".join(self._log.read_text(errors="replace").strip().splitlines()[-3:])


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
