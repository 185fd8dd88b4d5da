"""A store of the test's own, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.store.store import Store
from tests.recordings import opened


@pytest.fixture
def store(database_url: str, keys_url: str) -> Iterator[Store]:
    """Migrated, empty, open for writing."""
    with opened(database_url, keys_url) as store:
        yield store
