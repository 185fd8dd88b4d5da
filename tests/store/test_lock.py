"""On SQLite one process writes, and a second one is told so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from app.domain.errors import Refused
from app.store.lock import WriterLock
from app.store.store import Store
from tests.recordings import opened, sealed
from tests.store.test_failed_commit import files_no_larger_than

HOLD = """
import sys
from app.store.store import Store
store = Store.open(sys.argv[1], sys.argv[2], writing=True)
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def urls(tmp_path):
    urls = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(*urls)
    return urls


@contextmanager
def another_process(urls):
    """A process of its own that holds the database open for writing."""
    command = [sys.executable, "-c", HOLD, *urls]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A database that another process holds open for writing, and that process."""
    folder = tmp_path_factory.mktemp("busy")
    urls = f"sqlite:///{folder}/termwise.db", f"sqlite:///{folder}/keys.db"
    Store.migrate(*urls)
    with another_process(urls) as process:
        yield urls, process


def test_a_second_writing_process_is_refused_with_file_process_and_remedy(busy):
    urls, process = busy
    with pytest.raises(Refused) as refused:
        Store.open(*urls, writing=True)
    message = str(refused.value)
    assert f"process {process.pid}" in message
    assert f"{urls[0].removeprefix('sqlite:///')}.lock" in message
    assert "End that command" in message
    assert "PostgreSQL" in message


def test_migrating_beside_a_running_server_is_refused(busy):
    with pytest.raises(Refused):
        Store.migrate(*busy[0])


def test_reading_beside_a_running_server_is_allowed(busy):
    with Store.open(*busy[0], writing=False) as reading:
        assert reading.rulesets.policies() == ()


def test_a_killed_process_leaves_no_lock_behind(urls):
    with another_process(urls) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with Store.open(*urls, writing=True) as store:
            store.record(sealed())


def test_a_second_store_in_the_same_process_is_refused_too(urls):
    with Store.open(*urls, writing=True), pytest.raises(Refused, match=f"process {os.getpid()}"):
        Store.open(*urls, writing=True)


def test_closing_lets_the_next_one_in(urls):
    for _ in range(2):
        with Store.open(*urls, writing=True) as store:
            store.record(sealed())


def test_an_opening_that_fails_leaves_no_lock_behind(tmp_path):
    urls = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(*urls)
    (tmp_path / "keys.db").unlink()
    with pytest.raises(Exception, match="no database"):
        Store.open(*urls, writing=True)
    Store.migrate(*urls)
    with Store.open(*urls, writing=True):
        pass


def test_several_processes_write_to_postgresql(postgres, tmp_path):
    postgres.run("CREATE DATABASE several")
    urls = postgres.url("several"), f"sqlite:///{tmp_path}/keys.db"
    with opened(*urls) as store, another_process(urls):
        store.record(sealed())


def test_a_full_disk_hinders_nobody_from_holding_it(tmp_path):
    with files_no_larger_than(0):
        held = WriterLock(tmp_path / "termwise.db")
        with pytest.raises(Refused, match="process unknown writes to it"):
            WriterLock(tmp_path / "termwise.db")
    held.release()
    WriterLock(tmp_path / "termwise.db").release()
