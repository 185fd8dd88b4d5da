"""Keyed hashes stand for names, and tell nothing without their key."""

from __future__ import annotations

from hashlib import blake2b, sha256

from app.ledger.pseudonyms import HASH_BYTES, Pseudonyms
from app.ledger.sealing import DataKey, derived

HASHES = Pseudonyms(DataKey(b"r" * 32))
TEXT = "C-1042"


def test_the_same_name_has_the_same_hash_under_the_same_root():
    assert HASHES.customer(TEXT) == Pseudonyms(DataKey(b"r" * 32)).customer(TEXT)
    assert len(HASHES.customer(TEXT)) == HASH_BYTES


def test_another_root_gives_other_hashes():
    assert HASHES.customer(TEXT) != Pseudonyms(DataKey(b"s" * 32)).customer(TEXT)


def test_one_text_in_different_roles_does_not_look_alike():
    hashes = [HASHES.customer, HASHES.reference, HASHES.actor, HASHES.subject]
    found = {make(TEXT) for make in hashes} | {HASHES.body(TEXT.encode())}
    assert len(found) == 5


def test_it_is_not_a_bare_digest_that_can_be_guessed():
    digest = sha256(b"{}").digest()
    assert HASHES.body(digest) not in (digest[:HASH_BYTES], sha256(digest).digest()[:HASH_BYTES])


def test_principal_policy_and_key_do_not_run_together():
    triples = [("a", "b", "c"), ("ab", "", "c"), ("a", "bc", ""), ("", "ab", "c"), ("a", "b", "cc")]
    assert len({HASHES.claim(*triple) for triple in triples}) == len(triples)


def test_the_hashes_are_keyed_blake2b_under_derived_keys():
    key = derived(b"r" * 32, "customer")
    assert HASHES.customer(TEXT) == blake2b(TEXT.encode(), key=key, digest_size=16).digest()


def test_the_hashes_are_these_and_may_never_change():
    assert HASHES.customer(TEXT).hex() == "f21d09a61f8e5bba8c526c75659f55db"
    assert HASHES.claim("sales-7", "payment-terms", "key-1").hex() == "1951195ac23557596fb7e5ef9bdc31ff"
