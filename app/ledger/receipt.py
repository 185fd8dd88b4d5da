"""The receipt: the log's signed promise that one leaf is in it. Given with the answer, it proves an omission.

A receipt is a note whose second line is the word ``receipt`` and whose third is the leaf
hash. The leaf is durable before the receipt is made; it stands under a checkpoint at
most a second later, and whoever holds a receipt without finding its leaf has the proof.
"""

from __future__ import annotations

from app.ledger.notes import NotSigned, SigningKey, VerifyingKey, bytes64, text64

_KIND = "receipt"


def receipt(leaf_hash: bytes, key: SigningKey) -> str:
    """The receipt for a leaf, by its hash of 32 bytes."""
    return key.sign(f"{key.verifying.name}\n{_KIND}\n{text64(leaf_hash)}\n")


def promised(note: str, key: VerifyingKey) -> bytes:
    """The leaf hash that a receipt promises; raises ``NotSigned`` for what the log did not sign as one."""
    lines = key.check(note).split("\n")
    if len(lines) != 4 or lines[:2] != [key.name, _KIND]:
        raise NotSigned("not a receipt of this log")
    return bytes64(lines[2])
