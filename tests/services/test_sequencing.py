"""The sequencer gives every entry one place and signs, and only what continues what it signed before."""

from __future__ import annotations

import os
import threading
from base64 import b64decode
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app.domain.audit import EntryKind
from app.domain.errors import Refused, Unavailable
from app.domain.tree import Extension, StoredHead
from app.ledger import signing
from app.ledger.checkpoint import Head, checked
from app.ledger.leaf import leaf_hash
from app.ledger.notes import SigningKey
from app.ledger.outside import Outside
from app.ledger.signing import announcement
from app.ledger.tree import check_consistency, check_inclusion
from app.ledger.verifying import heads as divided
from app.services.log import sequencing
from app.services.log.attesting import Attesting
from app.services.log.sequencing import Inconsistent, Sequencer, Sequencing
from app.store.store import Store
from tests.ledger import naive
from tests.recordings import NOON, ORIGIN, recorder, recording


@pytest.fixture
def store(database_url, keys_url):
    """A migrated, empty store of either kind."""
    with Store.open(database_url, keys_url, writing=True) as store:
        yield store


@pytest.fixture
def key(tmp_path):
    """The path of a signing key."""
    signing.make(tmp_path / "signing.key", ORIGIN)
    return tmp_path / "signing.key"


@pytest.fixture
def outside(tmp_path):
    """The folder of checkpoints."""
    return Outside(tmp_path / "checkpoints")


def sequencer(store, outside, key, holder="first"):
    return Sequencer(store.tree, outside, partial(signing.load, key, ORIGIN), holder=holder, now=lambda: NOON)


def recorded(store, count):
    """Record so many entries and return their ids."""
    one = recorder(store)
    return [one.record(recording()).id for _ in range(count)]


def leaves(store):
    return [leaf_hash(placed.entry.leaf) for placed in store.tree.placed(0, store.tree.head().size)]


