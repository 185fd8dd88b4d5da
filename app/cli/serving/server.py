"""The server process: granian with one worker and its threads, forked by the supervisor and tied to it.

One process, because on SQLite one process writes and because both engines share
one cache; threads, because a request mostly waits for the disk. HTTP/1 only, no
access log: ``/metrics`` counts, and the audit log records.

All that serving needs is imported here and not in the worker: the supervisor
imports this module once, and every server that it forks is there within moments.
"""

from __future__ import annotations

import multiprocessing
import os
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app.cli.serving.ties import end_with
from app.domain.errors import TermwiseError
from app.factory import create_app
from app.settings import Settings, UnsafeSetting
from app.settings.rooms import rooms, threads_for

CONNECTIONS = 1024
"""Connections served at a time, idle ones too; as many more wait to be accepted."""
CANNOT_START = 4


def serve(settings: Settings, supervisor: int, says: int) -> None:
    """Serve until told to stop. ``supervisor`` forked this process; ``says`` is its pipe to it."""
    end_with(supervisor)
    multiprocessing.set_start_method("fork")
    Granian(
        "termwise",
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=1,
        blocking_threads=threads_for(rooms(settings.threads, settings.queue)),
        runtime_threads=1,
        http=HTTPModes.http1,
        websockets=False,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        log_level=LogLevels.error,
    ).serve(target_loader=partial(_application, settings, os.getpid(), says), wrap_loader=False)


def _application(settings: Settings, main: int, says: int) -> Any:
    """The WSGI application, made in the worker. What stops it from starting is said in one line."""
    end_with(main, says)
    try:
        return create_app(settings)
    except (TermwiseError, UnsafeSetting, OSError) as error:
        os.write(says, f"The server cannot start: {error}\n".encode())
        os._exit(CANNOT_START)
