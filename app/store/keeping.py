"""Retires data keys, and reads what was done about subjects, keep times, and what every key seals.

The latest event of a subject, and the rule of a policy that stands, is the one that no
other follows, whatever the clocks of the processes that recorded them said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.instants import utc_text
from app.domain.keeping import (
    PersonErased,
    RetentionChange,
    RetentionRule,
    State,
    SubjectChange,
    SubjectEvent,
    Use,
)
from app.store.changes import Delete, Insert, Update, Write
from app.store.keeping_tables import dying_key, retention_rule, retired_key, subject_event
from app.store.people_tables import person, session
from app.store.reading import Reader
from app.store.tables import decision, entry

NIL = UUID(int=0)
AT_ONCE = 500
ROWS_AT_ONCE = 20_000
_RETIRE = """
INSERT INTO retired_key (key_id, at) SELECT {0}, {0}
WHERE NOT EXISTS (SELECT 1 FROM retired_key WHERE key_id = {0})
"""
_BURY = "DELETE FROM dying_key WHERE key_id = {0}"
_later_event = subject_event.alias("later_event")
_LATEST: Select[Any] = select(subject_event).where(
    ~exists().where(
        _later_event.c.subject == subject_event.c.subject, _later_event.c.follows == subject_event.c.id
    )
)
_later_rule = retention_rule.alias("later_rule")
Work: TypeAlias = Callable[[DBAPICursor], object]


def subject_writes(change: SubjectChange) -> Iterator[Write]:
    """The row of an event, and of an erasure the keys that are left to be destroyed."""
    one = change.event
    yield Insert(
        subject_event,
        {
            "id": one.id,
            "subject": one.subject,
            "state": one.state.value,
            "follows": one.follows or NIL,
            "at": one.at,
            "principal": one.by,
        },
    )
    for key in change.keys:
        yield Insert(dying_key, {"key_id": key, "erasure": one.id}, unless=("key_id",))


def rule_writes(change: RetentionChange) -> Iterator[Write]:
    """The row of a rule."""
    one = change.rule
    yield Insert(
        retention_rule,
        {
            "id": one.id,
            "policy": one.policy,
            "months": one.months,
            "source": one.source,
            "follows": one.follows or NIL,
            "at": one.at,
            "principal": one.by,
        },
    )


def person_writes(change: PersonErased) -> Iterator[Write]:
    """The row of a person without a name, and none of their sessions."""
    one = change.person
    values = {"login": one.login, "name": one.name, "password": change.password, "revision": one.revision}
    yield Update(person, {"id": one.id, "revision": one.revision - 1, "active": False}, values)
    yield Delete(session, {"person": one.id}, any_number=True)


class Keeping:
    """``work`` does something in the writer's next transaction; ``alone`` in one that shuts sealing out."""

    def __init__(self, reader: Reader, work: Callable[[Work], None], alone: Callable[[Work], None]) -> None:
        self._reader = reader
        self._work = work
        self._alone = alone
        self._mark = "?" if reader.on_sqlite else "%s"
        self._id: Callable[[UUID], bytes | str] = (lambda id: id.bytes) if reader.on_sqlite else str

    def retire(self, ids: Sequence[UUID], at: datetime) -> None:
        """When this returns, nothing is sealed under these keys any more, whoever holds them."""
        rows = [(key := self._id(id), utc_text(at), key) for id in ids]
        for start in range(0, len(rows), AT_ONCE):
            self._alone(partial(self._each, _RETIRE, rows[start : start + AT_ONCE]))

    def retired(self, ids: Sequence[UUID]) -> list[UUID]:
        """Those of these keys that are retired."""
        statement = select(retired_key.c.key_id).where(retired_key.c.key_id.in_(ids))
        return [row.key_id for row in self._reader.all(statement)]

    def dying(self, limit: int = AT_ONCE) -> list[UUID]:
        """Some of the keys that an erasure left to be destroyed."""
        return [row.key_id for row in self._reader.all(select(dying_key.c.key_id).limit(limit))]

    def buried(self, ids: Sequence[UUID]) -> None:
        """These keys are destroyed: nothing is left to do."""
        self._work(partial(self._each, _BURY, [(self._id(id),) for id in ids]))

    def latest(self, subject: bytes) -> SubjectEvent | None:
        """What was done about a subject last; None before anything was."""
        row = self._reader.first(_LATEST.where(subject_event.c.subject == subject))
        return None if row is None else _event(row)

    def latest_of(self, subjects: Sequence[bytes]) -> Mapping[bytes, SubjectEvent]:
        """The same of many subjects, of those to which something was done."""
        found: dict[bytes, SubjectEvent] = {}
        for start in range(0, len(subjects), AT_ONCE):
            some = subjects[start : start + AT_ONCE]
            rows = self._reader.all(_LATEST.where(subject_event.c.subject.in_(some)))
            found.update((bytes(row.subject), _event(row)) for row in rows)
        return found

    def erasure(self, subject: bytes) -> SubjectEvent | None:
        """The last erasure of a subject."""
        statement = select(subject_event).where(
            subject_event.c.subject == subject, subject_event.c.state == State.ERASED.value
        )
        row = self._reader.first(statement.order_by(subject_event.c.id.desc()).limit(1))
        return None if row is None else _event(row)

    def events(self) -> list[SubjectEvent]:
        """All that was ever done about subjects, oldest first."""
        return [_event(row) for row in self._reader.all(select(subject_event).order_by(subject_event.c.id))]

    def decisions(self, customer: bytes, keys: Sequence[UUID]) -> int:
        """How many decisions about a customer are sealed under one of these keys."""
        counted = select(func.count()).select_from(decision).join(entry, entry.c.id == decision.c.id)
        rows = self._reader.all(counted.where(decision.c.customer == customer, entry.c.key_id.in_(keys)))
        return int(rows[0][0])

    def rules(self, *, history: bool = False) -> list[RetentionRule]:
        """The rules that stand, also those that withdraw one; or all that ever stood, oldest first."""
        statement = select(retention_rule).order_by(retention_rule.c.policy, retention_rule.c.id)
        if not history:
            statement = statement.where(
                ~exists().where(
                    _later_rule.c.policy == retention_rule.c.policy,
                    _later_rule.c.follows == retention_rule.c.id,
                )
            )
        return [_rule(row) for row in self._reader.all(statement)]

    def uses(self) -> Iterator[tuple[UUID, Use]]:
        """What each key seals, from the whole log: of one key and policy there may be several."""
        after: UUID | None = None
        while (upto := self._end(after)) is not None:
            statement = (
                select(
                    entry.c.key_id,
                    decision.c.policy,
                    func.max(entry.c.at).label("last"),
                    func.count().label("entries"),
                )
                .join_from(entry, decision, decision.c.id == entry.c.id, isouter=True)
                .where(entry.c.id <= upto, *([] if after is None else [entry.c.id > after]))
                .group_by(entry.c.key_id, decision.c.policy)
            )
            for row in self._reader.all(statement):
                yield row.key_id, Use(row.policy, row.last.date(), row.entries)
            after = upto

    def used_since(self, first: UUID) -> set[UUID]:
        """The keys under which entries from that id on are sealed."""
        statement = select(entry.c.key_id).where(entry.c.id >= first).distinct()
        return {row.key_id for row in self._reader.all(statement)}

    def _each(self, sql: str, rows: Sequence[tuple[object, ...]], cursor: DBAPICursor) -> None:
        cursor.executemany(sql.format(self._mark), rows)

    def _end(self, after: UUID | None) -> UUID | None:
        """The id of the last of the next many entries; None where there are none."""
        statement = select(entry.c.id).order_by(entry.c.id).limit(ROWS_AT_ONCE)
        if after is not None:
            statement = statement.where(entry.c.id > after)
        last = statement.subquery()
        row = self._reader.first(select(last.c.id).order_by(last.c.id.desc()).limit(1))
        return None if row is None else row.id


def _event(row: Row[Any]) -> SubjectEvent:
    follows = None if row.follows == NIL else row.follows
    return SubjectEvent(row.id, bytes(row.subject), State(row.state), row.at, row.principal, follows)


def _rule(row: Row[Any]) -> RetentionRule:
    follows = None if row.follows == NIL else row.follows
    return RetentionRule(row.id, row.policy, row.months, row.source, row.at, row.principal, follows)
