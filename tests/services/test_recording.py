"""A recording goes in with plain words, and only its holder of keys gets them out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest

from app.domain.audit import AlreadyClaimed, Erased, IdempotencyClaim
from app.domain.errors import Refused
from app.domain.keeping import of_customer
from app.ledger.leaf import leaf_hash
from app.services.recording import Recorder, Wanted
from app.store.store import Store
from tests.recordings import NOON, ORIGIN, claim, index, opened, recorder, recording, vault
from tests.store.test_recording import in_threads


@pytest.fixture
def store(database_url, keys_url):
    """An empty store of either kind."""
    with Store.open(database_url, keys_url, writing=True) as store:
        yield store


def test_what_was_recorded_can_be_unsealed_again(store):
    one, plain = recorder(store), recording()
    assert one.record(plain).id == plain.id
    found = store.decisions.get(plain.id)
    assert one.unsealed(found.entry) == plain.sealed_plaintext


def test_the_hash_it_returns_is_that_of_the_stored_leaf(store):
    one, plain = recorder(store), recording()
    assert one.record(plain).leaf_hash == leaf_hash(store.decisions.entry(plain.id).leaf)


def test_the_leaf_holds_the_clear_part_and_the_digest_of_the_sealed_one(store):
    one, plain = recorder(store), recording()
    one.record(plain)
    entry = store.decisions.entry(plain.id)
    leaf = json.loads(entry.leaf)
    pseudonym = leaf["clear"].pop("actor")
    assert leaf["clear"] == plain.clear
    assert len(bytes.fromhex(pseudonym)) == 16
    assert (leaf["id"], leaf["kind"], leaf["log"]) == (str(plain.id), "decision", ORIGIN)
    assert (leaf["not_held"], leaf["engine"]) == (12, "termwise test")
    assert leaf["sealed_sha256"] == sha256(entry.sealed).hexdigest()


def test_no_name_and_no_fact_stands_in_the_clear_anywhere(tmp_path):
    names = ["CUSTOMER-SECRET", "REFERENCE-SECRET", "PERSON-SECRET", "KEY-SECRET", "FACT-SECRET"]
    customer, reference, person, key, fact = names
    with opened(f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db") as store:
        recorder(store).record(
            recording(
                decision=index(customer=customer, reference=reference, requested_by=person),
                subject=customer,
                actor=person,
                sealed_plaintext=fact.encode(),
                idempotency=IdempotencyClaim(person, "payment-terms", key, sha256(b"{}").digest()),
            )
        )
        for path in tmp_path.iterdir():
            content = path.read_bytes()
            assert not [name for name in names if name.encode() in content]
            assert sha256(b"{}").digest()[:16] not in content


def test_a_repeat_of_the_same_request_gets_the_stored_decision(store):
    one, plain = recorder(store), recording(idempotency=claim("key-1", b"body"))
    assert one.answered(claim("key-1", b"body")) is None
    one.record(plain)
    answered = one.answered(claim("key-1", b"body"))
    assert answered is not None
    assert answered.entry.id == plain.id


def test_another_body_under_the_same_key_is_told_apart(store):
    one = recorder(store)
    one.record(recording(idempotency=claim("key-1", b"body")))
    with pytest.raises(AlreadyClaimed) as refused:
        one.answered(claim("key-1", b"another body"))
    assert refused.value.same_body is False
    for body, same in ((b"body", True), (b"another body", False)):
        with pytest.raises(AlreadyClaimed) as refused:
            one.record(recording(idempotency=claim("key-1", body)))
        assert refused.value.same_body is same


@pytest.mark.parametrize(
    "other",
    [
        claim("key-1", principal="sales-8"),
        claim("key-1", policy="credit-approval"),
        claim("key-2"),
    ],
)
def test_a_key_is_scoped_to_its_principal_and_policy(store, other):
    one = recorder(store)
    one.record(recording(idempotency=claim("key-1")))
    assert one.answered(other) is None
    one.record(recording(idempotency=other))


def test_twins_all_end_up_with_the_same_decision(store):
    one = recorder(store)

    def ask(_: int) -> object:
        plain = recording(idempotency=claim("key-1", b"body"))
        try:
            return one.record(plain).id
        except AlreadyClaimed:
            answered = one.answered(claim("key-1", b"body"))
            return None if answered is None else answered.entry.id

    decisions = set(in_threads(ask))
    assert len(decisions) == 1
    assert None not in decisions


def test_many_are_recorded_with_what_record_would_have_said(store):
    one = recorder(store)
    many = [recording(decision=index(customer=f"C-{n % 50}"), subject=f"C-{n % 50}") for n in range(300)]
    many[7] = many[6]
    outcomes = one.record_many(many)
    assert isinstance(outcomes[7], Refused)
    good = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert [outcome.id for outcome in good] == [plain.id for place, plain in enumerate(many) if place != 7]


def test_searching_takes_plain_words(store):
    one = recorder(store)
    plain = recording()
    one.record(plain)
    one.record(recording(decision=index(customer="C-2", reference="SO-2", requested_by="sales-8")))
    for wanted in (Wanted(customer="C-1042"), Wanted(reference="SO-881"), Wanted(requested_by="sales-7")):
        assert [found.entry.id for found in one.search(wanted).decisions] == [plain.id]
    assert len(one.search(Wanted(policy="payment-terms", since=NOON)).decisions) == 2


def test_earlier_decisions_are_asked_for_in_plain_words(store):
    one = recorder(store)
    plain = recording(decision=index(as_of=date(2026, 6, 1)))
    one.record(plain)
    for whose in ({"reference": "SO-881"}, {"customer": "C-1042"}):
        earlier = one.earlier("payment-terms", before=date(2026, 6, 2), **whose)
        assert [found.entry.id for found in earlier] == [plain.id]
    assert one.earlier("payment-terms", before=date(2026, 6, 2), reference="SO-2") == ()


def test_what_is_nobodys_is_sealed_under_a_key_of_its_month(store):
    one = recorder(store)
    months = [recording(NOON + timedelta(days=days), subject=None) for days in (0, 1, 30)]
    for plain in months:
        one.record(plain)
    first, same, next_month = (store.decisions.entry(plain.id).key_id for plain in months)
    assert first == same != next_month


def test_erasing_a_customer_leaves_what_is_nobodys(store):
    safe = vault(store)
    one = Recorder(store, safe, origin=ORIGIN, engine="termwise test")
    his, nobodys = recording(subject="C-1042"), recording(subject=None)
    one.record(his)
    one.record(nobodys)
    safe.destroy(safe.keys_of([of_customer("C-1042")]))
    with pytest.raises(Erased):
        one.unsealed(store.decisions.entry(his.id))
    assert one.unsealed(store.decisions.entry(nobodys.id)) == nobodys.sealed_plaintext
    assert store.decisions.get(his.id).index.outcome == "counter"


def test_a_customer_named_like_a_month_does_not_share_its_key(store):
    one = recorder(store)
    month, customer = recording(NOON, subject=None), recording(NOON, subject="unattributed:2026-11")
    one.record(month)
    one.record(customer)
    assert store.decisions.entry(month.id).key_id != store.decisions.entry(customer.id).key_id


def test_an_entry_that_was_swapped_for_another_does_not_open(store):
    one, plain, other = recorder(store), recording(), recording()
    one.record(plain)
    one.record(other)
    forged = replace(store.decisions.entry(plain.id), sealed=store.decisions.entry(other.id).sealed)
    with pytest.raises(Exception, match="cannot be read"):
        one.unsealed(forged)
