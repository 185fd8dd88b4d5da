"""The lock file: on SQLite exactly one process writes.

Two servers on one file do work, but wait on each other for half a second at a time;
and the sequencer of the log relies on being alone. The lock is the kernel's (flock),
so it ends with its process, however that ends; the number in the file is for people.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from app.domain.errors import Refused


class WriterLock:
    """Holds ``<database>.lock`` until ``release``; raises ``Refused`` when another holds it."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise Refused(
                f"{database} is in use: process {holder} writes to it and holds {self.path}. On SQLite one"
                " process writes at a time. End that command (`termwise serve` with Ctrl-C: it replaces a"
                " process that is merely killed), send the work to the running server, or use PostgreSQL"
                " (TERMWISE_DATABASE_URL) for several processes.",
                conflict=True,
            ) from None
        number = f"{os.getpid()}\n".encode()
        with suppress(OSError):  # a full disk
            os.ftruncate(self._descriptor, os.pwrite(self._descriptor, number, 0))

    def release(self) -> None:
        """Let the next one in. The file stays: without it two processes could lock two files of one name."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
