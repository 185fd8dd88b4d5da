"""A real server for the campaign: granian with one worker, on loopback, over a store of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.every_kind import TEXT
from tests.web.hostile.wire import Wire
from tests.web.service import EXAMPLE, ROOT, serving, settings_for

THREADS = 8


@contextmanager
def server(
    folder: Path, database_url: str | None = None
) -> Iterator[tuple[int, str, subprocess.Popen[bytes]]]:
    """A granian with one worker over a store in ``folder`` with two policies: port, key and process."""
    with serving(folder, EXAMPLE, TEXT, database_url=database_url) as service:
        key = service.key
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", str(THREADS), "wsgi:app"]
    settings = settings_for(folder, database_url)
    environment = {
        **os.environ,
        "TERMWISE_DATABASE_URL": settings.database_url,
        "TERMWISE_KEYS_URL": settings.keys_url,
        "TERMWISE_MASTER_KEY_FILE": str(settings.master_key_file),
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(port, process)
            yield port, key, process
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            if (heard := Wire.ask(port, "/readyz")) is not None and heard.status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the server gives no answer")


def workers(process: subprocess.Popen[bytes]) -> list[int]:
    """The process ids of the server's workers."""
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return [int(pid) for pid in text.split()]


def resident_kib(pid: int) -> int:
    """How much memory a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
