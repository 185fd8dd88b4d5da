"""The server process: granian with one worker and its threads, started by the supervisor and tied to it.

One process, because on SQLite one process writes and because both engines share
one cache; threads, because a request mostly waits for the disk. HTTP/1 only, no
access log: ``/metrics`` counts, and the audit log records.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from app.cli.serving.ties import end_with

MODULE = "app.cli.serving.server"
SUPERVISOR = "TERMWISE_SUPERVISOR"
MAIN = "TERMWISE_SERVER"
PULSE = "TERMWISE_PULSE"
CONNECTIONS = 1024
"""Connections served at a time, idle ones too; as many more wait to be accepted."""
CANNOT_START = 4


def serve() -> None:
    """Serve until told to stop; the environment says where, and who supervises."""
    end_with(int(os.environ[SUPERVISOR]))
    os.environ[MAIN] = str(os.getpid())

    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    from app.settings import Settings

    settings = Settings.from_env()
    Granian(
        f"{MODULE}:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.listening(),
        port=settings.port,
        workers=1,
        blocking_threads=settings.threads,
        runtime_threads=1,
        http=HTTPModes.http1,
        websockets=False,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        log_level=LogLevels.error,
    ).serve()


def application() -> Any:
    """The WSGI application, made in the worker. What stops it from starting is said in one line."""
    end_with(int(os.environ[MAIN]), Path(os.environ[PULSE]))

    from app.domain.errors import TermwiseError
    from app.factory import create_app
    from app.settings import Settings, UnsafeSetting

    try:
        return create_app(Settings.from_env())
    except (TermwiseError, UnsafeSetting, OSError) as error:
        print(f"The server cannot start: {error}", file=sys.stderr, flush=True)
        os._exit(CANNOT_START)


if __name__ == "__main__":
    serve()
