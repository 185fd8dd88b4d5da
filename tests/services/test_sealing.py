"""The vault seals under a key of the subject's own, and opens until the subject is erased."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from app.domain.audit import Erased
from app.domain.errors import Unavailable
from app.services import sealing
from app.store.store import Store
from tests.recordings import opened, vault
from tests.store.test_recording import in_threads

HERE = b"context"
EXCHANGED = """
UPDATE data_key SET wrapped = (SELECT other.wrapped FROM data_key AS other WHERE other.id <> :id)
WHERE id = :id
"""


@pytest.fixture
def urls(tmp_path):
    """The addresses of a store in files."""
    return f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"


@pytest.fixture
def store(urls):
    """An empty store."""
    with opened(*urls) as store:
        yield store


def test_what_one_process_sealed_another_opens(store, urls):
    key_id, sealed = vault(store).seal("customer:C-1", b"plain", HERE)
    with Store.open(*urls, writing=False) as other:
        assert vault(other).unseal(key_id, sealed, HERE) == b"plain"


def test_each_subject_has_one_key_of_its_own(store):
    one = vault(store)
    first, again, other = (one.seal(subject, b"plain", HERE)[0] for subject in ("a", "a", "b"))
    assert first == again != other


def test_threads_and_processes_agree_on_the_key_of_a_new_subject(store):
    vaults = [vault(store) for _ in range(4)]
    used = in_threads(lambda number: vaults[number % 4].seal("customer:new", b"plain", HERE)[0])
    assert len(set(used)) == 1


def test_the_key_is_durable_before_anything_is_sealed_under_it(store, urls):
    key_id, _ = vault(store).seal("customer:C-1", b"plain", HERE)
    with Store.open(*urls, writing=False) as other:
        assert other.keys.get(key_id).id == key_id


def test_a_batch_makes_its_keys_beforehand(store):
    one = vault(store)
    one.prepare([f"customer:{number}" for number in range(300)] * 2)
    hashes = [one.pseudonyms.subject(f"customer:{number}") for number in range(300)]
    assert len(store.keys.standing(hashes)) == 300


def test_an_erased_subject_does_not_open_any_more_and_others_do(store):
    one = vault(store)
    gone, kept = one.seal("customer:C-1", b"gone", HERE), one.seal("customer:C-2", b"kept", HERE)
    assert one.unseal(*gone, HERE) == b"gone"
    assert one.erase("customer:C-1")
    with pytest.raises(Erased, match="erased"):
        one.unseal(*gone, HERE)
    assert one.unseal(*kept, HERE) == b"kept"
    assert not one.erase("customer:C-1")


def test_after_an_erasure_the_subject_gets_a_new_key(store):
    one = vault(store)
    before, _ = one.seal("customer:C-1", b"plain", HERE)
    one.erase("customer:C-1")
    after = one.seal("customer:C-1", b"plain", HERE)
    assert after[0] != before
    assert one.unseal(*after, HERE) == b"plain"


def test_another_process_forgets_an_erased_key_after_a_minute(store):
    now = [0.0]
    here, there = vault(store), vault(store, clock=lambda: now[0])
    sealed = there.seal("customer:C-1", b"plain", HERE)
    here.erase("customer:C-1")
    assert there.unseal(*sealed, HERE) == b"plain"
    now[0] += sealing.SECONDS_REMEMBERED + 1
    with pytest.raises(Erased):
        there.unseal(*sealed, HERE)
    assert there.seal("customer:C-1", b"plain", HERE)[0] != sealed[0]


def test_no_more_keys_are_remembered_than_fit(store, monkeypatch):
    monkeypatch.setattr(sealing, "MOST_REMEMBERED", 3)
    one = vault(store)
    sealed = [one.seal(f"customer:{number}", b"plain", HERE) for number in range(10)]
    assert len(one._by_subject._held) == len(one._by_id._held) == 3
    assert all(one.unseal(*each, HERE) == b"plain" for each in sealed)


def test_another_master_key_is_refused_by_its_fingerprint(store):
    vault(store)
    with pytest.raises(Unavailable, match=r"belongs to the master key [0-9a-f]{16}, and this one is"):
        vault(store, master=b"x" * 32)


def test_a_key_that_was_changed_in_the_database_does_not_unwrap(store, urls):
    key_id, sealed = vault(store).seal("customer:C-1", b"plain", HERE)
    engine = create_engine(urls[1])
    with engine.begin() as connection:
        connection.execute(text(EXCHANGED), {"id": key_id.bytes})
    engine.dispose()
    with pytest.raises(Unavailable, match=f"Data key {key_id} was changed"):
        vault(store).unseal(key_id, sealed, HERE)


def test_changed_bytes_are_not_read(store):
    one = vault(store)
    key_id, sealed = one.seal("customer:C-1", b"plain", HERE)
    with pytest.raises(Unavailable, match="cannot be read"):
        one.unseal(key_id, sealed[:-1] + bytes([sealed[-1] ^ 1]), HERE)


def test_the_root_of_the_pseudonyms_outlives_every_vault(store):
    assert vault(store).pseudonyms.customer("C-1") == vault(store).pseudonyms.customer("C-1")


def test_names_stand_nowhere_in_the_key_database(store, urls, tmp_path):
    vault(store).seal("customer:VERY-SPECIAL-NAME", b"plain", HERE)
    assert not any(b"VERY-SPECIAL" in path.read_bytes() for path in tmp_path.iterdir())
