"""Migrations bring any database to the tables of this version, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, inspect, text

from app.domain.errors import Unavailable
from app.store import migrating, tables, upgrading
from app.store.store import Store
from tests.recordings import sealed
from tests.store.test_recording import in_threads


def table_names(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
    engine.dispose()
    return sorted(names)


def differences(url: str, metadata: MetaData) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    return found


def test_an_empty_database_gets_exactly_the_tables_of_the_code(empty_database_url, tmp_path):
    keys_url = f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(empty_database_url, keys_url)
    assert differences(empty_database_url, tables.metadata) == []
    assert differences(keys_url, tables.key_metadata) == []


@pytest.mark.parametrize("chain", [migrating.LOG, migrating.KEYS])
def test_the_code_names_the_last_migration_of_each_chain(chain):
    scripts = ScriptDirectory.from_config(upgrading.configuration(chain))
    assert scripts.get_current_head() == migrating.HEADS[chain]
    assert len(scripts.get_heads()) == 1


def test_migrating_again_changes_nothing(database_url, keys_url):
    with Store.open(database_url, keys_url, writing=True) as store:
        recording = sealed()
        store.record(recording)
    Store.migrate(database_url, keys_url)
    with Store.open(database_url, keys_url, writing=False) as store:
        assert store.decisions.get(recording.entry.id).entry == recording.entry
        assert store.guards() == []


def test_a_process_waits_for_the_migration_of_another(postgres, tmp_path):
    postgres.run("CREATE DATABASE together")
    urls = postgres.url("together"), f"sqlite:///{tmp_path}/keys.db"
    second = threading.Thread(target=Store.migrate, args=urls)
    other = create_engine(urls[0], isolation_level="AUTOCOMMIT")
    with other.connect() as first:
        first.execute(text(f"SELECT pg_advisory_lock({upgrading.ADVISORY_LOCK})"))
        second.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while first.execute(waiting).scalar() == 0:
            time.sleep(0.01)
        assert table_names(urls[0]) == []
        first.execute(text(f"SELECT pg_advisory_unlock({upgrading.ADVISORY_LOCK})"))
    other.dispose()
    second.join()
    assert differences(urls[0], tables.metadata) == []


def test_threads_that_migrate_together_wait_for_each_other(tmp_path):
    urls = [(f"sqlite:///{tmp_path}/log{number}.db", f"sqlite:///{tmp_path}/keys.db") for number in range(4)]
    assert in_threads(lambda number: Store.migrate(*urls[number]), 4) == [None] * 4


def test_a_migration_that_fails_leaves_nothing_behind(empty_database_url, tmp_path):
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        # In the way of the last table that the first migration makes.
        connection.execute(text("CREATE TABLE idempotency (claim INTEGER)"))
    engine.dispose()
    with pytest.raises(Exception, match="already exists"):
        Store.migrate(empty_database_url, f"sqlite:///{tmp_path}/keys.db")
    assert table_names(empty_database_url) == ["idempotency"]


def test_a_database_of_a_newer_version_is_refused(database_url, keys_url):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'log_9999'"))
    engine.dispose()
    with pytest.raises(Unavailable, match="newer version of Termwise"):
        Store.migrate(database_url, keys_url)
    with pytest.raises(Unavailable, match="stands at migration log_9999"):
        Store.open(database_url, keys_url, writing=True)


def test_an_unmigrated_database_is_not_opened(empty_database_url, tmp_path):
    for name in ("termwise.db", "keys.db"):
        Path(tmp_path / name).touch()
    with pytest.raises(Unavailable, match="Run the migrations"):
        Store.open(empty_database_url, f"sqlite:///{tmp_path}/keys.db", writing=True)


def test_no_migration_uses_batch_mode_which_would_drop_triggers():
    files = [path for chain in migrating.HEADS for path in (_folder() / chain).glob("*.py")]
    assert len(files) >= 4
    assert not [path for path in files if "batch" in path.read_text("utf-8")]
    assert "render_as_batch=False" in (_folder() / "env.py").read_text("utf-8")


def _folder() -> Path:
    return Path(migrating.__file__).with_name("migrations")


def test_opening_a_store_loads_no_alembic():
    code = "import sys, app.store.store; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