def change(url, *statements):
    """What somebody does who has the database and none of our code; triggers are in nobody's way."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def without_guards(url, table, statement):
    if url.startswith("sqlite"):
        guards = [f"DROP TRIGGER {table}_no_{event}" for event in ("update", "delete", "replace")]
    else:
        guards = [f"ALTER TABLE {table} DISABLE TRIGGER USER"]
    change(url, *guards, statement)


def test_every_entry_gets_one_place_under_a_signed_head(store, outside, key):
    ids = recorded(store, 5)
    assert sequencer(store, outside, key).drain() == 5
    placed = list(store.tree.placed(0, 10))
    assert [(one.place, one.id) for one in placed] == list(enumerate(sorted(ids)))
    assert all(one.decision and one.entry == store.decisions.entry(one.id) for one in placed)
    head = checked(store.tree.head().note, signing.load(key, ORIGIN).verifying)
    assert (head.origin, head.size, head.root) == (ORIGIN, 5, naive.root(leaves(store)))
    assert outside.last() == head
    assert store.tree.waiting(10) == []
    assert list(store.tree.strays()) == []


def test_what_came_before_the_tree_is_placed_too(store, outside, key, database_url):
    """As the migration does with a log that is older than the tree."""
    recorded(store, 3)
    change(database_url, "DELETE FROM pending", "INSERT INTO pending (id) SELECT id FROM entry")
    assert sequencer(store, outside, key).drain() == 3


def test_an_older_id_that_is_committed_later_gets_a_later_place(store, outside, key):
    one = recorder(store)
    new, old = recording(NOON + timedelta(days=1)), recording(NOON - timedelta(days=1))
    first = sequencer(store, outside, key)
    one.record(new)
    assert first.drain() == 1
    one.record(old)
    assert first.drain() == 1
    assert [placed.id for placed in store.tree.placed(0, 2)] == [new.id, old.id]


def test_the_tree_goes_on_over_many_steps_and_proves_everything(store, outside, key, monkeypatch):
    monkeypatch.setattr(sequencing, "MOST_IN_A_STEP", 70)
    plain = [recording() for _ in range(600)]
    recorder(store).record_many(plain[:599])
    first = sequencer(store, outside, key)
    assert first.drain() == 599
    recorder(store).record(plain[599])
    assert sequencer(store, outside, key).drain() == 1
    attesting = Attesting(store, partial(signing.load, key, ORIGIN))
    hashes, verifying = leaves(store), signing.load(key, ORIGIN).verifying
    written = divided(outside.files()[0].read_text("utf-8"))
    heads = [checked(one.note, verifying) for one in written]
    assert [head.size for head in heads] == [*range(70, 599, 70), 599, 600]
    for head in heads:
        assert head.root == naive.root(hashes[: head.size])
        path = [b64decode(one) for one in attesting.consistency(head.size, 600).path]
        check_consistency(head.size, 600, head.root, heads[-1].root, path)
    for place in (0, 1, 255, 256, 511, 512, 598, 599):
        proof = attesting.proof(next(iter(store.tree.placed(place, place + 1))).id)
        path = [b64decode(one) for one in proof.path]
        check_inclusion(place, 600, leaf_hash(proof.leaf), path, checked(proof.checkpoint, verifying).root)


def test_while_the_last_checkpoint_is_not_outside_no_further_one_is_signed(store, outside, key, monkeypatch):
    monkeypatch.setattr(sequencing, "MOST_IN_A_STEP", 1)
    first = sequencer(store, outside, key)
    recorded(store, 1)
    assert first.drain() == 1
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", _failing)
        recorded(store, 3)
        for _ in range(3):
            with pytest.raises(OSError, match="does not keep"):
                first.drain()
            assert store.tree.head().size == 2
            assert outside.last() == Head(ORIGIN, 1, naive.root(leaves(store)[:1]))
    assert first.drain() == 2
    assert [head.size for head in divided(outside.files()[0].read_text("utf-8"))] == [1, 2, 3, 4]


def _failing(descriptor):
    raise OSError("the disk does not keep it")


def test_a_step_that_fails_leaves_everything_waiting(store, outside, key, database_url):
    ids = recorded(store, 3)
    taken = f"x'{ids[2].hex}'" if database_url.startswith("sqlite") else f"'{ids[2]}'"
    change(database_url, f"INSERT INTO place (place, id, hash) SELECT 2, {taken}, root FROM tree_head")
    first = sequencer(store, outside, key)
    with pytest.raises(Exception, match="place"):
        first.drain()
    assert (store.tree.head().size, len(store.tree.waiting(10)), outside.last()) == (0, 3, None)
    without_guards(database_url, "place", "DELETE FROM place")
    assert first.drain() == 3


def test_a_checkpoint_that_did_not_get_outside_is_written_the_next_time(store, outside, key):
    recorded(store, 2)
    first = sequencer(store, outside, key)
    outside.folder.write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="exists"):
        first.drain()
    assert store.tree.head().size == 0
    outside.folder.unlink()
    assert first.step() == 2
    (day,) = outside.files()
    day.unlink()
    day.mkdir()
    recorded(store, 1)
    with pytest.raises(OSError, match="directory"):
        first.drain()
    day.rmdir()
    assert store.tree.head().size == 3
    assert first.drain() == 0
    assert outside.last().size == 3


def forged(key, size, root=b"\x01" * 32):
    return Head(ORIGIN, size, root).signed(signing.load(key, ORIGIN))


@pytest.mark.parametrize(("size", "told"), [(3, "are missing"), (2, "other ones"), (1, "other ones")])
def test_what_does_not_continue_the_last_head_outside_is_not_signed(store, outside, key, size, told):
    recorded(store, 2)
    first = sequencer(store, outside, key)
    first.drain()
    outside.write(forged(key, size), NOON + timedelta(days=1))
    recorded(store, 1)
    with pytest.raises(Inconsistent, match=told):
        sequencer(store, outside, key).drain()
    assert store.tree.head().size == 2
    assert len(store.tree.waiting(10)) == 1


def test_a_folder_of_another_log_s_checkpoints_is_refused(store, outside, key):
    recorded(store, 1)
    note = Head("another.test/log", 1, bytes(32)).signed(SigningKey("another.test/log", bytes(32)))
    outside.write(note, NOON)
    with pytest.raises(Inconsistent, match=r"are of another\.test/log"):
        sequencer(store, outside, key).drain()


def test_stored_hashes_that_were_changed_are_noticed_at_the_start(store, outside, key, database_url):
    recorded(store, 3)
    sequencer(store, outside, key).drain()
    without_guards(
        database_url, "place", "UPDATE place SET hash = (SELECT root FROM tree_head) WHERE place = 1"
    )
    with pytest.raises(Inconsistent, match="another root"):
        sequencer(store, outside, key).drain()


def test_another_key_than_the_one_in_force_signs_nothing(store, outside, key, tmp_path):
    recorded(store, 1)
    sequencer(store, outside, key).drain()
    other = tmp_path / "other.key"
    signing.make(other, ORIGIN)
    with pytest.raises(Refused, match="is signed by"):
        sequencer(store, outside, other).drain()


def test_the_key_that_the_log_announces_signs_from_the_entry_behind_it_on(store, outside, key, tmp_path):
    first = sequencer(store, outside, key)
    old, new = signing.load(key, ORIGIN), signing.make(tmp_path / "next", ORIGIN)
    clear = {"announcement": announcement(old, new.verifying)}
    one = recorder(store)
    at = NOON + timedelta(days=2)
    many = [recording(at), recording(at, kind=EntryKind.LOG_KEY, decision=None, clear=clear), recording(at)]
    for plain in sorted(many, key=lambda plain: plain.kind == EntryKind.LOG_KEY):
        one.record(plain)
    with pytest.raises(Refused, match="is signed by"):
        first.drain()
    size = store.tree.head().size
    assert [placed.entry.kind for placed in store.tree.placed(size - 1, size)] == [EntryKind.LOG_KEY]
    assert store.tree.head().key == str(new.verifying)
    checked(store.tree.head().note, old.verifying)
    signing.put_in_place(tmp_path / "next", key)
    one.record(recording())
    assert first.drain() == 4 - size
    checked(store.tree.head().note, new.verifying)


def test_an_announcement_that_the_key_in_force_did_not_sign_changes_nothing(store, outside, key):
    stranger = SigningKey(ORIGIN, bytes(32))
    for clear in ({"announcement": announcement(stranger, stranger.verifying)}, {}, {"announcement": 5}):
        recorder(store).record(recording(kind=EntryKind.LOG_KEY, decision=None, clear=clear))
    assert sequencer(store, outside, key).drain() == 3
    assert store.tree.head().key == str(signing.load(key, ORIGIN).verifying)


def test_who_was_followed_by_another_extends_nothing(store, outside, key):
    recorded(store, 2)
    first = sequencer(store, outside, key)
    first.drain()
    stale = store.tree.head()
    first.close()
    second = sequencer(store, outside, key, "second")
    recorded(store, 1)
    assert second.drain() == 1
    fresh = store.tree.head()
    with pytest.raises(Refused, match="extended the tree"):
        store.tree.extend(Extension(stale, fresh, [], []))
    with pytest.raises(Refused, match="extended the tree"):
        store.tree.extend(Extension(StoredHead(3, fresh.root, None, None, stale.epoch), fresh, [], []))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_one_of_several_holds_the_lease_until_it_lets_go_or_it_ends(store, outside, key, database_url):
    recorded(store, 1)
    first, second = (sequencer(store, outside, key, name) for name in ("first", "second"))
    assert first.drain() == 1
    first.keep()
    recorded(store, 1)
    with pytest.raises(Refused, match="holds the lease"):
        second.drain()
    first.close()
    assert second.drain() == 1
    change(database_url, "UPDATE tree_head SET held_until = now() - interval '1 second'")
    recorded(store, 1)
    assert first.drain() == 1
    recorded(store, 1)
    with pytest.raises(Refused):
        second.drain()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_may_not_sign_does_not_keep_another_from_it(store, outside, key, tmp_path):
    other = tmp_path / "other.key"
    signing.make(other, ORIGIN)
    first, wrong = sequencer(store, outside, key), sequencer(store, outside, other, "wrong")
    recorded(store, 1)
    first.drain()
    first.close()
    with pytest.raises(Refused, match="is signed by"):
        wrong.drain()
    recorded(store, 1)
    assert first.drain() == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_thread_whose_turn_it_is_not_waits_and_has_not_failed(store, outside, key, database_url):
    recorded(store, 1)
    first = sequencer(store, outside, key)
    first.drain()
    change(database_url, "UPDATE tree_head SET held_until = now() + interval '1 hour'")
    second, tried = sequencer(store, outside, key, "second"), threading.Barrier(2)
    drain = second.drain

    def told():
        tried.wait()
        tried.wait()
        return drain()

    second.drain = told
    recorded(store, 1)
    thread = Sequencing(second)
    for _ in range(3):  # the first attempt is over when the second begins
        tried.wait()
    assert (thread.leads, thread.failed) == (False, None)
    second.drain = drain
    tried.wait()
    first.close()
    while not thread.leads:
        assert thread.failed is None
    thread.close()
    assert store.tree.head().size == 2


def test_two_at_once_give_every_entry_one_place(store, outside, key, tmp_path):
    ids = recorded(store, 40)
    ended = threading.Event()

    def run(name: str) -> None:
        mine = sequencer(store, Outside(tmp_path / name), key, name)
        while not ended.is_set():
            try:
                mine.step()
            except Refused:
                mine.close()

    threads = [threading.Thread(target=run, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    ids += recorded(store, 40)
    while store.tree.waiting(1):
        pass
    ended.set()
    for thread in threads:
        thread.join()
    assert sorted(placed.id for placed in store.tree.placed(0, 100)) == sorted(ids)
    assert store.tree.head().root == naive.root(leaves(store))


def test_a_thread_signs_what_is_recorded_and_the_rest_when_it_ends(store, outside, key):
    thread = Sequencing(sequencer(store, outside, key))
    recorded(store, 2)
    while store.tree.waiting(1):
        assert thread.failed is None
    recorded(store, 2)
    thread.close()
    assert (store.tree.head().size, outside.last().size) == (4, 4)


def test_a_thread_tells_what_keeps_it_from_signing_and_goes_on_when_it_can(store, outside, key):
    hidden = key.with_name("hidden")
    key.rename(hidden)
    recorded(store, 1)
    thread = Sequencing(sequencer(store, outside, key))
    while thread.failed is None:
        pass
    assert "termwise audit init" in thread.failed
    hidden.rename(key)
    while store.tree.waiting(1):
        pass
    thread.close()
    assert thread.failed is None


def test_places_and_subtrees_are_never_changed(store, outside, key, database_url):
    recorder(store).record_many([recording() for _ in range(256)])
    sequencer(store, outside, key).drain()
    for table in ("place", "subtree"):
        for statement in (f"UPDATE {table} SET hash = hash", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match=f"{table} is append-only"):
                change(database_url, statement)
        if database_url.startswith("sqlite"):
            with pytest.raises(DBAPIError, match="replace refused"):
                change(database_url, f"REPLACE INTO {table} SELECT * FROM {table}")


def test_there_is_no_proof_before_the_first_head(store, key):
    attesting = Attesting(store, partial(signing.load, key, ORIGIN))
    (id,) = recorded(store, 1)
    for ask in (attesting.head, lambda: attesting.proof(id)):
        with pytest.raises(Unavailable):
            ask()
