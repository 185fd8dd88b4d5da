"""Fixtures that every folder of tests may ask for: fresh databases, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.store.store import Store
from tests import databases, postgresql

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile(
    "here", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("here")

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
def migrated() -> Path:
    """A folder with a migrated SQLite database and key database, to be copied."""
    return databases.template()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: postgresql.Server, migrated: Path) -> postgresql.Server:
    """The server with a migrated database called ``migrated``, to be copied."""
    postgres.run("CREATE DATABASE migrated")
    Store.migrate(postgres.url("migrated"), f"sqlite:///{migrated}/keys.db")
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of the test's own; the test runs once on either kind."""
    with _migrated(request, tmp_path) as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same for the tests of a file, where none minds what the others wrote."""
    with _migrated(request, tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture
def keys_url(tmp_path: Path) -> str:
    """The address of a migrated key database of the test's own, a SQLite file."""
    databases.copy_into(tmp_path, "keys.db")
    return f"sqlite:///{tmp_path}/keys.db"


@pytest.fixture(scope="session")
def migrated_keys_postgres(migrated_postgres: postgresql.Server) -> postgresql.Server:
    """The server with a migrated key database called ``migrated_keys``, too."""
    migrated_postgres.run("CREATE DATABASE migrated_keys")
    Store.migrate(migrated_postgres.url("migrated"), migrated_postgres.url("migrated_keys"))
    return migrated_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def both_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of a migrated database and key database of one kind; the test runs once on either."""
    if request.param == "sqlite":
        databases.copy_into(tmp_path)
        yield f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
        return
    server: postgresql.Server = request.getfixturevalue("migrated_keys_postgres")
    with _database(server, "migrated") as url, _database(server, "migrated_keys") as keys_url:
        yield url, keys_url


@contextmanager
def _migrated(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        databases.copy_into(folder, "termwise.db")
        yield f"sqlite:///{folder}/termwise.db"
        return
    server: postgresql.Server = request.getfixturevalue("migrated_postgres")
    with _database(server, "migrated") as url:
        yield url


@contextmanager
def _database(server: postgresql.Server, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield server.copy(template, name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
