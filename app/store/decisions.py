"""Reads decisions, the entries they stand in, and idempotency claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, text

from app.domain.audit import EntryKind
from app.domain.errors import NotFound
from app.domain.identifiers import milliseconds, uuid7
from app.domain.messages import told
from app.domain.sealed import (
    ClaimedDecision,
    DecisionFilter,
    Entry,
    IndexedDecision,
    StoredDecision,
    Visible,
)
from app.store import reach
from app.store.columns import words_of
from app.store.reading import Reader
from app.store.tables import NOT_A_DECISION, decision, entry, idempotency, resolution

MOST_ON_A_PAGE = 1000
_EXACT = ("policy", "version", "outcome", "outcome_kind", "customer", "reference", "requester")
MARGIN = timedelta(days=1)
"""An id's own time and ``decided_at`` agree within an hour (``app.domain.audit``); a day is safe."""
BOTH: Select[Any] = select(
    entry,
    *(column for column in decision.columns if column.name not in ("id", "decided_at")),
).join_from(decision, entry, decision.c.id == entry.c.id)


class Alike(NamedTuple):
    """Decisions of one version that answered alike by the same rules (``step/rule``)."""

    version: str
    outcome: str
    rules: tuple[str, ...]


_ALIKE = (decision.c.version, decision.c.outcome, decision.c.rules)


