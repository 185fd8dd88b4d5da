"""One connection, one transaction at a time, and no doubt about what was committed."""

from __future__ import annotations

import logging
import select
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.errors import Unavailable

_log = logging.getLogger(__name__)
Result = TypeVar("Result")
NOTHING_RECORDED = "Nothing was recorded."
NOT_KNOWN = "It is not known whether it was recorded: ask again under the same idempotency key."


class Committer:
    """Runs work in transactions on a connection of its own. For one thread at a time.

    The driver is used directly: SQLAlchemy's layer over a transaction of three statements costs as much as
    the statements do. After a failed COMMIT the connection is thrown away: what it holds in memory and what
    lies on the disk may differ, and only a new connection reads the disk. ``may_write`` raises where nothing
    may be written at present.
    """

    def __init__(self, engine: Engine, may_write: Callable[[], object] = lambda: None) -> None:
        self._engine = engine
        self._may_write = may_write
        self._on_sqlite = engine.dialect.name == "sqlite"
        self._begin = "BEGIN IMMEDIATE" if self._on_sqlite else "BEGIN"
        self._connection: Any = None
        driver = engine.dialect.loaded_dbapi
        self.broken: tuple[type[Exception], ...] = (
            driver.OperationalError,
            driver.InterfaceError,
            driver.InternalError,
        )
        """The driver's errors that concern the database as a whole and not the row at hand."""

    def run(self, work: Callable[[DBAPICursor], Result], *, unread: bool = False) -> Result:
        """What ``work`` returns, once it is durable. Raises ``Unavailable`` when the database cannot do it.

        An error of ``work`` itself rolls back and is raised as it is. Work that reads no answers may say so
        (``unread``): on PostgreSQL everything up to COMMIT is then sent without waiting in between.
        """
        self._may_write()
        known = NOTHING_RECORDED
        try:
            cursor = self._cursor()
            with self._pipeline(unread):
                cursor.execute(self._begin)
                result = work(cursor)
                known = NOT_KNOWN
                cursor.execute("COMMIT")
            self._check_committed(cursor)
            cursor.close()
        except self.broken as error:
            self.discard()
            _log.error("the database cannot be written: %s", error)
            raise Unavailable(f"The database cannot be written at present. {known}") from error
        except BaseException:
            self._roll_back()
            raise
        return result

    def discard(self) -> None:
        """Throw the connection away; the next ``run`` opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()

    def _cursor(self) -> DBAPICursor:
        if self._connection is not None and self._hung_up():
            self.discard()
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        cursor: DBAPICursor = self._connection.cursor()
        return cursor

    def _hung_up(self) -> bool:
        """Whether PostgreSQL ended an idle connection: only then is there something to read from it."""
        return not self._on_sqlite and bool(select.select([self._connection.driver_connection], [], [], 0)[0])

    def _pipeline(self, wanted: bool) -> AbstractContextManager[object]:
        if self._on_sqlite or not wanted:
            return nullcontext()
        pipeline: AbstractContextManager[object] = self._connection.driver_connection.pipeline()
        return pipeline

    def _check_committed(self, cursor: DBAPICursor) -> None:
        """PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and calls that a success."""
        if getattr(cursor, "statusmessage", "COMMIT") != "COMMIT":
            raise self.broken[0]("the transaction had failed and was rolled back")

    def _roll_back(self) -> None:
        try:
            self._connection.driver_connection.rollback()
        except Exception:
            _log.warning("rollback failed; the connection is thrown away", exc_info=True)
            self.discard()
