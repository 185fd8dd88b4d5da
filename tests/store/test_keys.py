"""Data keys are durable before they are used, one for each subject."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.domain.errors import Invalid, NotFound, Unavailable
from app.domain.sealed import WrappedKey
from app.store.keys import Keys
from app.store.store import Store
from tests.recordings import NOON, hashed, ids
from tests.store.test_recording import in_threads


def key(subject: str, secret: bytes = b"wrapped", number: int = 1) -> WrappedKey:
    """A wrapped key of a subject."""
    return WrappedKey(ids.new(), hashed(subject), secret, "fingerprint", NOON, number)


def added(keys: Keys, *made: WrappedKey) -> dict[bytes, WrappedKey]:
    """What stands for these keys' subjects once they were made."""
    keys.add(made)
    return dict(keys.standing([one.subject for one in made]))


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
        store.keys.accept("fingerprint", NOON)
        yield store.keys


def test_a_key_is_found_by_subject_and_by_id(keys):
    made = key("C-1042")
    assert added(keys, made) == {made.subject: made}
    assert keys.standing([made.subject, hashed("C-2")]) == {made.subject: made}
    assert keys.get(made.id) == made


def test_a_second_key_for_a_subject_gives_way_to_the_first(keys):
    first, second = key("C-1042", b"first"), key("C-1042", b"second")
    keys.add([first])
    assert added(keys, second) == {first.subject: first}
    with pytest.raises(NotFound):
        keys.get(second.id)


def test_threads_that_make_a_key_at_once_all_get_the_same(keys):
    def make(number: int) -> object:
        standing = added(keys, key("C-1042", os.urandom(8)), key(f"other-{number}"))
        return standing[hashed("C-1042")].wrapped

    assert len(set(in_threads(make))) == 1


def test_more_keys_than_one_commit_holds_are_made(keys):
    many = [key(f"C-{number}") for number in range(450)]
    assert len(added(keys, *many)) == 450
    assert len(keys.standing([one.subject for one in many])) == 450


def test_a_destroyed_key_is_gone_and_its_subject_may_get_a_new_one(keys):
    made = key("C-1042")
    keys.add([made])
    for _ in range(2):
        keys.destroy([made.id])
        with pytest.raises(NotFound):
            keys.get(made.id)
    again = key("C-1042")
    assert added(keys, again) == {again.subject: again}


def test_the_last_key_of_a_subject_stands_and_the_earlier_ones_stay_for_reading(keys):
    first, second = key("C-1042"), key("C-1042", number=2)
    keys.add([first])
    keys.retire([first.id], NOON)
    assert keys.get(first.id) == replace(first, retired_at=NOON)
    assert added(keys, second) == {first.subject: second}
    assert list(keys.of([first.subject])) == [replace(first, retired_at=NOON), second]


def test_a_key_is_rewrapped_only_from_the_wrapping_that_it_has(keys):
    made = key("C-1042")
    keys.add([made])
    keys.accept("next", NOON)
    keys.rewrap([replace(made, wrapped=b"lost", wrapped_under="next")], "another")
    assert keys.get(made.id) == made
    keys.rewrap([replace(made, wrapped=b"anew", wrapped_under="next")], "fingerprint")
    assert keys.get(made.id) == replace(made, wrapped=b"anew", wrapped_under="next")


def test_a_master_key_is_dismissed_only_when_nothing_is_wrapped_under_it_and_then_nothing_can_be(keys):
    made, late = key("C-1042"), key("C-2")
    keys.add([made])
    keys.accept("next", NOON)
    assert not keys.dismiss("fingerprint")
    keys.rewrap([replace(made, wrapped_under="next")], "fingerprint")
    assert keys.dismiss("fingerprint")
    assert keys.masters() == ("next",)
    assert added(keys, late) == {}


def test_a_destroyed_key_leaves_no_trace_in_the_files(tmp_path):
    url, keys_url = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    Store.migrate(url, keys_url)
    secret = os.urandom(60)
    with Store.open(url, keys_url, writing=True) as store:
        store.keys.accept("fingerprint", NOON)
        gone = key("C-1042", secret)
        store.keys.add([key("C-1", b"kept"), gone])
        assert any(secret in path.read_bytes() for path in tmp_path.glob("keys.db*"))
        store.keys.destroy([gone.id])
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
    assert "wrapped_key" not in names
    assert Path(tmp_path / "keys.db").exists()
