"""On SQLite, moves committed pages from the write-ahead log into the database, beside the writer.

Left alone, SQLite does this inside whichever commit fills a thousand pages, and the
callers of that commit wait for it. A passive checkpoint on another connection holds
nobody up; the writer's own remains as the bound on the log's size.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

_log = logging.getLogger(__name__)
SECONDS_BETWEEN = 0.2
MOST_PAGES = 16_000
"""Where the writer checkpoints by itself: 64 MB of log."""


class Checkpointer:
    """A thread that checkpoints several times a second; make it before ``engine`` has connected."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        event.listen(engine, "connect", _leave_to_the_thread)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="termwise-checkpointer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End after the checkpoint under way."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN):
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
            except DBAPIError as error:
                # Nothing is lost by it: the pages stay in the log, and the next attempt moves them.
                _log.warning("checkpoint failed: %s", error)


def _leave_to_the_thread(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute(f"PRAGMA wal_autocheckpoint={MOST_PAGES}")
