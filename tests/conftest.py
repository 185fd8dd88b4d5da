"""Fixtures that every folder of tests may ask for: fresh databases, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from app.store.store import Store
from tests import postgresql

_numbers = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.Server]:
    """One private PostgreSQL for the whole run; tests that need it are skipped where none is installed."""
    binaries = postgresql.binaries()
    if binaries is None:
        pytest.skip(f"no PostgreSQL server under {postgresql.WHERE}: apt-get install postgresql")
    with postgresql.running(binaries) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the test's own that no migration has touched; once on either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/termwise.db"
        return
    server: postgresql.Server = request.getfixturevalue("postgres")
    with _database(server, "template1") as url:
        yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated SQLite database and key database, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    Store.migrate(f"sqlite:///{folder}/termwise.db", f"sqlite:///{folder}/keys.db")
    return folder


@pytest.fixture(scope="session")
def migrated_postgres(postgres: postgresql.Server, migrated: Path) -> postgresql.Server:
    """The server with a migrated database called ``migrated``, to be copied."""
    postgres.run("CREATE DATABASE migrated")
    Store.migrate(postgres.url("migrated"), f"sqlite:///{migrated}/keys.db")
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[str]:
    """The address of a migrated database of the test's own; the test runs once on either kind."""
    if request.param == "sqlite":
        shutil.copy(migrated / "termwise.db", tmp_path)
        yield f"sqlite:///{tmp_path}/termwise.db"
        return
    server: postgresql.Server = request.getfixturevalue("migrated_postgres")
    with _database(server, "migrated") as url:
        yield url


@pytest.fixture
def keys_url(tmp_path: Path, migrated: Path) -> str:
    """The address of a migrated key database of the test's own, a SQLite file."""
    shutil.copy(migrated / "keys.db", tmp_path)
    return f"sqlite:///{tmp_path}/keys.db"


@pytest.fixture(scope="session")
def migrated_keys_postgres(migrated_postgres: postgresql.Server) -> postgresql.Server:
    """The server with a migrated key database called ``migrated_keys``, too."""
    migrated_postgres.run("CREATE DATABASE migrated_keys")
    Store.migrate(migrated_postgres.url("migrated"), migrated_postgres.url("migrated_keys"))
    return migrated_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def both_urls(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[tuple[str, str]]:
    """The addresses of a migrated database and key database of one kind; the test runs once on either."""
    if request.param == "sqlite":
        for name in ("termwise.db", "keys.db"):
            shutil.copy(migrated / name, tmp_path)
        yield f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
        return
    server: postgresql.Server = request.getfixturevalue("migrated_keys_postgres")
    with _database(server, "migrated") as url, _database(server, "migrated_keys") as keys_url:
        yield url, keys_url


@contextmanager
def _database(server: postgresql.Server, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield server.copy(template, name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
