"""Checkpoints (C2SP tlog-checkpoint): the signed head of the log, size and root, in a note of three lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.ledger.notes import NotSigned, SigningKey, VerifyingKey, bytes64, divided, text64
from app.ledger.tree import HASH_BYTES

_SIZE = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: the log ``origin`` had ``size`` entries, and their tree this ``root``."""

    origin: str
    size: int
    root: bytes

    def signed(self, key: SigningKey) -> str:
        """The checkpoint."""
        return key.sign(f"{self.origin}\n{self.size}\n{text64(self.root)}\n")


def head_of(text: str) -> Head:
    """The head in the text of a note; raises ``NotSigned``. Further lines are extensions and passed over."""
    lines = text.split("\n")
    if len(lines) < 4 or not _SIZE.fullmatch(lines[1]):
        raise NotSigned("not a checkpoint: the log's name, a number of entries, a root")
    root = bytes64(lines[2])
    if not lines[0] or len(root) != HASH_BYTES:
        raise NotSigned("not a checkpoint: its root is no SHA-256")
    return Head(lines[0], int(lines[1]), root)


def unchecked(note: str) -> Head:
    """What a checkpoint says, whoever signed it; raises ``NotSigned`` for what is none."""
    return head_of(divided(note)[0])


def checked(note: str, key: VerifyingKey) -> Head:
    """What the log with this key signed; raises ``NotSigned`` for another's, or a text that was changed."""
    head = head_of(key.check(note))
    if head.origin != key.name:
        raise NotSigned(f"a checkpoint of {head.origin}, signed by {key.name}")
    return head
