"""What the write-ahead log holds is on the disk before a process that finds it there goes on."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from app.domain.errors import Unavailable
from app.domain.sealed import DecisionFilter
from app.store import checkpointing
from app.store.store import Store
from tests.cli.shell import eventually
from tests.recordings import NOON, claim, opened, recorder, recording, sealed
from tests.store.test_failed_commit import files_no_larger_than

ROOM = 64_000
"""Enough for what SQLite needs to read, too little for the pages of a database."""


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Databases as a process leaves them that is killed: what it committed last stands in the log only."""
    (tmp_path / "found").mkdir()
    monkeypatch.setattr(checkpointing, "SECONDS_BETWEEN", 0.5)
    with opened(f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db") as store:
        recorder(store).record(recording(idempotency=claim()))
        for name in ("termwise.db", "termwise.db-wal", "keys.db", "keys.db-wal"):
            shutil.copy(tmp_path / name, tmp_path / "found")
    return f"sqlite:///{tmp_path}/found/termwise.db", f"sqlite:///{tmp_path}/found/keys.db"


def test_until_then_it_is_read_but_nothing_is_written(killed):
    with files_no_larger_than(ROOM), Store.open(*killed, writing=True) as store:
        assert len(store.finding.search(DecisionFilter(), limit=9).decisions) == 1
        with pytest.raises(Unavailable, match="does not take what the log holds"):
            store.record(sealed())
        with pytest.raises(Unavailable, match="does not take what the log holds"):
            store.keys.retire([uuid4()], NOON)


def test_until_then_nothing_is_told_as_recorded(killed):
    with files_no_larger_than(ROOM), Store.open(*killed, writing=True) as store:
        with pytest.raises(Unavailable, match="does not take what the log holds"):
            recorder(store).answered(claim())
        assert recorder(store).answered(claim("another")) is None


def test_once_the_disk_takes_it_all_goes_on_by_itself(killed):
    with files_no_larger_than(ROOM):
        store = Store.open(*killed, writing=True)
        with pytest.raises(Unavailable):
            store.check_settled()
    with store:
        eventually(lambda: _settled(store))
        store.record(sealed())
        assert recorder(store).answered(claim()) is not None


def test_what_another_process_counted_as_moved_is_moved_again(killed, tmp_path):
    database = tmp_path / "found" / "termwise.db"
    before = database.read_bytes()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reading:
        reading.execute("SELECT count(*) FROM entry").fetchall()  # and keeps what connections share
        with closing(sqlite3.connect(database)) as dead:
            assert dead.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[2] > 0
        with database.open("r+b") as file:
            assert file.read() != before
            file.seek(0)
            file.write(before)  # a disk that did not keep what nobody waited for
        with Store.open(*killed, writing=True) as store:
            store.record(sealed())
            assert store.tree.counts() == (2, 0, 2)
    with Store.open(*killed, writing=False) as store:
        assert recorder(store).answered(claim()) is not None


def test_under_a_load_without_a_pause_the_log_stays_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpointing, "MOST_PAGES", 200)
    monkeypatch.setattr(checkpointing, "SECONDS_BETWEEN", 0.01)
    with opened(f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db") as store:
        threads = [threading.Thread(target=_record, args=(store, 150)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.tree.counts() == (1200, 0, 1200)
        assert (tmp_path / "termwise.db-wal").stat().st_size < 4120 * 1200


def _record(store: Store, many: int) -> None:
    for _ in range(many):
        store.record(sealed())


def _settled(store: Store) -> bool:
    try:
        store.check_settled()
    except Unavailable:
        return False
    return True
