"""Builds recordings for tests: plausible by default, each part to be replaced."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from app.domain.audit import DecisionIndex, EntryKind, IdempotencyClaim, Recording
from app.domain.identifiers import Identifiers
from app.domain.lifecycle import RulesetChange, RulesetEvent, State
from app.domain.sealed import Entry, IndexedDecision, SealedClaim, SealedRecording
from app.services.masters import Masters
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.store.store import Store

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MASTER = bytes(range(32))
ORIGIN = "termwise.test/log"
ids = Identifiers(lambda: NOON, secrets.randbits)
_seconds = count()


def index(**changes: Any) -> DecisionIndex:
    """The search columns of a decision, in plain words."""
    default = DecisionIndex(
        policy="payment-terms",
        version="1.0.0",
        digest="sha256:" + "a" * 64,
        outcome="counter",
        outcome_kind="conditional",
        as_of=date(2026, 11, 21),
        requested_by="sales-7",
        customer="C-1042",
        reference="SO-881",
        reasons=("PREPAYMENT_TOO_LOW",),
        rules=("base-terms/middle", "safeguards/prepayment-low"),
    )
    return replace(default, **changes)


def recording(at: datetime | None = None, **changes: Any) -> Recording:
    """A recorded decision; each is a second younger than the one before unless ``at`` is given."""
    at = at or NOON + timedelta(seconds=next(_seconds))
    decision = changes.pop("decision", index())
    default = Recording(
        id=Identifiers(lambda: at, secrets.randbits).new(),
        kind=EntryKind.DECISION,
        at=at,
        clear={"policy": "payment-terms", "held": ["base-terms/middle"]},
        sealed_plaintext=b'{"facts": {"grade": "C"}}',
        subject=decision.customer if decision else None,
        actor="sales-7",
        not_held=12,
        decision=decision,
    )
    return replace(default, **changes)


def claim(key: str = "key-1", body: bytes = b"{}", **changes: Any) -> IdempotencyClaim:
    """An idempotency claim of one principal on one policy."""
    return replace(IdempotencyClaim("sales-7", "payment-terms", key, sha256(body).digest()), **changes)


def sealed(at: datetime | None = None, **changes: Any) -> SealedRecording:
    """A decision as the store gets it, with bytes that nobody can open."""
    plain = recording(at)
    entry = Entry(plain.id, plain.kind, plain.at, b'{"leaf":1}', secrets.token_bytes(64), ids.new())
    decision = changes.pop("decision", indexed())
    return replace(SealedRecording(entry, decision), **changes)


def indexed(**changes: Any) -> IndexedDecision:
    """Search columns with hashes in place of names."""
    plain = index()
    default = IndexedDecision(
        policy=plain.policy,
        version=plain.version,
        digest=plain.digest,
        outcome=plain.outcome,
        outcome_kind=plain.outcome_kind,
        as_of=plain.as_of,
        requester=hashed("sales-7"),
        customer=hashed("C-1042"),
        reference=hashed("SO-881"),
        reasons=plain.reasons,
        rules=plain.rules,
    )
    return replace(default, **changes)


def hashed(text: str) -> bytes:
    """Sixteen bytes that stand for a text."""
    return sha256(text.encode()).digest()[:16]


def sealed_claim(key: str = "key-1", body: str = "{}") -> SealedClaim:
    """An idempotency claim as the store gets it."""
    return SealedClaim(hashed(key), hashed(body))


def change(
    state: State = State.DRAFT, *, text: bytes | None = b"language: 1\n", **changes: Any
) -> SealedRecording:
    """A change of a ruleset's state; the digest is that of ``text``, or of the default text.

    ``kind`` may be given; whoever drafts is the author.
    """
    at = changes.pop("at", None) or NOON + timedelta(seconds=next(_seconds))
    plain = recording(at, kind=changes.pop("kind", EntryKind.RULESET_STATE), decision=None)
    digest = "sha256:" + sha256(text or b"language: 1\n").hexdigest()
    event = replace(
        RulesetEvent(plain.id, "payment-terms", "1.0.0", digest, state, at, "officer-2"), **changes
    )
    entry = Entry(plain.id, plain.kind, at, b'{"leaf":1}', b"sealed", ids.new())
    authors = (event.by,) if state is State.DRAFT else ()
    return SealedRecording(entry, changes=(RulesetChange(event, text, authors),))


def event_of(recording: SealedRecording) -> RulesetEvent:
    """The event that a recorded change of a ruleset holds."""
    (made,) = recording.changes
    assert isinstance(made, RulesetChange)
    return made.event


@contextmanager
def opened(url: str, keys_url: str, **options: Any) -> Iterator[Store]:
    """A migrated store, open for writing."""
    Store.migrate(url, keys_url)
    with Store.open(url, keys_url, writing=True, **options) as store:
        yield store


def vault(store: Store, master: bytes = MASTER, **options: Any) -> Vault:
    """A vault over the store's keys."""
    return Vault(store.keys, Masters(lambda: [master]), now=lambda: NOON, new_id=ids.new, **options)


def recorder(store: Store) -> Recorder:
    """A recorder over the store."""
    return Recorder(store, vault(store), origin=ORIGIN, engine="termwise test")