class Decisions:
    """Decisions as they were recorded. What is sealed comes back sealed."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, id: UUID, visible_to: Visible | None = None) -> StoredDecision:
        """The decision; raises ``NotFound``, in the same words when it is not ``visible_to`` who asks."""
        row = self._reader.first(BOTH.where(decision.c.id == id, *reach.conditions(visible_to)))
        if row is None:
            raise NotFound(told("There is no decision {id}.", id=id))
        return decision_of(row)

    def many(self, ids: Sequence[UUID]) -> dict[UUID, StoredDecision]:
        """Those of some hundred decisions that are there, by id."""
        rows = self._reader.all(BOTH.where(decision.c.id.in_(ids))) if ids else ()
        return {row.id: decision_of(row) for row in rows}

    def claimed(self, claim: bytes) -> ClaimedDecision | None:
        """The decision that an idempotency claim stands for, if any."""
        statement = select(idempotency.c.decision_id, idempotency.c.body).where(idempotency.c.claim == claim)
        row = self._reader.first(statement)
        return None if row is None else ClaimedDecision(row.decision_id, bytes(row.body))

    def claims_before(self, before: datetime, limit: int) -> list[bytes]:
        """Some of the idempotency claims made before an instant."""
        statement = select(idempotency.c.claim).where(idempotency.c.created_at < before).limit(limit)
        return [bytes(row.claim) for row in self._reader.all(statement)]

    def alike(self, wanted: DecisionFilter) -> Counter[Alike]:
        """How many of those wanted were decided alike; of a policy in a span of time, no others are read."""
        rows = self._reader.all(select(*_ALIKE).where(*self.conditions(wanted)))
        # Counted as texts: few differ, and each of these is taken apart once.
        found = Counter((row.version, row.outcome, row.rules) for row in rows)
        return Counter(
            {Alike(version, outcome, words_of(rules)): n for (version, outcome, rules), n in found.items()}
        )

    def overridden(self, wanted: DecisionFilter) -> Iterator[Alike]:
        """Each of those wanted that a person once settled more mildly than the rules alone say."""
        # The settled ones first: they are few. Asked the other way round, every decision is looked up.
        settled = select(resolution.c.decision).where(resolution.c.override)
        if wanted.policy is not None:
            settled = settled.where(resolution.c.policy == wanted.policy)
        if wanted.since is not None:
            settled = settled.where(resolution.c.decision >= id_at(wanted.since - MARGIN))
        statement = select(*_ALIKE).where(decision.c.id.in_(settled), *self.conditions(wanted))
        for row in self._reader.all(statement):
            yield Alike(row.version, row.outcome, words_of(row.rules))

    def earlier(
        self,
        policy: str,
        *,
        before: date,
        reference: bytes | None = None,
        customer: bytes | None = None,
    ) -> tuple[StoredDecision, ...]:
        """What ``policy`` decided on a reference or a customer as of a day before ``before``, oldest first.

        Of several on one day, the one recorded first comes first.
        """
        if (reference is None) == (customer is None):
            raise ValueError("earlier decisions are of a reference or of a customer: give one of them")
        whose = decision.c.customer == customer if reference is None else decision.c.reference == reference
        statement = BOTH.where(decision.c.policy == policy, whose, decision.c.as_of < before)
        ordered = statement.order_by(decision.c.as_of, decision.c.id)
        return tuple(decision_of(row) for row in self._reader.all(ordered))

    def on_others(
        self, policy: str, customer: bytes, besides: bytes, *, since: date, until: date
    ) -> tuple[StoredDecision, ...]:
        """What ``policy`` decided on references of a customer but one, as of days from one to another.

        Oldest day first, and of several on one day, the one recorded first.
        """
        statement = BOTH.where(
            decision.c.policy == policy,
            decision.c.customer == customer,
            decision.c.reference != besides,
            decision.c.as_of.between(since, until),
        )
        ordered = statement.order_by(decision.c.as_of, decision.c.id)
        return tuple(decision_of(row) for row in self._reader.all(ordered))

    def asked_before(self, one: StoredDecision, limit: int) -> tuple[StoredDecision, ...]:
        """What was decided before of the same policy, customer and reference, latest first.

        Without a customer or a reference nothing can be said to be the same.
        """
        if one.index.customer is None or one.index.reference is None:
            return ()
        statement = BOTH.where(
            decision.c.policy == one.index.policy,
            decision.c.customer == one.index.customer,
            decision.c.reference == one.index.reference,
            decision.c.id < one.entry.id,
        )
        ordered = statement.order_by(decision.c.id.desc()).limit(limit)
        return tuple(decision_of(row) for row in self._reader.all(ordered))

    def is_assigned(self, person: UUID, customer: bytes) -> bool:
        """Whether a customer, by keyed hash, is assigned to a person."""
        return self._reader.first(reach.assigned(person, customer)) is not None

    def entry(self, id: UUID) -> Entry:
        """Any entry of the log; raises ``NotFound``."""
        row = self._reader.first(select(entry).where(entry.c.id == id))
        if row is None:
            raise NotFound(told("There is no entry {id} in the log.", id=id))
        return entry_of(row)

    def entries(
        self, kind: str | None = None, *, after: UUID | None = None, limit: int = 100
    ) -> tuple[Entry, ...]:
        """Entries of one kind, or of all, by rising id from behind ``after``."""
        statement = select(entry).order_by(entry.c.id).limit(max(1, min(limit, MOST_ON_A_PAGE)))
        if kind is not None:
            statement = statement.where(entry.c.kind == kind)
        if kind not in (None, EntryKind.DECISION):
            # What follows from the line above, said so that the index on all other kinds is used.
            statement = statement.where(text(NOT_A_DECISION))
        if after is not None:
            statement = statement.where(entry.c.id > after)
        return tuple(entry_of(row) for row in self._reader.all(statement))

    def conditions(self, wanted: DecisionFilter) -> list[ColumnElement[bool]]:
        """What the columns of a decision must say to meet a filter."""
        conditions = [
            decision.c[name] == value for name in _EXACT if (value := getattr(wanted, name)) is not None
        ]
        conditions += reach.conditions(wanted.visible_to)
        if wanted.repeated:
            conditions.append(reach.ASKED_BEFORE)
        for column, word in ((decision.c.reasons, wanted.reason), (decision.c.rules, wanted.rule)):
            if word is not None:
                place = func.instr if self._reader.on_sqlite else func.strpos
                conditions.append(place(column, f" {word} ") > 0)
        if wanted.since is not None:
            conditions.append(decision.c.decided_at >= wanted.since)
            conditions.append(decision.c.id >= id_at(wanted.since - MARGIN))
        if wanted.until is not None:
            conditions.append(decision.c.decided_at < wanted.until)
            conditions.append(decision.c.id < id_at(wanted.until + MARGIN))
        return conditions


def id_at(instant: datetime) -> UUID:
    """The least id of that millisecond: the primary key then narrows a search by time."""
    return uuid7(max(0, milliseconds(instant)), 0)


def entry_of(row: Row[Any]) -> Entry:
    """The entry of a row that has its columns."""
    return Entry(row.id, row.kind, row.at, bytes(row.leaf), bytes(row.sealed), row.key_id)


def decision_of(row: Row[Any]) -> StoredDecision:
    """The decision of a row that has the columns of ``BOTH``."""
    index = IndexedDecision(
        policy=row.policy,
        version=row.version,
        digest=row.digest,
        outcome=row.outcome,
        outcome_kind=row.outcome_kind,
        as_of=row.as_of,
        requester=bytes(row.requester),
        customer=row.customer if row.customer is None else bytes(row.customer),
        reference=row.reference if row.reference is None else bytes(row.reference),
        reasons=words_of(row.reasons),
        rules=words_of(row.rules),
        asked_by=row.asked_by if row.asked_by is None else bytes(row.asked_by),
    )
    return StoredDecision(entry_of(row), index)
