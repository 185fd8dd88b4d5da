"""Signed notes (C2SP signed-note): a text for people, and Ed25519 signatures over exactly its bytes.

Checkpoints, receipts and announcements of a new key are notes; the second line of
each says which of the three it is, so that a signature on one is never one on another.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_ID_BYTES = 4
_SIGNATURE = re.compile("— ([^ +\n]+) ([A-Za-z0-9+/]+={0,2})\n")
_KEY = re.compile(r"([^ +\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


class NotSigned(ValueError):
    """The note or key is not one, or the signature is not by the key that was asked for."""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key with the name of the log that signs with it. ``str`` gives its one line (vkey)."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes by which a signature says whose it is; a hint, no proof."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{text64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, line: str) -> VerifyingKey:
        """The key that ``str`` wrote; raises ``NotSigned``."""
        found = _KEY.fullmatch(line.strip())
        coded = bytes64(found[3]) if found else b""
        if found is None or coded[:1] != _ED25519 or len(coded) != 33:
            raise NotSigned("a key is NAME+ID+BASE64 with an Ed25519 key, as `termwise audit init` prints it")
        key = cls(found[1], coded[1:])
        if key.id.hex() != found[2]:
            raise NotSigned(f"the key's id is {key.id.hex()}, not {found[2]}: a character was changed")
        return key

    def check(self, note: str) -> str:
        """The text of ``note``; raises ``NotSigned`` unless this key signed exactly it."""
        text, signatures = divided(note)
        for name, signature in signatures:
            if name == self.name and signature[:_ID_BYTES] == self.id:
                try:
                    Ed25519PublicKey.from_public_bytes(self.public).verify(
                        signature[_ID_BYTES:], text.encode()
                    )
                except InvalidSignature:
                    raise NotSigned(f"the signature by {self} does not fit the text") from None
                return text
        raise NotSigned(f"not signed by {self}")


class SigningKey:
    """The secret with which a log signs, and the log's name."""

    def __init__(self, name: str, secret: bytes) -> None:
        self._secret = Ed25519PrivateKey.from_private_bytes(secret)
        self.verifying = VerifyingKey(name, self._secret.public_key().public_bytes_raw())
        self._start = f"\n— {name} "

    def sign(self, text: str) -> str:
        """The note: ``text``, which ends in a line break, with the signature below it."""
        if not text.endswith("\n") or "\n\n" in text:
            raise ValueError("the text of a note is of lines, none of them empty")
        signature = self.verifying.id + self._secret.sign(text.encode())
        return f"{text}{self._start}{text64(signature)}\n"


def divided(note: str) -> tuple[str, Sequence[tuple[str, bytes]]]:
    """A note's text and its signatures, by name; raises ``NotSigned`` for anything else."""
    text, blank, below = note.rpartition("\n\n")
    signatures = _SIGNATURE.findall(below)
    if not blank or not signatures or "".join(f"— {name} {coded}\n" for name, coded in signatures) != below:
        raise NotSigned("not a signed note: a text, an empty line, and lines with signatures")
    return text + "\n", [(name, bytes64(coded)) for name, coded in signatures]


def text64(data: bytes) -> str:
    """Standard base64."""
    return b64encode(data).decode("ascii")


def bytes64(text: str) -> bytes:
    """What ``text64`` wrote, in its one form; raises ``NotSigned``."""
    try:
        data = b64decode(text, validate=True)
    except (Error, ValueError):
        raise NotSigned(f"{text[:80]!r} is not base64") from None
    if text64(data) != text:
        raise NotSigned(f"{text[:80]!r} is not the one base64 form of its bytes")
    return data
