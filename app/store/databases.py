"""Engines for SQLite and PostgreSQL, with the promises that each connection must keep.

Engines run in autocommit: a read is one statement, and whoever writes says BEGIN and
COMMIT itself. SQLite is in WAL with ``synchronous=FULL``; below that a power cut may
take back a decision that was acknowledged, so a connection that cannot have it is refused.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from app.domain.errors import Invalid, Unavailable
from app.settings.folders import make_folder

# It warns of every pipeline that ended in an error; the error itself is raised, and told where it matters.
logging.getLogger("psycopg").setLevel(logging.ERROR)

BUSY_SECONDS = 5
STATEMENT_SECONDS = 10
_FULL = 2
_PROMISES = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "wal_autocheckpoint=0",  # app.store.checkpointing does it, and hears when it fails
)
_WAIT_FOR_THE_DISK = """
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""
_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


@contextmanager
def opening() -> Iterator[None]:
    """Say in one line what the driver says of a database that cannot be opened; raises ``Unavailable``."""
    try:
        yield
    except DBAPIError as error:
        said = str(error).splitlines()[0]
        raise Unavailable(f"The database cannot be opened (TERMWISE_DATABASE_URL): {said}") from error


def parsed(url: str) -> URL:
    """The URL with its driver; raises ``Invalid`` for anything but a SQLite file or PostgreSQL."""
    parts = make_url(url)
    backend = parts.drivername.partition("+")[0]
    if backend not in _DRIVERS:
        raise Invalid(
            f"{backend} is not a database that Termwise knows: write sqlite:///FILE or postgresql://HOST/NAME"
        )
    if backend == "sqlite" and parts.database in (None, "", ":memory:"):
        raise Invalid("a database in memory keeps no decision: write sqlite:///FILE")
    return parts.set(drivername=_DRIVERS[backend])


def load_driver(url: str) -> None:
    """Import the driver of that database now, so that processes forked from this one need not."""
    parsed(url).get_dialect().import_dbapi()


def both(url: str, keys_url: str) -> tuple[URL, URL]:
    """The URLs of the log and of its keys; raises ``Invalid`` where they are one database."""
    log, keys = parsed(url), parsed(keys_url)
    if log == keys or (sqlite_file(log) is not None and sqlite_file(log) == sqlite_file(keys)):
        raise Invalid("The keys need a database of their own: beside what they open, they protect nothing.")
    return log, keys


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database; None on PostgreSQL."""
    return Path(str(url.database)).resolve() if url.get_backend_name() == "sqlite" else None


def writing_engine(url: URL) -> Engine:
    """An engine for a writer; it makes the SQLite file and its folder where they are missing."""
    path = sqlite_file(url)
    if path is None:
        return _postgres(url)
    make_folder(path.parent)
    engine = _sqlite(url)
    event.listen(engine, "connect", _keep_promises)
    return engine


def checkpointing_engine(url: URL) -> Engine | None:
    """An engine whose connections are not kept, for moving the log of a SQLite file; None on PostgreSQL."""
    if sqlite_file(url) is None:
        return None
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    event.listen(engine, "connect", _keep_promises)
    return engine


def reading_engine(url: URL, most: int = 20) -> Engine:
    """An engine that cannot write. SQLite in WAL: readers and the writer do not wait for each other.

    ``most`` connections are kept and shared: nobody holds one for longer than a question, and PostgreSQL
    refuses everybody once a few servers have opened a hundred.
    """
    path = sqlite_file(url)
    if path is None:
        engine = _postgres(url, most)
        event.listen(engine, "connect", _postgres_read_only)
        return engine
    if not path.exists():
        raise Unavailable(
            f"there is no database at {path}, and what only reads makes none: give `termwise rulesets sync`,"
            " start the server once, or name another file (TERMWISE_DATABASE_URL)"
        )
    engine = _sqlite(url, most)
    event.listen(engine, "connect", _sqlite_read_only)
    return engine


def _sqlite(url: URL, most: int = 4) -> Engine:
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # a statement that fails is logged, what was asked is not
        pool_size=most,
        max_overflow=0,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )


def _postgres(url: URL, most: int = 4) -> Engine:
    options = f"-c timezone=UTC -c statement_timeout={STATEMENT_SECONDS}s"
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # a statement that fails is logged, what was asked is not
        pool_size=most,
        max_overflow=0,
        connect_args={"connect_timeout": BUSY_SECONDS, "options": options},
    )
    event.listen(engine, "connect", _wait_for_the_disk)
    return engine


def _keep_promises(connection: sqlite3.Connection, _: Any) -> None:
    journal = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    for pragma in _PROMISES:
        connection.execute(f"PRAGMA {pragma}")
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if journal != "wal" or synchronous < _FULL:
        raise Unavailable(
            f"SQLite runs here with journal_mode={journal} and synchronous={synchronous}; Termwise needs WAL"
            " and FULL, or an acknowledged decision could be lost. Put the database on a local disk."
        )


def _sqlite_read_only(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA query_only=ON")


def _postgres_read_only(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")


def _wait_for_the_disk(connection: Any, _: Any) -> None:
    """Where the server is set to commit without waiting for the disk, this session still waits."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT_FOR_THE_DISK)
