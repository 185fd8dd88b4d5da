"""Data keys are held against the log: an older copy of the key database brings nobody back unseen."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.audit import Erased
from app.domain.keeping import Reason
from app.ledger.verifying import Fault
from app.services.assembly import Services, open_services
from app.services.log import data_keys
from app.services.log.verifying import Evidence, evidence_at, verify_database
from tests.referred import REFERRED
from tests.web.service import serving, settings_for, told


@dataclass(frozen=True)
class Erasure:
    """A service's folder with an older copy of its key database in it; who was erased, and the entry."""

    folder: Path
    decision: str
    index: int


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Erasure:
    """A customer is erased after the key database was copied; another is not, and keys are renewed."""
    folder: Path = tmp_path_factory.mktemp("keys")
    with serving(folder, REFERRED) as service:
        decision = told(service.decide(customer="C-1"))["id"]
        service.decide(customer="C-2")
        keys, older = (sqlite3.connect(folder / name) for name in ("keys.db", "older.db"))
        with closing(keys), closing(older):
            keys.backup(older)
        services = service.services
        made = services.keeping.erasing.erase("C-1", Reason.SUBJECT_REQUEST, None, by=None)
        services.sequencer.drain()
        index = services.store.tree.place_of(made.id)
    assert index is not None
    return Erasure(folder, decision, index)


@pytest.fixture
def one(made: Erasure, tmp_path: Path) -> Erasure:
    """A copy to do harm to."""
    shutil.copytree(made.folder, tmp_path / "copy")
    return Erasure(tmp_path / "copy", made.decision, made.index)


def put_back(one: Erasure) -> None:
    for name in ("keys.db-wal", "keys.db-shm"):
        (one.folder / name).unlink(missing_ok=True)
    shutil.copy(one.folder / "older.db", one.folder / "keys.db")


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.execute(statement).rowcount, statement


@pytest.fixture
def verified(one: Erasure, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Fault | None]:
    """What verifying the copy's database finds, as the shell does it."""
    monkeypatch.setattr(data_keys, "SECONDS_BETWEEN", 0.0)

    def found() -> Fault | None:
        settings = settings_for(one.folder)
        line, files = evidence_at(settings.checkpoints)
        evidence = Evidence.of(line or "", files)
        with open_services(settings, writing=False) as services:
            where = (services.store, settings.database_url, settings.log_origin, evidence)
            try:
                services.ties.check(verify_database(*where, lambda share: None))
            except Fault as fault:
                return fault
        return None

    return found


def is_erased(services: Services, decision: str) -> bool:
    try:
        services.recorder.unsealed(services.store.decisions.entry(UUID(decision)))
    except Erased:
        return True
    return False


def test_what_was_erased_and_what_was_not_is_whole(verified) -> None:
    assert verified() is None


def test_an_older_copy_of_the_key_database_is_found_at_the_entry_of_the_erasure(one, verified) -> None:
    put_back(one)
    fault = verified()
    assert fault is not None
    assert fault.index == one.index
    assert "is in the key database" in str(fault)
    assert "Run `termwise vault sweep`" in str(fault)


@pytest.mark.parametrize("writing", [True, False])
def test_nothing_is_opened_with_a_key_that_an_older_copy_brought_back(one, verified, writing) -> None:
    put_back(one)
    with open_services(settings_for(one.folder), writing=writing) as services:
        assert is_erased(services, one.decision)
    assert verified() is not None
    with open_services(settings_for(one.folder)) as services:
        assert services.keeping.erasing.sweep() == 1
        assert is_erased(services, one.decision)
    assert verified() is None


def test_an_erasure_that_is_never_finished_is_told(one, verified) -> None:
    """A list of what is to be destroyed excuses a key for the seconds that it takes, and no longer."""
    put_back(one)
    change(
        one.folder / "termwise.db",
        f"INSERT INTO dying_key SELECT k.key_id, p.id FROM retired_key AS k, place AS p"
        f" WHERE p.place = {one.index}",
    )
    fault = verified()
    assert fault is not None
    assert "the erasure is not finished" in str(fault)


def test_a_retired_key_whose_row_is_gone_is_found(one, verified) -> None:
    change(one.folder / "termwise.db", "DELETE FROM retired_key")
    fault = verified()
    assert fault is not None
    assert (fault.index, "the row of retired_key of" in str(fault)) == (one.index, True)


def test_a_key_that_was_renewed_stays_retired(one, verified) -> None:
    with open_services(settings_for(one.folder)) as services:
        assert services.keeping.renewing.renew(timedelta(0), by=None)
        services.sequencer.drain()
    assert verified() is None
    change(
        one.folder / "termwise.db",
        "DELETE FROM retired_key WHERE key_id = (SELECT max(key_id) FROM retired_key)",
    )
    fault = verified()
    assert fault is not None
    assert "the row of retired_key of" in str(fault)


def test_a_key_that_is_lost_is_found_at_the_first_entry_that_it_sealed(one, verified) -> None:
    change(one.folder / "keys.db", "DELETE FROM wrapped_key WHERE id = (SELECT max(id) FROM wrapped_key)")
    fault = verified()
    assert fault is not None
    assert fault.index is not None
    assert "is gone, and no entry says that it was destroyed" in str(fault)
