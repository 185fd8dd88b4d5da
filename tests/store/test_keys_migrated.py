"""Data keys of an older version of the key database open what they sealed, as if nothing had happened."""

from __future__ import annotations

import os

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from app.ledger.sealing import DataKey, MasterKey
from app.services.sealing import ROOT
from app.store import migrating, upgrading
from app.store.store import Store
from tests.recordings import MASTER, NOON, ids, vault

OLD = """
INSERT INTO data_key (id, subject, wrapped, wrapped_under, created_at)
VALUES (:id, :subject, :wrapped, :wrapped_under, :created_at)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def keys_url(request, tmp_path):
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/keys.db"
    server, name = request.getfixturevalue("postgres"), f"keys_{os.urandom(4).hex()}"
    server.run(f"CREATE DATABASE {name}")
    return server.url(name)


def test_the_first_tables_become_the_second(tmp_path, keys_url):
    engine, master = create_engine(keys_url), MasterKey(MASTER)
    with engine.begin() as connection:
        config = upgrading.configuration(migrating.KEYS)
        config.attributes["connection"] = connection
        command.upgrade(config, "keys_0001")
        root, key, id = DataKey.new(), DataKey.new(), ids.new()
        subject = b"s" * 16
        for which, whose, secret in ((ids.new(), ROOT, root), (id, subject, key)):
            stored = which.bytes if keys_url.startswith("sqlite") else str(which)
            wrapped = master.wrap(secret, which, whose)
            row = {"id": stored, "subject": whose, "wrapped": wrapped, "wrapped_under": master.fingerprint}
            connection.execute(text(OLD), {**row, "created_at": "2026-11-21T12:00:00.000000Z"})
    engine.dispose()
    url = f"sqlite:///{tmp_path}/termwise.db"
    Store.migrate(url, keys_url)
    with Store.open(url, keys_url, writing=True) as store:
        found = store.keys.get(id)
        assert (found.subject, found.number, found.created_at, found.retired_at) == (subject, 1, NOON, None)
        assert vault(store).unseal(id, key.seal(b"plain", b"here"), b"here") == b"plain"
        assert store.keys.masters() == (master.fingerprint,)
