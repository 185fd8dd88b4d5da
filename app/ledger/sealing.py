"""Sealing: AES-256-GCM under one data key per subject, and data keys wrapped under a master key.

Sealed bytes are ``form || nonce (12) || ciphertext and tag``. Form 0x01 holds the plaintext as
it was given, 0x02 deflated (RFC 1951); its authenticated data begins with the form, so that
none can be taken for the other. The context names the log, the entry and its kind and is
authenticated, too: sealed bytes moved to another entry do not open. A data key is wrapped
with its own id and subject as the context, so that keys cannot be exchanged in the key
database either.
"""

from __future__ import annotations

import os
import zlib
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
_PLAIN, _DEFLATED = b"\x01", b"\x02"
_START = len(_PLAIN) + NONCE_BYTES
_RAW = -zlib.MAX_WBITS  # deflate without a header: the tag says whether anything was changed
_LEVEL = 1  # a decision shrinks to 35 %, with the highest level to 32 %, at twice the time


class CannotOpen(ValueError):
    """The bytes were changed, belong elsewhere, or were sealed under another key."""


def derived(key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF-SHA256): a key used for two things would tie their secrets together.

    Raises ``ValueError`` for a ``key`` of fewer than 32 bytes.
    """
    if len(key) < KEY_BYTES:
        raise ValueError(f"a key has at least {KEY_BYTES} bytes, got {len(key)}")
    info = b"termwise 1 " + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def context(origin: str, id: UUID, kind: str) -> bytes:
    """What an entry's sealed bytes are bound to. The id has a fixed length, so no two contexts read alike."""
    return id.bytes + f"{kind}\n{origin}".encode()


class DataKey:
    """One subject's key, ready to use. Holds the secret in memory; erasing a subject means letting it go."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes, got {len(secret)}")
        self._secret = secret
        self._cipher = AESGCM(secret)

    @classmethod
    def new(cls) -> DataKey:
        """A fresh random key."""
        return cls(os.urandom(KEY_BYTES))

    def seal(self, plaintext: bytes, context: bytes) -> bytes:
        """Encrypt under a fresh nonce; at most 29 bytes longer than the plaintext."""
        nonce, deflated = os.urandom(NONCE_BYTES), zlib.compress(plaintext, _LEVEL, _RAW)
        if len(deflated) < len(plaintext):
            return _DEFLATED + nonce + self._cipher.encrypt(nonce, deflated, _DEFLATED + context)
        return _PLAIN + nonce + self._cipher.encrypt(nonce, plaintext, context)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, which nobody without this key can find."""
        return derived(self._secret, purpose)

    def exported(self) -> bytes:
        """The secret itself: whoever has it opens everything of this subject, after an erasure, too."""
        return self._secret

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The plaintext; raises ``CannotOpen`` when a single bit of it or of ``context`` is another."""
        form, nonce, ciphertext = sealed[:1], sealed[1:_START], sealed[_START:]
        if form not in (_PLAIN, _DEFLATED):
            raise CannotOpen("not sealed by a version of the service that this one knows")
        try:
            if form == _PLAIN:
                return self._cipher.decrypt(nonce, ciphertext, context)
            return zlib.decompress(self._cipher.decrypt(nonce, ciphertext, _DEFLATED + context), _RAW)
        except (InvalidTag, ValueError, zlib.error) as error:
            raise CannotOpen("the sealed bytes do not open: they were changed or belong elsewhere") from error


class MasterKey:
    """The key that wraps data keys, made from at least 32 secret bytes.

    It lives outside every database; whoever loses it loses everything that was sealed.
    """

    def __init__(self, secret: bytes) -> None:
        self._wrapping = DataKey(derived(secret, "wrap data keys"))
        self.fingerprint = derived(secret, "fingerprint").hex()[:16]

    def wrap(self, key: DataKey, id: UUID, subject: bytes) -> bytes:
        """``key`` encrypted for the key database, bound to its id and subject."""
        return self._wrapping.seal(key._secret, id.bytes + subject)

    def unwrap(self, wrapped: bytes, id: UUID, subject: bytes) -> DataKey:
        """The key that ``wrap`` was given; raises ``CannotOpen`` under another master key."""
        return DataKey(self._wrapping.open(wrapped, id.bytes + subject))
