"""On SQLite, moves committed pages from the write-ahead log into the database, beside the writer.

Left alone, SQLite does this inside whichever commit fills a thousand pages: its callers
wait for it, and nobody hears when the disk fails at it. A passive checkpoint on another
connection holds nobody up.

What a failed sync leaves behind: the kernel takes pages for written that it could not
write, and the next sync succeeds. A commit that failed so is written again by the next
one, over the same place in the log. But pages that were moved are counted as moved, in the
memory that all connections to the file share, and the log, the only good copy, would be
begun anew over them. So after a failed sync, and at the start, for whatever another
process left, everything is **counted anew**. Nothing is acknowledged before it is
**settled**: all of the log was moved, the disk waited for, and the log is empty. That is
needed after a killed process, too: its last commit may stand in the kernel's memory only,
as a hole in the log behind which nothing would be found after a power cut.
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
"""A log of 64 MB and more is moved by whoever commits next: that bounds its size."""
_PATIENCE = "PRAGMA busy_timeout=200"
_SYNC_ERRORS = (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)
_VOID = bytes(96)
"""Both copies of the header of SQLite's index to the log (``-shm``; sqlite.org/walformat.html), not begun."""


class Checkpointing:
    """The checkpointers of those of the databases that are SQLite files.

    ``changed`` is told when what can be read may have become another without a commit of this process: a
    commit that failed may have left behind all that is needed to find it.
    """

    def __init__(self, *urls: URL, changed: Callable[[], object]) -> None:
        engines = {url: checkpointing_engine(url) for url in urls}
        self._of = {
            url: Checkpointer(engine, changed) for url, engine in engines.items() if engine is not None
        }

    def check_settled(self) -> None:
        """Raise ``Unavailable`` unless everything that can be read is on the disk."""
        if not all(one.settled for one in self._of.values()):
            raise Unavailable("The disk does not take what the log holds already. Nothing was recorded.")

    def before_commit(self) -> None:
        """The same, for the one who writes; a log that grew too long is moved first, while nobody commits."""
        self.check_settled()
        for one in self._of.values():
            one.bound()

    def empty(self, url: URL) -> bool:
        """Move everything of that file and cut its log to nothing; False while that cannot be done."""
        return self._of[url].empty()

    def close(self) -> None:
        """End after the checkpoints under way."""
        for one in self._of.values():
            one.close()

    def release(self) -> None:
        """Let the files go, once no connection of this process has them open."""
        for one in self._of.values():
            one.release()


class Checkpointer:
    """A thread that checkpoints one file several times a second, on connections that are not kept.

    A connection of its own for each, so that a failed sync of the log, which the kernel tells once to whoever
    has the file open, is not heard a second time, as if it were the database's.
    """

    def __init__(self, engine: Engine, changed: Callable[[], object]) -> None:
        self._engine = engine
        self._changed = changed
        self.settled = False
        """Whether everything that can be read is on the disk."""
        self._counted = True
        """Whether pages may be counted as moved that are not on the disk."""
        self._pages = 0
        self._indexes: list[int] = []
        self._said: str | None = None
        self._one_at_a_time = threading.Lock()
        self._ended = threading.Event()
        self._checkpoint("TRUNCATE")
        self._thread = threading.Thread(target=self._run, name="termwise-checkpointer", daemon=True)
        self._thread.start()

    def empty(self) -> bool:
        """Move everything and cut the log to nothing; False while somebody reads, or the disk fails."""
        return self._checkpoint("TRUNCATE") and self._pages == 0

    def bound(self) -> None:
        """Move everything, if the log is long."""
        if self._pages > MOST_PAGES:
            self._checkpoint("FULL")

    def close(self) -> None:
        """End after the checkpoint under way."""
        self._ended.set()
        self._thread.join()

    def release(self) -> None:
        """Let the file go. Closing it ends every lock that this process holds on it, whoever took it."""
        while self._indexes:
            os.close(self._indexes.pop())

    def _run(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN):
            self._checkpoint("PASSIVE" if self.settled else "TRUNCATE")

    def _checkpoint(self, mode: str) -> bool:
        """Move what can be; whether the disk took it."""
        with self._one_at_a_time:
            try:
                if not self.settled and self._counted:
                    self._count_anew()
                self._move(mode)
            except (DBAPIError, OSError) as error:
                # Nothing is lost by it: the pages stay in the log, and the next attempt moves them.
                self.settled = self.settled and not _is_of_sync(error)
                said, self._said = self._said, str(getattr(error, "orig", error))
                if said != self._said:
                    _log.warning("checkpoint failed: %s", self._said)
                return False
            self._said = None
            return True

    def _move(self, mode: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(_PATIENCE)
            found = connection.exec_driver_sql(f"PRAGMA wal_checkpoint({mode})").one()
        busy, self._pages, moved = found
        # Only where no commit could come in between has SQLite waited for all that it moved.
        synced = mode != "PASSIVE" and not busy and moved == self._pages
        self._counted = not synced and (self._counted or moved > 0)
        self.settled = self.settled or (mode == "TRUNCATE" and not busy)

    def _count_anew(self) -> None:
        """Void the index that connections share: the next one to read makes it again from the log's start.

        Under the lock of a writer, because who commits writes the index's header.
        """
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                self._indexes.append(os.open(f"{self._engine.url.database}-shm", os.O_RDWR | os.O_CLOEXEC))
                os.pwrite(self._indexes[-1], _VOID, 0)
            finally:
                connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        self._counted = False
        self._changed()


def _is_of_sync(error: Exception) -> bool:
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", None) in _SYNC_ERRORS
