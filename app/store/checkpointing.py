"""On SQLite, moves committed pages from the write-ahead log into the database, beside the writer.

Left alone, SQLite does this inside whichever commit fills a thousand pages: its callers
wait for it, and nobody hears when the disk fails at it. A passive checkpoint on another
connection holds nobody up.

What a failed sync leaves behind: the kernel takes pages for written that it could not
write, and the next sync succeeds. A commit that failed so is written again by the next
one, over the same place in the log. But pages that were moved are counted as moved for
as long as any process has the file open, and the log, the only good copy, would be begun
anew over them. So after a failed sync nothing is moved, nothing written, and the process
ends. The next one counts from the start, and **settles** before anything is acknowledged:
it moves all of the log and waits for the disk. That is needed after a killed process,
too, whose last commit may stand in the kernel's memory only.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

from app.domain.errors import Unavailable
from app.store.databases import checkpointing_engine

_log = logging.getLogger(__name__)
SECONDS_BETWEEN = 0.2
MOST_PAGES = 16_000
"""Of a log of 64 MB and more everything is moved at once, and commits wait for it: that bounds its size."""
SECONDS_TO_ANSWER = 0.5
"""How long those are still told that nothing was recorded who wait when the process has to end."""
FAILED_SYNC = 5
_PATIENCE = "PRAGMA busy_timeout=200"
_SYNC_ERRORS = (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)


def end_process() -> None:
    """End at once, and close no connection: the last one to be closed would move pages and remove the log."""
    os._exit(FAILED_SYNC)


class Checkpointing:
    """The checkpointers of those of the databases that are SQLite files."""

    def __init__(self, *urls: URL) -> None:
        engines = {url: checkpointing_engine(url) for url in urls}
        self._of = {url: Checkpointer(engine) for url, engine in engines.items() if engine is not None}

    def check_settled(self) -> None:
        """Raise ``Unavailable`` unless everything that can be read is on the disk."""
        if not all(one.settled for one in self._of.values()):
            raise Unavailable("The disk does not take what the log holds already. Nothing was recorded.")

    def empty(self, url: URL) -> bool:
        """Move everything of that file and cut its log to nothing; False while that cannot be done."""
        return self._of[url].empty()

    def close(self) -> None:
        """End after the checkpoints under way; connections may be closed then."""
        for one in self._of.values():
            one.close()


class Checkpointer:
    """A thread that checkpoints several times a second, on connections of ``engine`` that are not kept.

    A connection of its own for each, so that a failed sync of the log, which the kernel tells once to whoever
    has the file open, is not heard a second time, as if it were the database's. ``end`` ends the process.
    """

    def __init__(self, engine: Engine, end: Callable[[], object] = end_process) -> None:
        self._engine = engine
        self._end = end
        self.settled = False
        """Whether everything that can be read is on the disk."""
        self._pages = 0
        self._counted = False
        """Whether pages are counted as moved for which nobody has waited yet."""
        self._lost = False
        self._said: str | None = None
        self._one_at_a_time = threading.Lock()
        self._ended = threading.Event()
        self._move("FULL")
        self._thread = threading.Thread(target=self._run, name="termwise-checkpointer", daemon=True)
        self._thread.start()

    def empty(self) -> bool:
        """Move everything and cut the log to nothing; False while somebody reads, or the disk fails."""
        return self._move("TRUNCATE") and self._pages == 0

    def close(self) -> None:
        """End after the checkpoint under way; the connections may be closed then."""
        self._ended.set()
        self._thread.join()
        if self._lost:
            self._end()

    def _run(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN):
            everything = not self.settled or self._pages > MOST_PAGES
            self._move("FULL" if everything else "PASSIVE")

    def _move(self, mode: str) -> bool:
        """Checkpoint; whether the disk took it."""
        with self._one_at_a_time:
            if self._lost:
                return False
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql(_PATIENCE)
                    found = connection.exec_driver_sql(f"PRAGMA wal_checkpoint({mode})").one()
            except DBAPIError as error:
                self._failed(error)
                return False
            busy, self._pages, moved = found
            self._said = None
            # Only where no commit could come in between has SQLite waited for all that it moved.
            synced = mode != "PASSIVE" and not busy and moved == self._pages
            self.settled = self.settled or synced
            self._counted = not synced and (self._counted or moved > 0)
            return True

    def _failed(self, error: DBAPIError) -> None:
        if getattr(error.orig, "sqlite_errorcode", None) in _SYNC_ERRORS and self._counted:
            self.settled, self._lost = False, True
            _log.critical("the disk did not keep a part of %s; this process ends", self._engine.url.database)
            if not self._ended.is_set():
                threading.Timer(SECONDS_TO_ANSWER, self._end).start()
        elif self._said != (said := str(error.orig)):
            # Nothing is lost by it: the pages stay in the log, and the next attempt moves them.
            self._said = said
            _log.warning("checkpoint failed: %s", said)
