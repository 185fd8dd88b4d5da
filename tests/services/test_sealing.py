"""The vault seals under a key of the subject's own, and opens until the subject is erased."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from app.domain.audit import Erased
from app.domain.errors import Unavailable
from app.services import sealing
from app.store.store import Store
from tests import databases
from tests.recordings import opened, vault
from tests.store.test_recording import in_threads

HERE = b"context"
EXCHANGED = """
UPDATE wrapped_key SET wrapped = (SELECT other.wrapped FROM wrapped_key AS other WHERE other.id <> :id)
WHERE id = :id
"""


@pytest.fixture
def urls(tmp_path):
    """The addresses of a store in files."""
    databases.copy_into(tmp_path)
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
    one.destroy(one.keys_of(["customer:C-1"]))
    with pytest.raises(Erased, match="erased"):
        one.unseal(*gone, HERE)
    assert one.unseal(*kept, HERE) == b"kept"
    assert one.keys_of(["customer:C-1"]) == ()


def test_after_an_erasure_the_subject_gets_a_new_key(store):
    one = vault(store)
    before, _ = one.seal("customer:C-1", b"plain", HERE)
    one.destroy([before])
    after = one.seal("customer:C-1", b"plain", HERE)
    assert after[0] != before
    assert one.unseal(*after, HERE) == b"plain"


def test_no_process_opens_what_was_destroyed_once_the_destruction_is_over(store):
    now = [0.0]
    there = vault(store, clock=lambda: now[0])
    sealed = there.seal("customer:C-1", b"plain", HERE)
    assert there.unseal(*sealed, HERE) == b"plain"
    now[0] += sealing.SECONDS_OPENING / 2
    waited: list[float] = []
    here = vault(store, wait=waited.append)
    here.destroy([sealed[0]])
    assert there.unseal(*sealed, HERE) == b"plain"  # it still remembers, and so the other one waits
    now[0] += sum(waited)
    with pytest.raises(Erased):
        there.unseal(*sealed, HERE)


def test_a_retired_key_opens_what_it_sealed_and_seals_nothing_new(store):
    here, there = vault(store), vault(store)
    first = here.seal("customer:C-1", b"plain", HERE)
    here.retired([first[0]])
    assert here.seal("customer:C-1", b"plain", HERE)[0] == first[0]  # until it forgets, or the log refuses
    here.forget("customer:C-1")
    second = here.seal("customer:C-1", b"plain", HERE)
    assert second[0] != first[0]
    assert there.seal("customer:C-1", b"plain", HERE)[0] == second[0]
    assert here.unseal(*first, HERE) == b"plain"
    assert here.keys_of(["customer:C-1"]) == (first[0], second[0])


def test_no_more_keys_are_remembered_than_fit(store, monkeypatch):
    monkeypatch.setattr(sealing, "MOST_REMEMBERED", 3)
    one = vault(store)
    sealed = [one.seal(f"customer:{number}", b"plain", HERE) for number in range(10)]
    assert all(one.unseal(*each, HERE) == b"plain" for each in sealed)
    assert len(one._by_subject._held) == len(one._by_id._held) == 3


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
