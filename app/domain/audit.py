"""What the audit log is given to keep: a recording, before anything of it is sealed.

A recording is whole and immutable: entry, decision, idempotency key and changes go
into one transaction or none of them does. What stands in ``clear`` can be read by
anyone who holds the log, for as long as the log lives, whatever is erased later; so
no fact, no value read, no output and no customer may stand there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeAlias
from uuid import UUID

from app.domain.customer_file import Filing
from app.domain.errors import NotFound, Problem, Refused
from app.domain.identifiers import milliseconds, unix_milliseconds
from app.domain.messages import told
from app.domain.referrals import Referral

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

DIGEST_BYTES = 32
MOST_APART = 3_600_000  # milliseconds between the time in an id and the time of the entry


class Change(Protocol):
    """What a recording changes besides the log. Each kind is known to the repository that writes its rows."""

    @property
    def conflict(self) -> str:
        """What is said when a row is not as it was read: who was first, and what to do."""


class EntryKind(StrEnum):
    """The kinds of entry written today; a later kind is a new word, never a new meaning of one of these."""

    DECISION = "decision"
    SIMULATION = "simulation"
    RULESET_STATE = "ruleset-state"
    ENGINE_DISAGREEMENT = "engine-disagreement"
    REFUSAL = "refusal"
    BOOTSTRAP = "bootstrap"
    REHEARSAL = "rehearsal"
    RESOLUTION = "resolution"
    PERSON_STATE = "person-state"
    KEY_STATE = "key-state"
    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    EXPORT = "export"
    LOG_KEY = "log-key"
    STATEMENT = "statement"
    ERASURE = "erasure"
    HOLD = "hold"
    RETENTION = "retention"
    MASTER_KEY = "master-key"
    DATA_KEYS = "data-keys"
    IMPORT = "import"
    RUN = "run"
    VERIFICATION = "verification"


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """A caller's promise that one key means one request: scoped to principal and policy.

    ``body_sha256`` is the SHA-256 (32 bytes) of the raw request body.
    """

    principal: str
    policy: str
    key: str
    body_sha256: bytes

    def __post_init__(self) -> None:
        if len(self.body_sha256) != DIGEST_BYTES:
            raise ValueError("body_sha256 is the 32 bytes of a SHA-256, not its hexadecimal text")


@dataclass(frozen=True, slots=True)
class DecisionIndex:
    """What a decision is found by. ``reasons`` are codes, ``rules`` the ``step/rule`` that held, in order.

    Customer, reference and requester are given in plain words; they are stored as keyed hashes.
    """

    policy: str
    version: str
    digest: str
    outcome: str
    outcome_kind: str
    as_of: date
    requested_by: str
    customer: str | None = None
    reference: str | None = None
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """One thing that happened, complete: what ``services`` hands over and gets back durable.

    ``at`` is UTC and agrees with the time in ``id`` (searches by time rely on it). ``clear`` and
    ``sealed_plaintext`` are the two parts of the entry; ``subject`` is the customer under whose key the
    second is sealed, None when it is no customer's; then ``person`` is the id of whom it names. ``actor``
    is who did it, in plain words: the leaf gets a pseudonym. ``not_held`` counts the rules that did not
    hold. ``referral`` stands where a decision asks for a person. ``changes`` are made in the same
    transaction, and ``files`` is what the customer file holds from then on.
    """

    id: UUID
    kind: str
    at: datetime
    clear: Mapping[str, JSON]
    sealed_plaintext: bytes
    subject: str | None = None
    actor: str | None = None
    not_held: int = 0
    decision: DecisionIndex | None = None
    idempotency: IdempotencyClaim | None = None
    changes: tuple[Change, ...] = ()
    referral: Referral | None = None
    person: str | None = None
    files: tuple[Filing, ...] = ()

    def __post_init__(self) -> None:
        if self.id.version != 7:
            raise ValueError(f"a recording's id is a UUIDv7, got {self.id}")
        if abs(unix_milliseconds(self.id) - milliseconds(self.at)) > MOST_APART:
            raise ValueError(f"the id {self.id} and the time {self.at} are more than an hour apart")
        if self.idempotency is not None and self.decision is None:
            raise ValueError("an idempotency key can only be claimed for a decision")
        if self.referral is not None and self.decision is None:
            raise ValueError("only a decision can ask for a person")


class AlreadyClaimed(Refused):
    """The idempotency key already stands for ``decision_id``; read that decision instead.

    ``same_body`` tells a repeat (answer with the stored decision) from another request under the same key
    (422). ``None`` until somebody who can compare has done so.
    """

    def __init__(self, decision_id: UUID, body: bytes, same_body: bool | None = None) -> None:
        super().__init__(
            told(
                "This idempotency key already stands for decision {decision_id}. Read that decision, or "
                "send the request under a new key.",
                decision_id=decision_id,
            ),
            conflict=True,
        )
        self.decision_id = decision_id
        self.body = body
        self.same_body = same_body


class Erased(NotFound):
    """It is there, but its sealed part was erased with its subject's key; nothing brings it back (410)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, [Problem(message, code="erased")])


class KeyRetired(Refused):
    """It was sealed under a data key that was retired in the meantime: seal it under the next one."""
