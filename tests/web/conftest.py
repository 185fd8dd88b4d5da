"""Services for the tests of the interface."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.service import Service, serving


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own, on SQLite, that answers the example policy."""
    with serving(tmp_path) as opened:
        yield opened


@pytest.fixture
def everywhere(tmp_path: Path, database_url: str) -> Iterator[Service]:
    """The same once on SQLite and once on PostgreSQL."""
    with serving(tmp_path, database_url=database_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for the tests of a file, where none minds what the others recorded."""
    with serving(tmp_path_factory.mktemp("service")) as opened:
        yield opened
