"""A server over the shim: granian with one worker, as ``termwise serve`` starts it, or that itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench.serving import granian
from tests.cli.shell import TERMWISE, end, free_port
from tests.faults.storage.birth import environment
from tests.faults.storage.shim import Shim
from tests.web.service import ROOT

START_SECONDS = 60.0


def birth(shim: Shim, rulesets: Path) -> str:
    """Let an installation begin below the shim's root; the officer's key."""
    command = [sys.executable, "-m", "tests.faults.storage.birth", str(rulesets)]
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(shim), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"the installation did not begin: {done.stderr[-2000:]}")
    key = done.stdout.strip()
    shim.note("born", key=key)
    return key


def termwise(shim: Shim, *words: str) -> None:
    """Run a command to its end."""
    subprocess.run([*TERMWISE, *words], cwd=ROOT, env=_environment(shim), check=True, capture_output=True)


@contextmanager
def worker(shim: Shim, app: str = "wsgi:app") -> Iterator[int]:
    """One server process without a supervisor; its port."""
    port = free_port()
    with _running(shim, granian()(port, app), port):
        yield port


@contextmanager
def supervised(shim: Shim) -> Iterator[int]:
    """``termwise serve``; its port."""
    port = free_port()
    with _running(shim, [*TERMWISE, "serve", "--port", str(port)], port):
        yield port


def kill_worker(shim: Shim) -> None:
    """Kill the process that writes to the database, which its lock names, if it lives."""
    pid = int((shim.root / "log" / "termwise.db.lock").read_text("ascii"))
    with suppress(OSError):
        if str(shim.root).encode() in Path(f"/proc/{pid}/environ").read_bytes():
            os.kill(pid, signal.SIGKILL)


def is_ready(port: int) -> bool:
    """Whether the server can make decisions."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _running(shim: Shim, command: list[str], port: int) -> Iterator[None]:
    with (shim.log.parent / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environment(shim), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        until = time.monotonic() + START_SECONDS
        while not is_ready(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server does not serve: {printed(shim)[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        end(process)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def printed(shim: Shim) -> str:
    """What the server printed."""
    return (shim.log.parent / "server.log").read_text("utf-8", "replace")


def _environment(shim: Shim) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERMWISE_")}
    return {**kept, "PYTHONPATH": str(ROOT), **environment(shim.root), **shim.environment()}
