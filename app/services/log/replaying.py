"""Replaying: decisions of the log again, on the text and facts of their day, against every column of theirs.

What the leaf must not tell (customer, reference, reasons, whether somebody was asked) is
in the sealed part. Whoever has the keys can hold the columns by which a decision is found
against it, and against what both engines say now.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.domain.audit import EntryKind, Erased
from app.domain.decision import Evaluation
from app.domain.errors import NotFound, Unavailable
from app.domain.instants import from_utc_text
from app.domain.referrals import Referral
from app.domain.sealed import StoredDecision
from app.domain.settling import referral_of
from app.domain.tree import Placed
from app.ledger.pseudonyms import Pseudonyms
from app.services.decisions.replaying import Replay, again, compared
from app.services.policies import Policies
from app.services.recording import Recorder
from app.store.store import Store
from schemas.decisions import document_of

AT_ONCE = 100
PAGE = 1000


@dataclass(slots=True)
class Replayed:
    """How many decisions came out identical, how many are erased, and the first that differs, by index."""

    identical: int = 0
    erased: int = 0
    different: str | None = None
    index: int | None = None

    def add(self, other: Replayed) -> None:
        """Count those of the next run, too."""
        self.identical += other.identical
        self.erased += other.erased
        self.different, self.index = other.different, other.index

    def count(self, index: int, id: UUID, replay: Replay | None) -> None:
        """Count one decision; None is one that was erased."""
        if replay is None:
            self.erased += 1
        elif replay.identical:
            self.identical += 1
        else:
            parts = ", ".join(str(one["part"]) for one in replay.differences)
            self.differ(index, f"decision {id} replays with other {parts}")

    def differ(self, index: int, told: str) -> None:
        """The first that differs."""
        self.different, self.index = f"entry {index}: {told}", index


class Replaying:
    """Replays runs of the log. ``hashes`` are those of this log's names."""

    def __init__(self, store: Store, recorder: Recorder, policies: Policies, hashes: Pseudonyms) -> None:
        self._store = store
        self._recorder = recorder
        self._policies = policies
        self._hashes = hashes
        self._destroyed: set[UUID] = set()

    def run(self, start: int, end: int) -> Replayed:
        """Replay the decisions from index ``start`` up to ``end``, and open all that is sealed there.

        Stops at the first that differs.
        """
        found = Replayed()
        for at in range(start, end, AT_ONCE):
            placed = list(self._store.tree.placed(at, min(at + AT_ONCE, end)))
            ids = [one.id for one in placed if one.decision]
            rows, referrals = self._store.decisions.many(ids), self._store.referrals.opened(ids)
            for one in placed:
                told = self._one(found, one, rows.get(one.id), referrals.get(one.id))
                if told is not None:
                    found.differ(one.place, told)
                if found.different is not None:
                    return found
        return found

    def _one(
        self, found: Replayed, one: Placed, row: StoredDecision | None, referral: Referral | None
    ) -> str | None:
        """Count one entry; in words what is wrong with it, None where nothing is."""
        if one.entry is None or (one.decision and row is None):
            return "its row is gone"
        try:
            document = document_of(self._recorder.unsealed(one.entry))
            if row is None:
                return None
            ready = self._policies.by_digest(document["digest"])
            with self._policies.engine(ready) as engine:
                evaluation = again(ready, engine, document)
        except Erased:
            if not self._is_destroyed(one.entry.key_id):
                return f"the key {one.entry.key_id} is gone, and no entry says that it was destroyed"
            found.erased += one.decision
            return None
        except (Unavailable, NotFound) as error:
            return error.message
        differs = next(self._differing(row, document, evaluation, referral), None)
        if differs is not None:
            return f"the columns of decision {one.id} say another `{differs}` than what was sealed"
        found.count(one.place, one.id, compared(evaluation, document))
        return None

    def _is_destroyed(self, key: UUID) -> bool:
        """Whether an erasure in the log names that key."""
        after: UUID | None = None
        if key not in self._destroyed:
            while entries := self._store.decisions.entries(EntryKind.ERASURE, after=after, limit=PAGE):
                after = entries[-1].id
                named = [json.loads(one.leaf)["clear"]["keys"] for one in entries]
                self._destroyed.update(UUID(text) for keys in named for text in keys)
        return key in self._destroyed

    def _differing(
        self,
        row: StoredDecision,
        document: Mapping[str, Any],
        evaluation: Evaluation,
        referral: Referral | None,
    ) -> Iterator[str]:
        """The names of columns, and of members of the leaf, that are not as the evaluation makes them."""
        hashes, ruleset = self._hashes, evaluation.ruleset
        asked_by, customer, reference = (document[name] for name in ("asked_by", "customer", "reference"))
        should = {
            "policy": ruleset.policy,
            "version": ruleset.version,
            "digest": ruleset.digest,
            "outcome": document["outcome"],
            "outcome_kind": str(ruleset.outcome(document["outcome"]).kind),
            "as_of": evaluation.as_of,
            "requester": hashes.actor(document["requested_by"]),
            "customer": None if customer is None else hashes.customer(customer),
            "reference": None if reference is None else hashes.reference(reference),
            "reasons": tuple(code for code, _ in document["reasons"]),
            "rules": tuple(rule for rule, *_ in document["fired"]),
            "asked_by": None if asked_by is None else hashes.actor(asked_by),
        }
        stands = asdict(row.index)
        yield from (name for name, value in should.items() if stands[name] != value)
        said = json.loads(row.entry.leaf)["clear"]
        effective = [rule for rule, _, _, is_effective, *_ in document["fired"] if is_effective]
        if said["effective"] != effective:
            yield "effective"
        if said["role"] != document["role"]:
            yield "role"
        if referral != referral_of(evaluation, from_utc_text(document["decided_at"])):
            yield "referral"


def runs(start: int, end: int, length: int) -> Sequence[tuple[int, int]]:
    """The places from ``start`` to ``end`` in runs of that length."""
    return [(at, min(at + length, end)) for at in range(start, end, length)]
