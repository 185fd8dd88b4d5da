"""The recorder: a recording goes in, sealed and hashed, and what was recorded comes back out.

The one place between the plain words of ``services`` and the sealed bytes of ``store``.
It decides nothing and knows no ruleset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.audit import AlreadyClaimed, DecisionIndex, IdempotencyClaim, KeyRetired, Recording
from app.domain.errors import TermwiseError, Unavailable
from app.domain.keeping import month_of, of_customer, of_nobody, of_person
from app.domain.sealed import (
    DecisionFilter,
    Entry,
    IndexedDecision,
    Page,
    SealedClaim,
    SealedRecording,
    StoredDecision,
    Visible,
)
from app.ledger.leaf import leaf_bytes, leaf_hash
from app.ledger.sealing import context
from app.services.sealing import Vault
from app.store.store import Store

_MOST_SEALINGS = 4


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is durable now: the entry's id and the hash of its leaf (32 bytes), which a receipt signs."""

    id: UUID
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for among decisions, in plain words; see ``DecisionFilter``.

    ``visible_to`` is the id (UUID text) of a person who sees their own only; None sees all.
    """

    policy: str | None = None
    version: str | None = None
    outcome: str | None = None
    outcome_kind: str | None = None
    customer: str | None = None
    reference: str | None = None
    requested_by: str | None = None
    rule: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    visible_to: str | None = None
    repeated: bool = False


class Recorder:
    """Records and reads back. ``origin`` names the log, ``engine`` the version of the deciding service."""

    def __init__(self, store: Store, vault: Vault, *, origin: str, engine: str) -> None:
        self._store = store
        self._vault = vault
        self._origin = origin
        self._engine = engine

    def record(self, recording: Recording) -> Recorded:
        """Make it durable; when this returns, it is. Raises what ``Store.record`` raises.

        An ``AlreadyClaimed`` tells in ``same_body`` whether it is a repeat of the same request.
        """
        for _ in range(_MOST_SEALINGS):
            sealed = self._sealed(recording)
            try:
                self._store.record(sealed)
            except AlreadyClaimed as error:
                raise self._compared(error, sealed) from None
            except KeyRetired:
                self._take_next_key(_subject(recording))
                continue
            return Recorded(sealed.entry.id, leaf_hash(sealed.entry.leaf))
        raise Unavailable("The data key is replaced just now. Nothing was recorded; try again.")

    def record_many(self, recordings: Sequence[Recording]) -> list[Recorded | Exception]:
        """Make many durable in few commits, in order; for each what ``record`` would return or raise."""
        self._vault.prepare(_subject(recording) for recording in recordings)
        sealed = [self._sealed(recording) for recording in recordings]
        outcomes = zip(recordings, sealed, self._store.record_many(sealed), strict=True)
        return [self._outcome(*one) for one in outcomes]

    def answered(self, claim: IdempotencyClaim) -> StoredDecision | None:
        """The decision that this very request already got, None when the key is new.

        Raises ``AlreadyClaimed`` with ``same_body`` false when the key stands for another request.
        """
        hashed = self._claim(claim)
        found = self._store.decisions.claimed(hashed.claim)
        if found is None:
            return None
        self._store.check_settled()
        if found.body != hashed.body:
            raise AlreadyClaimed(found.decision_id, found.body, same_body=False)
        return self._store.decisions.get(found.decision_id)

    def unsealed(self, entry: Entry) -> bytes:
        """The sealed part of an entry in the clear; raises ``Erased`` after its subject's erasure."""
        return self._vault.unseal(entry.key_id, entry.sealed, context(self._origin, entry.id, entry.kind))

    def get(self, id: UUID, visible_to: str | None = None) -> StoredDecision:
        """A decision, if it is ``visible_to`` that person; raises ``NotFound``."""
        return self._store.decisions.get(id, self._visible(visible_to))

    def asked_before(self, stored: StoredDecision, limit: int) -> tuple[StoredDecision, ...]:
        """Earlier decisions of the same policy, customer and reference, latest first."""
        return self._store.decisions.asked_before(stored, limit)

    def reaches(self, person: str | None, customer: str) -> bool:
        """Whether ``customer`` is assigned to the person of that id (UUID text); None reaches everybody."""
        named = self._vault.pseudonyms.customer
        return person is None or self._store.decisions.is_assigned(UUID(person), named(customer))

    def customer_hash(self, customer: str) -> bytes:
        """The keyed hash that stands for a customer in columns that are searched."""
        return self._vault.pseudonyms.customer(customer)

    def search(self, wanted: Wanted, *, after: UUID | None = None, limit: int = 50) -> Page:
        """Decisions, newest first; see ``Finding.search``."""
        hashes = self._vault.pseudonyms
        found = DecisionFilter(
            policy=wanted.policy,
            version=wanted.version,
            outcome=wanted.outcome,
            outcome_kind=wanted.outcome_kind,
            customer=None if wanted.customer is None else hashes.customer(wanted.customer),
            reference=None if wanted.reference is None else hashes.reference(wanted.reference),
            requester=None if wanted.requested_by is None else hashes.actor(wanted.requested_by),
            rule=wanted.rule,
            reason=wanted.reason,
            since=wanted.since,
            until=wanted.until,
            visible_to=self._visible(wanted.visible_to),
            repeated=wanted.repeated,
        )
        return self._store.finding.search(found, after=after, limit=limit)

    def earlier(
        self, policy: str, *, before: date, reference: str | None = None, customer: str | None = None
    ) -> tuple[StoredDecision, ...]:
        """What a policy decided before a day on one reference or one customer, oldest first."""
        hashes = self._vault.pseudonyms
        if reference is not None:
            return self._store.decisions.earlier(policy, before=before, reference=hashes.reference(reference))
        return self._store.decisions.earlier(
            policy, before=before, customer=None if customer is None else hashes.customer(customer)
        )

    def visible(self, person: str | None) -> Visible | None:
        """How far the person of that id sees their own only; None for None, who sees all."""
        return self._visible(person)

    def _visible(self, person: str | None) -> Visible | None:
        if person is None:
            return None
        return Visible(self._vault.pseudonyms.actor(person), UUID(person))

    def _sealed(self, one: Recording) -> SealedRecording:
        hashes = self._vault.pseudonyms
        bound = context(self._origin, one.id, one.kind)
        key_id, sealed = self._vault.seal(_subject(one), one.sealed_plaintext, bound)
        clear = one.clear if one.actor is None else {**one.clear, "actor": hashes.actor(one.actor).hex()}
        leaf = leaf_bytes(
            origin=self._origin,
            id=one.id,
            kind=one.kind,
            at=one.at,
            clear=clear,
            engine=self._engine,
            not_held=one.not_held,
            sealed=sealed,
        )
        return SealedRecording(
            entry=Entry(one.id, one.kind, one.at, leaf, sealed, key_id),
            decision=None if one.decision is None else self._indexed(one.decision),
            claim=None if one.idempotency is None else self._claim(one.idempotency),
            changes=one.changes,
            referral=one.referral,
            files=one.files,
        )

    def _indexed(self, one: DecisionIndex) -> IndexedDecision:
        hashes = self._vault.pseudonyms
        return IndexedDecision(
            policy=one.policy,
            version=one.version,
            digest=one.digest,
            outcome=one.outcome,
            outcome_kind=one.outcome_kind,
            as_of=one.as_of,
            requester=hashes.actor(one.requested_by),
            customer=None if one.customer is None else hashes.customer(one.customer),
            reference=None if one.reference is None else hashes.reference(one.reference),
            reasons=one.reasons,
            rules=one.rules,
            asked_by=None if one.asked_by is None else hashes.actor(one.asked_by),
        )

    def _claim(self, one: IdempotencyClaim) -> SealedClaim:
        hashes = self._vault.pseudonyms
        return SealedClaim(
            claim=hashes.claim(one.principal, one.policy, one.key), body=hashes.body(one.body_sha256)
        )

    def _outcome(
        self, recording: Recording, sealed: SealedRecording, error: Exception | None
    ) -> Recorded | Exception:
        if error is None:
            return Recorded(sealed.entry.id, leaf_hash(sealed.entry.leaf))
        if not isinstance(error, KeyRetired):
            return self._compared(error, sealed)
        self._take_next_key(_subject(recording))
        try:
            return self.record(recording)
        except TermwiseError as again:
            return again

    def _take_next_key(self, subject: str) -> None:
        """See to it that the next sealing makes a key, where the last one is retired in the log."""
        self._vault.retired(self._store.keeping.retired(self._vault.keys_of([subject])))
        self._vault.forget(subject)

    def _compared(self, error: Exception, sealed: SealedRecording) -> Exception:
        if isinstance(error, AlreadyClaimed) and sealed.claim is not None:
            return AlreadyClaimed(error.decision_id, error.body, error.body == sealed.claim.body)
        return error


def _subject(recording: Recording) -> str:
    """Whose key seals it. What is no customer's has a key a month, so that it can go by age."""
    if recording.subject is not None:
        return of_customer(recording.subject)
    month = month_of(recording.at)
    return of_nobody(month) if recording.person is None else of_person(recording.person, month)
