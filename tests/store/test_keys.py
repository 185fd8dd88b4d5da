"""Data keys are durable before they are used, one for each subject."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.domain.errors import Invalid, NotFound, Unavailable
from app.domain.sealed import WrappedKey
from app.store.store import Store
from tests.recordings import NOON, hashed, ids
from tests.store.test_recording import in_threads


def key(subject: str, secret: bytes = b"wrapped") -> WrappedKey:
    """A wrapped key of a subject."""
    return WrappedKey(ids.new(), hashed(subject), secret, "fingerprint", NOON)


@pytest.fixture(params=["sqlite", "postgresql"])
def keys(request, tmp_path, migrated):
    """The keys of a store whose key database is of either kind."""
    url, keys_url = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        name = f"keys_{os.urandom(4).hex()}"
        server.run(f"CREATE DATABASE {name}")
        keys_url = server.url(name)
    Store.migrate(url, keys_url)
    with Store.open(url, keys_url, writing=True) as store:
        yield store.keys


def test_a_key_is_found_by_subject_and_by_id(keys):
    made = key("C-1042")
    assert keys.add([made]) == {made.subject: made}
    assert keys.standing([made.subject, hashed("C-2")]) == {made.subject: made}
    assert keys.get(made.id) == made


def test_a_second_key_for_a_subject_gives_way_to_the_first(keys):
    first, second = key("C-1042", b"first"), key("C-1042", b"second")
    keys.add([first])
    assert keys.add([second]) == {first.subject: first}
    with pytest.raises(NotFound):
        keys.get(second.id)


def test_threads_that_make_a_key_at_once_all_get_the_same(keys):
    def make(number: int) -> object:
        standing = keys.add([key("C-1042", os.urandom(8)), key(f"other-{number}")])
        return standing[hashed("C-1042")].wrapped

    assert len(set(in_threads(make))) == 1


def test_more_keys_than_one_commit_holds_are_made(keys):
    many = [key(f"C-{number}") for number in range(450)]
    assert len(keys.add(many)) == 450
    assert len(keys.standing([one.subject for one in many])) == 450


def test_a_destroyed_key_is_gone_and_its_subject_may_get_a_new_one(keys):
    made = key("C-1042")
    keys.add([made])
    assert keys.destroy(made.subject)
    assert not keys.destroy(made.subject)
    with pytest.raises(NotFound):
        keys.get(made.id)
    again = key("C-1042")
    assert keys.add([again]) == {again.subject: again}


def test_a_destroyed_key_leaves_no_trace_in_the_files(tmp_path):
    url, keys_url = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(url, keys_url)
    secret = os.urandom(60)
    with Store.open(url, keys_url, writing=True) as store:
        store.keys.add([key("C-1", b"kept"), replace(key("C-1042"), wrapped=secret)])
        assert any(secret in path.read_bytes() for path in tmp_path.glob("keys.db*"))
        store.keys.destroy(hashed("C-1042"))
        assert not any(secret in path.read_bytes() for path in tmp_path.glob("keys.db*"))


def test_keys_beside_what_they_open_are_refused(tmp_path):
    url = f"sqlite:///{tmp_path}/termwise.db"
    for same in (url, f"sqlite:///{tmp_path}/../{tmp_path.name}/termwise.db"):
        with pytest.raises(Invalid, match="a database of their own"):
            Store.migrate(url, same)


def test_a_store_opened_for_reading_makes_no_keys(tmp_path):
    urls = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(*urls)
    with Store.open(*urls, writing=False) as store, pytest.raises(Unavailable, match="opened for reading"):
        store.keys.add([key("C-1042")])


def test_no_data_key_stands_in_the_database_of_the_log(tmp_path):
    urls = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(*urls)
    engine = create_engine(urls[0])
    with engine.connect() as connection:
        names = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )
    engine.dispose()
    assert "data_key" not in names
    assert Path(tmp_path / "keys.db").exists()
