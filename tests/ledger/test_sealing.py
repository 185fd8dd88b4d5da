"""Sealed bytes open for their own key and in their own place, and nowhere else."""

from __future__ import annotations

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.sealing import CannotOpen, DataKey, MasterKey, context, derived

ID, OTHER = UUID(int=7 << 76 | 1), UUID(int=7 << 76 | 2)
FROZEN = "e551dca9deca7060d1d30ee4050b7eaaf3eac0deafe9525332016e49a987b710"
PLAIN = b'{"facts": {"grade": "C"}}'
LONG = b'{"facts": {"rows": [' + b", ".join([b'{"grade": "C"}'] * 50) + b"]}}"
HERE = context("termwise.test/log", ID, "decision")
SUBJECT = b"s" * 16


@given(st.binary(max_size=5000))
def test_what_was_sealed_comes_out_again(plaintext):
    key = DataKey.new()
    assert key.open(key.seal(plaintext, HERE), HERE) == plaintext


def test_the_plaintext_does_not_stand_in_the_sealed_bytes():
    assert PLAIN not in DataKey.new().seal(PLAIN, HERE)


def test_sealing_twice_gives_different_bytes():
    key = DataKey.new()
    assert key.seal(PLAIN, HERE) != key.seal(PLAIN, HERE)


def test_what_repeats_itself_is_sealed_in_fewer_bytes():
    assert len(DataKey.new().seal(LONG, HERE)) < len(LONG) / 5


def test_what_was_sealed_before_anything_was_deflated_opens_still():
    key, nonce = DataKey.new(), b"n" * 12
    sealed = b"\x01" + nonce + AESGCM(key.exported()).encrypt(nonce, LONG, HERE)
    assert key.open(sealed, HERE) == LONG


@pytest.mark.parametrize("plaintext", [PLAIN, LONG])
def test_a_single_changed_bit_anywhere_is_noticed(plaintext):
    key = DataKey.new()
    sealed = key.seal(plaintext, HERE)
    for place in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(CannotOpen):
            key.open(bytes(changed), HERE)


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28])
def test_cut_bytes_do_not_open(length):
    key = DataKey.new()
    with pytest.raises(CannotOpen):
        key.open(key.seal(PLAIN, HERE)[:length], HERE)


def test_another_key_does_not_open_it():
    with pytest.raises(CannotOpen):
        DataKey.new().open(DataKey.new().seal(PLAIN, HERE), HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        context("termwise.test/log", OTHER, "decision"),
        context("termwise.test/log", ID, "simulation"),
        context("another/log", ID, "decision"),
    ],
)
def test_moved_to_another_entry_it_does_not_open(elsewhere):
    key = DataKey.new()
    with pytest.raises(CannotOpen):
        key.open(key.seal(PLAIN, HERE), elsewhere)


def test_a_wrapped_key_comes_back_under_its_master_key_only():
    master, key = MasterKey(b"m" * 32), DataKey.new()
    wrapped = master.wrap(key, ID, SUBJECT)
    assert master.unwrap(wrapped, ID, SUBJECT).open(key.seal(PLAIN, HERE), HERE) == PLAIN
    with pytest.raises(CannotOpen):
        MasterKey(b"n" * 32).unwrap(wrapped, ID, SUBJECT)


@pytest.mark.parametrize(("id", "subject"), [(OTHER, SUBJECT), (ID, b"t" * 16)])
def test_a_wrapped_key_under_another_id_or_subject_does_not_unwrap(id, subject):
    master = MasterKey(b"m" * 32)
    with pytest.raises(CannotOpen):
        master.unwrap(master.wrap(DataKey.new(), ID, SUBJECT), id, subject)


def test_a_master_key_shows_a_fingerprint_that_does_not_give_it_away():
    one, other = MasterKey(b"m" * 32), MasterKey(b"n" * 32)
    assert one.fingerprint == MasterKey(b"m" * 32).fingerprint != other.fingerprint
    assert len(one.fingerprint) == 16


def test_keys_for_two_purposes_differ_and_are_always_the_same():
    assert derived(b"k" * 32, "one") != derived(b"k" * 32, "two")
    # Frozen: another result would lose every hash and key that is stored.
    assert derived(b"k" * 32, "one").hex() == FROZEN


@pytest.mark.parametrize("secret", [b"", b"k" * 31])
def test_a_short_secret_is_refused(secret):
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(secret)


def test_a_data_key_has_exactly_its_bytes():
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(b"k" * 33)
