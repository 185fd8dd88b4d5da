"""When the shared commit fails, nobody is told that anything was recorded."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.errors import Unavailable
from app.domain.sealed import DecisionFilter
from app.store.committing import Committer
from app.store.databases import parsed, writing_engine
from app.store.store import Store
from tests import postgresql
from tests.recordings import opened, sealed
from tests.store.test_recording import in_threads


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses to let a file grow beyond ``size`` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def recorded(store: Store) -> set[object]:
    found = store.finding.search(DecisionFilter(), limit=1000)
    return {one.entry.id for one in found.decisions}


@pytest.fixture
def sqlite(tmp_path: Path, keys_url: str) -> Iterator[Store]:
    with opened(f"sqlite:///{tmp_path}/termwise.db", keys_url) as store:
        yield store


def test_a_full_disk_acknowledges_nothing_and_heals_by_itself(sqlite, tmp_path):
    before = sealed()
    sqlite.record(before)
    log = tmp_path / "termwise.db-wal"
    with files_no_larger_than(log.stat().st_size):
        refused = [sealed() for _ in range(16)]
        results = in_threads(lambda number: sqlite.record(refused[number]))
        assert all(isinstance(result, Unavailable) for result in results)
        assert recorded(sqlite) == {before.entry.id}
    after = sealed()
    sqlite.record(after)
    assert recorded(sqlite) == {before.entry.id, after.entry.id}


def test_a_disk_that_fills_up_under_load_loses_nothing_that_was_acknowledged(sqlite, tmp_path):
    recordings = [[sealed() for _ in range(60)] for _ in range(16)]

    def record(number: int) -> list[object]:
        acknowledged: list[object] = []
        for one in recordings[number]:
            try:
                sqlite.record(one)
            except Unavailable:
                continue
            acknowledged.append(one.entry.id)
        return acknowledged

    with files_no_larger_than(600_000):
        acknowledged = {id for ids in in_threads(record) for id in ids}  # type: ignore[attr-defined]
        found = recorded(sqlite)
    assert 0 < len(acknowledged) < 16 * 60
    assert acknowledged == found


def test_a_batch_reports_exactly_what_is_durable(sqlite):
    with files_no_larger_than(600_000):
        many = [sealed() for _ in range(900)]
        outcomes = sqlite.record_many(many)
        found = recorded(sqlite)
    assert {one.entry.id for one, outcome in zip(many, outcomes, strict=True) if outcome is None} == found
    assert 0 < len(found) < 900
    first = next(place for place, outcome in enumerate(outcomes) if outcome is not None)
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes[first:])


FAILS_AT_COMMIT = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM entry WHERE kind = 'poison') THEN RAISE EXCEPTION 'at commit'; END IF;
    RETURN NULL;
END $$
"""


def test_a_commit_that_postgresql_refuses_is_told_to_all_of_its_callers(postgres, tmp_path, keys_url):
    postgres.run("CREATE DATABASE fails_at_commit")
    with opened(postgres.url("fails_at_commit"), keys_url) as store:
        postgres.run(
            FAILS_AT_COMMIT,
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION refuse()",
            database="fails_at_commit",
        )
        recordings = [sealed() for _ in range(16)]
        recordings[3] = sealed(decision=None, entry=_poison())
        results = in_threads(lambda number: store.record(recordings[number]))
        acknowledged = {
            one.entry.id for one, result in zip(recordings, results, strict=True) if result is None
        }
        assert isinstance(results[3], Unavailable)
        assert acknowledged == recorded(store)


def _poison():
    return replace(sealed().entry, kind="poison")


def test_a_transaction_that_failed_unnoticed_is_no_success(postgres):
    # PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and no error.
    engine = writing_engine(parsed(postgres.url("postgres")))
    committer = Committer(engine)

    def swallow(cursor):
        try:
            cursor.execute("SELECT 1 / 0")
        except Exception:
            return "as if nothing had happened"

    with pytest.raises(Unavailable, match="not known whether"):
        committer.run(swallow)
    committer.discard()
    engine.dispose()


def test_a_server_that_falls_over_under_load_loses_nothing_acknowledged(tmp_path, keys_url):
    binaries = postgresql.binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    with postgresql.running(binaries) as server:
        server.run("CREATE DATABASE falls_over")
        with opened(server.url("falls_over"), keys_url) as store:
            acknowledged: set[object] = set()
            failed = threading.Event()
            stop = threading.Event()

            def load(number: int) -> None:
                while not stop.is_set():
                    one = sealed()
                    try:
                        store.record(one)
                        acknowledged.add(one.entry.id)
                    except Unavailable:
                        failed.set()

            loading = [threading.Thread(target=load, args=(number,)) for number in range(8)]
            for thread in loading:
                thread.start()
            for _ in range(3):
                failed.clear()
                server.restart_at_once()
                assert failed.wait(10)
            stop.set()
            for thread in loading:
                thread.join()
            store.record(sealed())
            assert len(acknowledged) > 0
            for id in acknowledged:
                assert store.decisions.get(id).entry.id == id  # type: ignore[arg-type]


def test_connections_that_ended_while_idle_are_replaced_unnoticed(postgres, keys_url):
    postgres.run("CREATE DATABASE hangs_up")
    with opened(postgres.url("hangs_up"), keys_url) as store:
        first = sealed()
        store.record(first)
        store.decisions.get(first.entry.id)
        postgres.run(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = 'hangs_up'"
        )
        second = sealed()
        store.record(second)
        assert recorded(store) == {first.entry.id, second.entry.id}


UNDER_LOAD = """
import sys, threading
from app.store.store import Store
from tests.recordings import sealed
store = Store.open(sys.argv[1], sys.argv[2], writing=True)
said = threading.Lock()
def load():
    while True:
        one = sealed()
        store.record(one)
        with said:
            print(one.entry.id, flush=True)
for _ in range(8):
    threading.Thread(target=load).start()
"""


def test_a_process_that_is_killed_under_load_loses_nothing_that_it_acknowledged(tmp_path):
    urls = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(*urls)
    acknowledged: list[UUID] = []
    for turn in range(3):
        command = [sys.executable, "-c", UNDER_LOAD, *urls]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(0.1 * turn)
            process.kill()
            lines = [first, *process.stdout]
            acknowledged += [UUID(line.strip()) for line in lines if line.endswith("\n")]
    with Store.open(*urls, writing=False) as store:
        for id in acknowledged:
            assert store.decisions.get(id).index.rules
