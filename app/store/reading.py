"""One place where rows are read: a dropped connection is replaced once, a failing database is Unavailable."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.domain.errors import Unavailable

_log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
ROWS_AT_ONCE = 50
"""Few enough to stay where the processor has them at hand."""


class Reader:
    """Reads on whichever connection is free."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.on_sqlite = engine.dialect.name == "sqlite"

    def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """What ``question`` finds out. Raises ``Unavailable`` when the database does not answer."""
        try:
            try:
                return self._asked(question)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                return self._asked(question)
        except (OperationalError, InterfaceError, NoConnectionFree) as error:
            raise unavailable(error) from error

    def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """Every row of one statement."""
        return self.ask(lambda connection: connection.execute(statement).all())

    def each(self, sql: str, given: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """The rows of one statement, one after the other and as the driver gives them, for very many.

        Raises ``Unavailable``. A connection is held until the last was read.
        """
        driver = self.engine.dialect.loaded_dbapi
        try:
            with self.engine.connect() as connection:
                cursor = connection.exec_driver_sql(sql, given).cursor
                while rows := cursor.fetchmany(ROWS_AT_ONCE):
                    yield from rows
        except (OperationalError, InterfaceError, NoConnectionFree, driver.Error) as error:
            raise unavailable(error) from error

    def first(self, statement: Executable) -> Row[Any] | None:
        """The first row, or None."""
        rows = self.all(statement)
        return rows[0] if rows else None

    def _asked(self, question: Callable[[Connection], Answer]) -> Answer:
        with self.engine.connect() as connection:
            return question(connection)


def unavailable(error: Exception) -> Unavailable:
    """What is said, and logged, of a database that cannot be read."""
    _log.error("the database cannot be read: %s", error)
    return Unavailable("The database cannot be read at present. Try again shortly.")
