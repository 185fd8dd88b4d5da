"""The leaf: the exact bytes of one entry, whose hash enters the Merkle tree.

Everything in it can be read by whoever holds the log. Of the facts it holds one
thing only, the SHA-256 of the *sealed* bytes: a digest of the facts themselves could
be guessed, since most facts have few values.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.domain.instants import utc_text
from app.ledger.canonical import canonical

FORMAT = 1
_LEAF = b"\x00"


def leaf_bytes(
    *,
    origin: str,
    id: UUID,
    kind: str,
    at: datetime,
    clear: Mapping[str, Any],
    engine: str,
    not_held: int,
    sealed: bytes,
) -> bytes:
    """The leaf as canonical JSON. Store these bytes; making them anew from their parts proves nothing.

    ``origin`` names the log, ``engine`` the version of the service that decided; ``not_held`` counts the
    rules that did not hold (those that did stand in ``clear``). Raises ``NotCanonical`` when ``clear`` holds
    something without one exact form, ``ValueError`` for a time that is not UTC.
    """
    return canonical(
        {
            "at": utc_text(at),
            "clear": clear,
            "engine": engine,
            "format": FORMAT,
            "id": str(id),
            "kind": kind,
            "log": origin,
            "not_held": not_held,
            "sealed_sha256": sha256(sealed).hexdigest(),
        }
    )


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf), 32 bytes: RFC 9162's hash of a leaf, which no inner node can have."""
    return sha256(_LEAF + leaf).digest()
