"""A database that would lose what was acknowledged ..."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import Unavailable
from app.services.assembly import open_services
from app.store.store import Store
from tests import postgresql
from tests.web.service import settings_for


def test_is_refused_in_production_and_only_there(
    migrated_postgres: postgresql.Server, keys_url: str, tmp_path: Path
) -> None:
    url = migrated_postgres.copy("migrated", "lax")
    with open_services(settings_for(tmp_path, url)):
        pass
    production = {"TERMWISE_ENVIRONMENT": "production", "TERMWISE_LOG_ORIGIN": "termwise.local/log"}
    with (
        pytest.raises(Unavailable, match="fsync=off"),
        open_services(settings_for(tmp_path, url, **production)),
    ):
        pass
    with Store.open(url, keys_url, writing=True):
        pass  # it was let go, with its connections


def test_is_not_one_that_waits_for_its_disk(keys_url: str, tmp_path: Path) -> None:
    binaries = postgresql.binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    with postgresql.running(binaries, wait_for_disk=True) as server:
        url = server.url("postgres")
        Store.migrate(url, keys_url)
        with Store.open(url, keys_url, writing=True) as store:
            store.check_durable()
