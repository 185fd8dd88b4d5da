"""Small logs for tests of the verifier: made without a database, signed, and exported as the service does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from uuid import UUID

from app.domain.identifiers import uuid7
from app.ledger.checkpoint import Head
from app.ledger.leaf import leaf_bytes, leaf_hash
from app.ledger.notes import SigningKey
from app.ledger.signing import announcement
from app.ledger.tree import Frontier

LOG = "termwise.test/log"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYS = [SigningKey(LOG, bytes([number]) * 32) for number in range(1, 4)]
RULESET = b"language: 1\n"
DIGEST = f"sha256:{sha256(RULESET).hexdigest()}"


@dataclass
class Log:
    """Lines of an export, and every checkpoint that was signed on the way, by size."""

    lines: list[bytes] = field(default_factory=list)
    notes: dict[int, str] = field(default_factory=dict)

    def export(self, lines: Sequence[bytes] | None = None, size: int | None = None) -> bytes:
        """The export with these lines of entries instead, under the head of that size."""
        entries = self.lines if lines is None else lines
        return b"".join((*START, *entries, head_line(self.notes[len(self.lines) if size is None else size])))


def head_line(note: str) -> bytes:
    """The last line."""
    return json.dumps({"checkpoint": note}, separators=(",", ":")).encode() + b"\n"


def text_line(text: bytes, digest: str = "") -> bytes:
    """The line of a ruleset's text, under its own digest or another."""
    named = digest or f"sha256:{sha256(text).hexdigest()}"
    return b'{"ruleset":"%s","text":"%s"}\n' % (named.encode(), text.hex().encode())


START = (
    json.dumps({"export": 1, "log": LOG}, separators=(",", ":")).encode() + b"\n",
    text_line(RULESET),
)


def line(index: int, leaf: bytes, sealed: bytes, decision: bool, hash: bytes | None = None) -> bytes:
    """One entry's line."""
    parts = (
        (leaf_hash(leaf) if hash is None else hash).hex(),
        leaf.hex(),
        sealed.hex(),
    )
    start = '{{"index":{},"hash":"{}","leaf":"{}","sealed":"{}"'.format(index, *parts)
    return (start + (',"decision":true}\n' if decision else "}\n")).encode()


def entry(index: int, seed: int = 0, **clear: object) -> tuple[bytes, bytes, bool]:
    """Leaf, sealed part, and whether it is a decision; every fifth is none. Another seed, another entry."""
    random = Random(f"{seed} {index}")
    sealed = random.randbytes(random.randint(20, 60))
    decision = index % 5 != 3 and not clear
    kind = "log-key" if clear else "decision" if decision else "simulation"
    at = NOON + timedelta(milliseconds=index)
    id: UUID = uuid7(1_795_000_000_000 + index, random.getrandbits(60))
    leaf = leaf_bytes(
        origin=LOG,
        id=id,
        kind=kind,
        at=at,
        clear={"digest": DIGEST, **(clear or {"outcome": random.choice("ab")})},
        engine="termwise test",
        not_held=random.randint(0, 99),
        sealed=sealed,
    )
    return leaf, sealed, decision


def log(
    size: int,
    every: int = 1,
    rotations: Sequence[int] = (),
    made: Callable[..., tuple[bytes, bytes, bool]] = entry,
) -> Log:
    """A log with checkpoints at every so many entries and at its end; ``rotations`` name the next key."""
    found, frontier, keys = Log(), Frontier(), list(KEYS)
    for index in range(size):
        clear = {"announcement": announcement(keys[0], keys[1].verifying)} if index in rotations else {}
        leaf, sealed, decision = made(index, **clear)
        found.lines.append(line(index, leaf, sealed, decision))
        frontier.append(leaf_hash(leaf))
        if frontier.size % every == 0 or frontier.size == size or clear:
            found.notes[frontier.size] = Head(LOG, frontier.size, frontier.root()).signed(keys[0])
        if clear:
            del keys[0]
    return found
