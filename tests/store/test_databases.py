"""Every connection keeps the promises of the log, or is refused."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.errors import Invalid, Unavailable
from app.store.databases import _keep_promises, parsed, reading_engine, writing_engine
from app.store.store import Store
from tests.recordings import sealed

OK, IGNORE = sqlite3.SQLITE_OK, sqlite3.SQLITE_IGNORE


@pytest.fixture
def lite(tmp_path):
    """The parsed address of a SQLite file."""
    return parsed(f"sqlite:///{tmp_path}/some/folder/termwise.db")


@pytest.fixture
def elephant(postgres):
    """The parsed address of a PostgreSQL database."""
    return parsed(postgres.url("postgres"))


def asked(engine, *questions):
    with engine.connect() as connection:
        answers = [connection.execute(text(question)).scalar() for question in questions]
    engine.dispose()
    return answers


def test_sqlite_writes_with_full_synchronisation_in_wal(lite):
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    assert asked(writing_engine(lite), *(f"PRAGMA {name}" for name in pragmas)) == ["wal", 2, 1, 1]


def test_sqlite_below_full_is_refused(tmp_path):
    with closing(sqlite3.connect(tmp_path / "hasty.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.set_authorizer(lambda action, what, *_: IGNORE if what == "synchronous" and _[0] else OK)
        with pytest.raises(Unavailable, match="synchronous=1; Termwise needs WAL and FULL"):
            _keep_promises(connection, None)


def test_sqlite_where_there_can_be_no_wal_is_refused(tmp_path):
    # Locks by files have no shared memory, as on some network disks.
    address = f"file:{tmp_path}/far.db?vfs=unix-dotfile"
    with (
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection,
        pytest.raises(Unavailable, match=r"journal_mode=delete.*Put the database on a local disk"),
    ):
        _keep_promises(connection, None)


@pytest.mark.parametrize("kind", ["lite", "elephant"])
def test_a_reading_connection_cannot_write(kind, request):
    url = request.getfixturevalue(kind)
    engine = writing_engine(url)
    asked(engine, "SELECT 1")
    reading = reading_engine(url)
    with reading.connect() as connection, pytest.raises(DBAPIError, match=r"read.?only"):
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
    reading.dispose()


def test_postgresql_waits_for_the_disk_though_the_server_is_set_otherwise(postgres, elephant):
    postgres.run("CREATE DATABASE hasty", "ALTER DATABASE hasty SET synchronous_commit = off")
    engine = writing_engine(parsed(postgres.url("hasty")))
    assert asked(engine, "SHOW synchronous_commit", "SHOW timezone") == ["on", "UTC"]


def test_postgresql_that_waits_for_a_standby_goes_on_doing_so(postgres):
    postgres.run("CREATE DATABASE careful", "ALTER DATABASE careful SET synchronous_commit = remote_apply")
    engine = writing_engine(parsed(postgres.url("careful")))
    assert asked(engine, "SHOW synchronous_commit") == ["remote_apply"]


@pytest.mark.parametrize("url", ["postgres://h/n", "postgresql://h/n", "postgresql+psycopg://h/n"])
def test_every_way_to_write_postgresql_means_psycopg(url):
    assert parsed(url).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(Invalid, match="keeps no decision"):
        parsed(url)


def test_another_database_is_refused_by_name():
    with pytest.raises(Invalid, match="mysql is not a database that Termwise knows"):
        parsed("mysql://h/n")


def test_reading_a_file_that_is_not_there_makes_none(lite, tmp_path):
    with pytest.raises(Unavailable, match="there is no database at"):
        reading_engine(lite)
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_is_written_to_is_checkpointed_beside_the_writer(tmp_path):
    urls = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(*urls)
    before = (tmp_path / "termwise.db").stat().st_size
    with Store.open(*urls, writing=True) as store:
        store.record_many([sealed() for _ in range(400)])
        end = time.monotonic() + 10
        while (tmp_path / "termwise.db").stat().st_size == before:
            assert time.monotonic() < end
            time.sleep(0.02)
