"""Notes, checkpoints, receipts and announcements are signed texts, and not a bit of one can be changed."""

from __future__ import annotations

import stat

import pytest

from app.ledger import signing
from app.ledger.checkpoint import Head, checked, head_of, unchecked
from app.ledger.notes import NotSigned, SigningKey, VerifyingKey
from app.ledger.receipt import promised, receipt
from app.ledger.signing import NoSigningKey, announced, announcement

LOG = "termwise.test/log"
KEY, OTHER = SigningKey(LOG, bytes(range(32))), SigningKey(LOG, bytes(32))
HEAD = Head(LOG, 1_000_001, b"\x05" * 32)

# From the documentation of the Go package golang.org/x/mod/sumdb/note.
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAYING = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.
"""
SIGNED = f"""{SAYING}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


def test_a_note_of_another_implementation_is_read():
    key = VerifyingKey.parse(PUBLIC)
    assert str(key) == PUBLIC
    assert key.check(SIGNED) == SAYING


def test_a_checkpoint_is_three_lines_and_a_signature():
    note = HEAD.signed(KEY)
    text, _, signature = note.partition("\n\n")
    assert text == f"{LOG}\n1000001\nBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU="
    assert signature.startswith(f"— {LOG} ")
    assert signature.count("\n") == 1
    assert checked(note, KEY.verifying) == unchecked(note) == HEAD


def test_a_signature_of_another_stands_beside_ours():
    note = HEAD.signed(KEY) + HEAD.signed(SigningKey("witness.test", bytes(32))).rpartition("\n\n")[2]
    assert checked(note, KEY.verifying) == HEAD


@pytest.mark.parametrize("key", [OTHER, SigningKey("another.test/log", bytes(range(32)))])
def test_what_another_signed_is_not_ours(key):
    with pytest.raises(NotSigned):
        checked(HEAD.signed(key), KEY.verifying)


def test_every_bit_of_a_checkpoint_counts():
    note = HEAD.signed(KEY).encode()
    for bit in range(8 * len(note)):
        changed = bytearray(note)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError):  # noqa: PT011 - not signed, or no text at all
            checked(changed.decode(), KEY.verifying)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{LOG}\n5\n",
        f"{LOG}\n-5\nAAAA\n",
        f"{LOG}\n05\n{'A' * 43}=\n",
        f"{LOG}\n5\nAAAA\n",
        "\n5\nA\n",
    ],
)
def test_a_text_that_is_no_head_is_refused(text):
    with pytest.raises(NotSigned):
        head_of(text)


def test_further_lines_of_a_checkpoint_are_extensions():
    assert head_of(f"{LOG}\n5\n{'A' * 43}=\nmore\n") == Head(LOG, 5, bytes(32))


@pytest.mark.parametrize("text", ["no line break", "two\n\nparts\n"])
def test_only_lines_are_signed(text):
    with pytest.raises(ValueError, match="of lines"):
        KEY.sign(text)


def test_a_receipt_promises_one_leaf():
    note = receipt(b"\x09" * 32, KEY)
    assert promised(note, KEY.verifying) == b"\x09" * 32
    with pytest.raises(NotSigned):
        promised(note, OTHER.verifying)


def test_a_receipt_is_no_checkpoint_and_no_announcement_and_the_other_way_round():
    notes = [receipt(b"\x09" * 32, KEY), HEAD.signed(KEY), announcement(KEY, OTHER.verifying)]
    for place, read in enumerate((promised, checked, announced)):
        for other, note in enumerate(notes):
            if place != other:
                with pytest.raises(NotSigned):
                    read(note, KEY.verifying)


def test_the_old_key_names_the_next():
    assert announced(announcement(KEY, OTHER.verifying), KEY.verifying) == OTHER.verifying
    with pytest.raises(NotSigned):
        announced(announcement(OTHER, OTHER.verifying), KEY.verifying)


@pytest.mark.parametrize(
    "line", ["", "x", PUBLIC[:-1], PUBLIC.replace("c7", "c8"), PUBLIC.replace("+AR", "+BR")]
)
def test_a_line_that_is_no_key_is_refused(line):
    with pytest.raises(NotSigned):
        VerifyingKey.parse(line)


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "folder" / "signing.key"
    made = signing.make(path, LOG)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert signing.make(path, LOG).verifying == made.verifying == signing.load(path, LOG).verifying
    assert [one.name for one in path.parent.iterdir()] == ["signing.key"]


def test_a_key_that_cannot_be_used_says_why(tmp_path):
    path = tmp_path / "signing.key"
    with pytest.raises(NoSigningKey, match="termwise audit init"):
        signing.load(path, LOG)
    signing.make(path, LOG)
    with pytest.raises(NoSigningKey, match="signs for the log"):
        signing.load(path, "another.test/log")
    path.chmod(0o640)
    with pytest.raises(NoSigningKey, match="chmod 600"):
        signing.load(path, LOG)
    path.chmod(0o600)
    for text in ("", "a\nb\nc\n", f"{LOG}\ned25519\nAAAA\n", "\xff"):
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(NoSigningKey, match="is not a signing key"):
            signing.load(path, LOG)
