"""Keyed hashes: what is stored in place of a customer, a reference, a person or a request.

Keyed BLAKE2b (RFC 7693) of 16 bytes, each purpose under a key of its own (HKDF), so that
a customer and a reference with the same text do not look alike. Without the key a hash
says nothing; a bare SHA-256 of a customer number could be found by trying them all.
BLAKE2b's keyed form does what HMAC-SHA256 does at a quarter of the cost, six times a decision.
"""

from __future__ import annotations

from hashlib import blake2b

from app.ledger.sealing import DataKey

HASH_BYTES = 16


class Pseudonyms:
    """Hashes under one root key, which never changes: with it, search and recall would be lost."""

    def __init__(self, root: DataKey) -> None:
        self._customer = root.derived("customer")
        self._reference = root.derived("reference")
        self._actor = root.derived("actor")
        self._subject = root.derived("subject")
        self._claim = root.derived("claim")
        self._body = root.derived("body")

    def customer(self, customer: str) -> bytes:
        """A customer, as searched for and recalled by."""
        return _hash(self._customer, customer.encode())

    def reference(self, reference: str) -> bytes:
        """A reference such as an order or invoice number, whatever the policy."""
        return _hash(self._reference, reference.encode())

    def actor(self, principal: str) -> bytes:
        """Who asked or acted. Its hexadecimal text is the pseudonym in a leaf."""
        return _hash(self._actor, principal.encode())

    def subject(self, subject: str) -> bytes:
        """Whose data key it is, in the key database: unlike the customer's hash, so that they do not join."""
        return _hash(self._subject, subject.encode())

    def claim(self, principal: str, policy: str, key: str) -> bytes:
        """An idempotency key within its principal and policy; with lengths, so that no two run together."""
        parts = [part.encode() for part in (principal, policy, key)]
        return _hash(self._claim, b"".join(len(part).to_bytes(4, "big") + part for part in parts))

    def body(self, body_sha256: bytes) -> bytes:
        """A request body, by its SHA-256: keyed, because a body of few-valued facts can be guessed."""
        return _hash(self._body, body_sha256)


def _hash(key: bytes, message: bytes) -> bytes:
    return blake2b(message, key=key, digest_size=HASH_BYTES).digest()
