"""The whole log is verified and replayed by several processes, on both databases, and an export alike."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from app.ledger.verifying import Fault
from app.services import replaying_all
from app.services.log import replaying_exports, verifying
from app.services.log.replaying_exports import replay_export
from app.services.log.verifying import Evidence, evidence_at, verify_database, verify_export
from app.services.replaying_all import replay_database
from tests.web.service import Service, serving


@pytest.fixture
def shares(monkeypatch) -> list[float]:
    """Pieces so small that even a short log has many; what was told of the share done."""
    monkeypatch.setattr(verifying, "ENTRIES_IN_A_PIECE", 4)
    monkeypatch.setattr(replaying_all, "ENTRIES_IN_A_RUN", 4)
    monkeypatch.setattr(replaying_exports, "ENTRIES_IN_A_RUN", 4)
    return []


def evidence(service: Service) -> Evidence:
    line, files = evidence_at(service.services.settings.checkpoints)
    return Evidence.of(line or "", files)


def test_processes_verify_and_replay_a_log_together(database_url, tmp_path, shares):
    with serving(tmp_path, database_url=database_url) as service:
        services, settings = service.services, service.services.settings
        for _ in range(6):
            assert service.decide(customer="C-1").status_code == 201
        size = services.sequencer.drain()
        where = (services.store, settings.database_url, settings.log_origin, evidence(service))
        read = verify_database(*where, shares.append)
        assert read.size == size
        assert (shares == sorted(shares), shares[-1]) == (True, 1.0)
        services.ties.check(read)
        found = replay_database(settings, 0, size, shares.append)
        assert (found.identical, found.erased, found.different) == (6, 0, None)
        export, keys = tmp_path / "log.ndjson", tmp_path / "keys.ndjson"
        export.write_bytes(b"".join(services.exporting.lines()))
        keys.write_bytes(b"".join(services.exporting.keys()))
        assert verify_export(export, evidence(service), shares.append) == size
        found = replay_export(export, keys, size, shares.append)
        assert (found.identical, found.erased, found.different) == (6, 0, None)
        spoil(database_url, size - 1)
        with pytest.raises(Fault, match="sealed part") as fault:
            verify_database(*where, shares.append)
        assert fault.value.index == size - 1
        assert replay_database(settings, 0, size, shares.append).index == size - 1


def spoil(url: str, index: int) -> None:
    """Another sealed part for the entry at that index, by somebody who has the database."""
    off = (
        "DROP TRIGGER entry_no_update"
        if url.startswith("sqlite")
        else "DROP TRIGGER entry_no_update ON entry"
    )
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(off))
        which = text(
            "UPDATE entry SET sealed = :other WHERE id = (SELECT id FROM place WHERE place = :index)"
        )
        connection.execute(which, {"other": b"\x01" + bytes(60), "index": index})
    engine.dispose()
