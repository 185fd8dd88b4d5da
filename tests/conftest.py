"""Fixtures that every folder of tests may ask for: fresh databases, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

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
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the test's own; the test runs once on either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/termwise.db"
        return
    server: postgresql.Server = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name}")
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def keys_url(tmp_path: Path) -> str:
    """The address of a key database of the test's own, a SQLite file."""
    return f"sqlite:///{tmp_path}/keys.db"
