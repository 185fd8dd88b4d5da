"""Reads referrals and resolutions, and writes a resolution's row.

A referral is open while no resolution of it holds: there is none, or the latest has
expired. The latest is the one that no other follows, whatever the clocks of the
processes that recorded them said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select

from app.domain.audit import EntryKind
from app.domain.errors import NotFound
from app.domain.identifiers import milliseconds, unix_milliseconds, uuid7
from app.domain.messages import told
from app.domain.referrals import REPLACED, Referral, Resolution, ResolutionChange
from app.domain.sealed import (
    DecidedSince,
    Entry,
    ReferralFilter,
    ReferralState,
    StoredReferral,
    StoredResolution,
)
from app.store import superseding
from app.store.changes import Insert
from app.store.columns import words_of, words_text
from app.store.decisions import BOTH, decision_of
from app.store.reading import Reader
from app.store.tables import decision, entry, referral, resolution

NIL = UUID(int=0)
DAY = timedelta(days=1)
AT_ONCE = 500
_later = resolution.alias("later")
_LATEST = ~exists().where(_later.c.decision == resolution.c.decision, _later.c.follows == resolution.c.id)
_SETTLED = resolution.c.reason != REPLACED
_RESOLUTIONS: Select[Any] = select(
    resolution, *(one for one in entry.c if one.name not in ("id", "at"))
).join_from(resolution, entry, resolution.c.id == entry.c.id)
_REFERRALS: Select[Any] = BOTH.add_columns(referral.c.due_at).join(
    referral, referral.c.decision == decision.c.id
)


def writes(change: ResolutionChange) -> Iterator[Insert]:
    """The row of a resolution. The unique key over decision and predecessor lets one of two at once in."""
    one = change.resolution
    yield Insert(
        resolution,
        {
            "id": one.id,
            "decision": one.decision,
            "policy": one.policy,
            "follows": one.follows or NIL,
            "outcome": one.outcome,
            "reason": one.reason,
            "override": one.override,
            "asked": words_text(one.asked),
            "overruled": words_text(one.overruled),
            "at": one.at,
            "principal": one.by,
            "expires_at": one.expires_at,
        },
    )


class Referrals:
    """Referrals as they were recorded, with the latest resolution of each. What is sealed stays sealed."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, id: UUID, policies: frozenset[str] | None = None) -> StoredReferral:
        """The referral of a decision; raises ``NotFound``, also when it is of none of ``policies``."""
        statement = _REFERRALS.where(decision.c.id == id, *_of(policies))
        rows = self._reader.all(statement)
        if not rows:
            raise NotFound(told("There is no referral {id}.", id=id))
        return self._with_latest(rows)[0]

    def many(self, ids: Sequence[UUID]) -> Sequence[StoredReferral]:
        """The referrals of some hundred decisions at most, in no order."""
        return self._with_latest(self._reader.all(_REFERRALS.where(decision.c.id.in_(ids))))

    def latest(self, id: UUID) -> StoredResolution | None:
        """The latest resolution of a decision, whether it still holds or not; None where there is none."""
        row = self._reader.first(_RESOLUTIONS.where(resolution.c.decision == id, _LATEST))
        return None if row is None else _resolution(row)

    def history(self, id: UUID) -> tuple[StoredResolution, ...]:
        """Every resolution of a decision, each after the one it follows."""
        rows = self._reader.all(_RESOLUTIONS.where(resolution.c.decision == id))
        follows = {row.follows: _resolution(row) for row in rows}
        found: list[StoredResolution] = []
        place = NIL
        while place in follows and len(found) < len(rows):
            found.append(follows[place])
            place = found[-1].resolution.id
        return tuple(found)

    def since(self, ids: Sequence[UUID], of_customers: frozenset[str]) -> dict[UUID, DecidedSince]:
        """What was decided anew on the same as some hundred decisions, by their ids.

        Of several, the newest that is referred; where none is, the newest. ``of_customers`` as in filters.
        """
        if not ids:
            return {}
        rows = self._reader.all(superseding.newest(of_customers).where(decision.c.id.in_(ids)))
        found = {row.id: newer for row in rows if (newer := row.on_reference or row.on_customer)}
        known = self.told(set(found.values()))
        return {id: known[newer] for id, newer in found.items()}

    def told(self, ids: Collection[UUID]) -> dict[UUID, DecidedSince]:
        """What is told of some hundred decisions that are newer than others, by their ids."""
        rows = self._reader.all(superseding.TOLD.where(decision.c.id.in_(ids))) if ids else ()
        return {
            row.id: DecidedSince(row.id, row.as_of, row.outcome, row.referred is not None) for row in rows
        }

    def first_day(self, wanted: ReferralFilter, since: datetime | None) -> datetime | None:
        """The first day (its beginning, UTC) from ``since`` on which one was opened; None after the last."""
        statement = select(referral.c.decision).join_from(
            referral, decision, decision.c.id == referral.c.decision
        )
        conditions = [*_conditions(wanted)]
        if since is not None:
            conditions.append(referral.c.decision >= _id_at(since))
        row = self._reader.first(
            statement.where(and_(True, *conditions)).order_by(referral.c.decision).limit(1)
        )
        return None if row is None else day_of(row.decision)

    def ids_of_day(self, wanted: ReferralFilter, day: datetime) -> list[UUID]:
        """The ids of the referrals that were opened on a day, oldest first."""
        statement = select(referral.c.decision).join_from(
            referral, decision, decision.c.id == referral.c.decision
        )
        within = [referral.c.decision >= _id_at(day), referral.c.decision < _id_at(day + DAY)]
        rows = self._reader.all(statement.where(*_conditions(wanted), *within).order_by(referral.c.decision))
        return [row.decision for row in rows]

    def resolutions(
        self, policy: str | None, since: datetime | None, until: datetime | None
    ) -> Iterator[Resolution]:
        """What people settled from ``since`` (inclusive) to ``until`` (exclusive), without what is sealed."""
        conditions = [_SETTLED]
        if policy is not None:
            conditions.append(resolution.c.policy == policy)
        if since is not None:
            conditions.append(resolution.c.at >= since)
        if until is not None:
            conditions.append(resolution.c.at < until)
        for row in self._reader.all(
            select(resolution).where(and_(True, *conditions)).order_by(resolution.c.id)
        ):
            yield _settled(row)

    def opened(self, ids: Sequence[UUID]) -> dict[UUID, Referral]:
        """Which of some hundred decisions ask for a person, by id."""
        found = self._reader.all(select(referral).where(referral.c.decision.in_(ids))) if ids else ()
        return {row.decision: Referral(row.policy, row.due_at) for row in found}

    def settled(self, ids: Sequence[UUID]) -> dict[UUID, Resolution]:
        """Those of some thousand resolutions that are there, by id."""
        found = self._reader.all(select(resolution).where(resolution.c.id.in_(ids)))
        return {row.id: _settled(row) for row in found}

    def unlogged(self) -> list[UUID]:
        """Some of the resolutions that have no entry of their kind: none, unless somebody wrote beside us."""
        logged = exists().where(entry.c.id == resolution.c.id, entry.c.kind == EntryKind.RESOLUTION.value)
        rows = self._reader.all(select(resolution.c.id).where(~logged).limit(AT_ONCE))
        return [row.id for row in rows]

    def _with_latest(self, rows: Sequence[Row[Any]]) -> list[StoredReferral]:
        ids = [row.id for row in rows]
        found = self._reader.all(_RESOLUTIONS.where(resolution.c.decision.in_(ids), _LATEST)) if ids else ()
        latest = {row.decision: _resolution(row) for row in found}
        return [StoredReferral(decision_of(row), row.due_at, latest.get(row.id)) for row in rows]


def day_of(id: UUID) -> datetime:
    """The beginning of the day (UTC) on which an id was made."""
    at = datetime.fromtimestamp(unix_milliseconds(id) // 1000, UTC)
    return at.replace(hour=0, minute=0, second=0)


def _id_at(instant: datetime) -> UUID:
    return uuid7(max(0, milliseconds(instant)), 0)


def _of(policies: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if policies is None else [referral.c.policy.in_(sorted(policies))]


def _conditions(wanted: ReferralFilter) -> Iterator[ColumnElement[bool]]:
    yield from _of(wanted.policies)
    if wanted.customer is not None:
        yield decision.c.customer == wanted.customer
    if wanted.state is not None:
        holding = exists().where(
            resolution.c.decision == referral.c.decision,
            or_(resolution.c.expires_at.is_(None), resolution.c.expires_at > wanted.now),
            _SETTLED,
            _LATEST,
        )
        if wanted.state is ReferralState.SETTLED:
            yield holding
        else:
            withdrawn = exists().where(resolution.c.decision == referral.c.decision, ~_SETTLED)
            superseded = or_(withdrawn, superseding.superseded(wanted.of_customers))
            yield ~holding
            yield superseded if wanted.state is ReferralState.SUPERSEDED else ~superseded
    if wanted.overdue:
        yield referral.c.due_at < wanted.now


def _resolution(row: Row[Any]) -> StoredResolution:
    kept = Entry(row.id, row.kind, row.at, bytes(row.leaf), bytes(row.sealed), row.key_id)
    return StoredResolution(kept, _settled(row))


def _settled(row: Row[Any]) -> Resolution:
    return Resolution(
        id=row.id,
        decision=row.decision,
        policy=row.policy,
        outcome=row.outcome,
        reason=row.reason,
        at=row.at,
        by=row.principal,
        follows=None if row.follows == NIL else row.follows,
        expires_at=row.expires_at,
        override=bool(row.override),
        asked=words_of(row.asked),
        overruled=words_of(row.overruled),
    )
