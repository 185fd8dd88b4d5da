"""Writes sealed recordings: all of one, or nothing of it, and the bad one alone when it is bad.

The usual case is one ``executemany`` a table for everything that waits. Should any row
be refused, the transaction is begun anew with a SAVEPOINT for each recording.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Engine, Table
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.audit import AlreadyClaimed, KeyRetired
from app.domain.customer_file import CustomerForgotten, ImportBegun, ImportFinished
from app.domain.errors import Invalid, Refused, Unavailable
from app.domain.instants import utc_text
from app.domain.keeping import PersonErased, RetentionChange, SubjectChange
from app.domain.lifecycle import RulesetChange
from app.domain.referrals import ResolutionChange
from app.domain.runs import RunBegun, RunFinished
from app.domain.sealed import IndexedDecision, SealedRecording
from app.store import (
    customers_writes,
    imports,
    keeping,
    people_writes,
    referrals,
    rulesets,
    runs,
    tables,
    tree_tables,
)
from app.store.changes import ChangeWriter, Writes
from app.store.columns import words_text
from app.store.committing import Committer
from app.store.keeping_refusals import SEALED_UNDER_RETIRED, SEALING_LOCK

CHANGES: Mapping[type, Writes] = {
    RulesetChange: rulesets.writes,
    ResolutionChange: referrals.writes,
    SubjectChange: keeping.subject_writes,
    RetentionChange: keeping.rule_writes,
    PersonErased: keeping.person_writes,
    ImportBegun: imports.begun_writes,
    ImportFinished: imports.finished_writes,
    CustomerForgotten: customers_writes.forgotten_writes,
    RunBegun: runs.begun_writes,
    RunFinished: runs.finished_writes,
    **people_writes.WRITES,
}
"""Who writes the rows of which change."""
Work: TypeAlias = Callable[[DBAPICursor], object]
"""Something else to do in a shared transaction, in a SAVEPOINT of its own."""
Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Alone:
    """Something to do in a transaction of its own, after every other that seals and before the next."""

    work: Work


class LogWriter:
    """Turns recordings into rows and commits them. For one thread: the group commit's."""

    def __init__(self, engine: Engine, may_write: Callable[[], object] = lambda: None) -> None:
        self._committer = Committer(engine, may_write)
        self._driver = engine.dialect.loaded_dbapi
        on_sqlite = engine.dialect.name == "sqlite"
        self._id: Callable[[UUID], bytes | str] = (lambda id: id.bytes) if on_sqlite else str
        mark = self._mark = "?" if on_sqlite else "%s"
        self._insert_entry, self._insert_pending, self._insert_decision, self._insert_claim = (
            _insert(table, mark)
            for table in (tables.entry, tree_tables.pending, tables.decision, tables.idempotency)
        )
        self._insert_referral = _insert(tables.referral, mark)
        self._changes = ChangeWriter(engine.dialect, CHANGES)
        self._files = customers_writes.FileWriter(engine.dialect)

    def commit(self, items: Sequence[SealedRecording | Work | Alone]) -> Sequence[Exception | None]:
        """Write ``items`` in one transaction and return, durable, an outcome for each.

        Raises ``Unavailable`` when none of them is written.
        """
        shared = [item for item in items if not isinstance(item, Alone)]
        for item in items:
            if isinstance(item, Alone):
                self._committer.run(partial(self._write_shut, item))
        outcomes = iter(self._commit(shared) if shared else ())
        return [None if isinstance(item, Alone) else next(outcomes) for item in items]

    def close(self) -> None:
        """Let the connection go."""
        self._committer.discard()

    def _commit(self, items: Sequence[SealedRecording | Work]) -> Sequence[Exception | None]:
        recordings = [item for item in items if isinstance(item, SealedRecording) and not item.changes]
        if len(items) == 1 and not isinstance(items[0], SealedRecording):
            return [self._work(items[0])]
        if len(recordings) == len(items):
            try:
                self._committer.run(lambda cursor: self._write(cursor, recordings), unread=True)
                return [None] * len(items)
            except Unavailable:
                raise
            except Exception:
                # One of them cannot be written, whatever the reason; each alone will tell which.
                pass
        return self._committer.run(lambda cursor: self._write_each(cursor, items))

    def _work(self, item: Work) -> Exception | None:
        """Do what shares its transaction with nobody: there a SAVEPOINT costs a fifth, for nothing."""
        try:
            self._committer.run(item)
        except Unavailable:
            raise
        except Exception as error:
            return self._meant(error)
        return None

    def _write_shut(self, item: Alone, cursor: DBAPICursor) -> None:
        if self._mark != "?":
            cursor.execute(f"SELECT pg_advisory_xact_lock({SEALING_LOCK})")
        item.work(cursor)

    def _write(self, cursor: DBAPICursor, recordings: Sequence[SealedRecording]) -> None:
        entries, decisions, claims = self._rows(recordings)
        cursor.executemany(self._insert_entry, entries)
        cursor.executemany(self._insert_pending, [(row[0],) for row in entries])
        if decisions:
            cursor.executemany(self._insert_decision, decisions)
        if waiting := [self._referral(one) for one in recordings if one.referral is not None]:
            cursor.executemany(self._insert_referral, waiting)
        if claims:
            # In one order everywhere: two processes that each wait for a claim of the other are a deadlock.
            cursor.executemany(self._insert_claim, sorted(claims))
        if files := [filed for one in recordings for filed in one.files]:
            self._files.file(cursor, files)
        for one in recordings:
            for change in one.changes:
                self._changes.execute(cursor, change)

    def _write_each(
        self, cursor: DBAPICursor, items: Sequence[SealedRecording | Work]
    ) -> Sequence[Exception | None]:
        outcomes: list[Exception | None] = [None] * len(items)
        for place in sorted(range(len(items)), key=lambda place: _claim_of(items[place])):
            outcomes[place] = self._write_alone(cursor, items[place])
        return outcomes

    def _write_alone(self, cursor: DBAPICursor, item: SealedRecording | Work) -> Exception | None:
        cursor.execute("SAVEPOINT alone")
        try:
            if isinstance(item, SealedRecording):
                self._write(cursor, [item])
            else:
                item(cursor)
        except self._committer.broken:
            raise
        except Exception as error:
            cursor.execute("ROLLBACK TO SAVEPOINT alone")
            cursor.execute("RELEASE SAVEPOINT alone")
            return self._told(cursor, item, error)
        cursor.execute("RELEASE SAVEPOINT alone")
        return None

    def _told(self, cursor: DBAPICursor, item: SealedRecording | Work, error: Exception) -> Exception:
        """The error in the caller's words; one that is nobody's input stays as it is."""
        if isinstance(item, SealedRecording) and isinstance(error, self._driver.IntegrityError):
            return self._claimed(cursor, item) or _refused(item, error)
        return self._meant(error)

    def _meant(self, error: Exception) -> Exception:
        if isinstance(error, (self._driver.DataError, UnicodeError)):
            return Invalid("The request holds a character that cannot be stored, such as NUL.")
        return error

    def _claimed(self, cursor: DBAPICursor, item: SealedRecording) -> AlreadyClaimed | None:
        if item.claim is None:
            return None
        cursor.execute(
            f"SELECT decision_id, body FROM idempotency WHERE claim = {self._mark}", (item.claim.claim,)
        )
        row = cursor.fetchone()
        if row is None:
            return None
        decision_id = row[0] if isinstance(row[0], UUID) else UUID(bytes=row[0])
        return AlreadyClaimed(decision_id, bytes(row[1]))

    def _referral(self, one: SealedRecording) -> Row:
        assert one.referral is not None
        due = one.referral.due_at
        return self._id(one.entry.id), one.referral.policy, None if due is None else utc_text(due)

    def _rows(self, recordings: Sequence[SealedRecording]) -> tuple[list[Row], list[Row], list[Row]]:
        """What goes into ``entry``, ``decision`` and ``idempotency``, columns in the order of the tables."""
        entries: list[Row] = []
        decisions: list[Row] = []
        claims: list[Row] = []
        for recording in recordings:
            entry, decision, claim = recording.entry, recording.decision, recording.claim
            id, at = self._id(entry.id), utc_text(entry.at)
            entries.append((id, str(entry.kind), at, entry.leaf, entry.sealed, self._id(entry.key_id)))
            if decision is not None:
                decisions.append((id, *_searched(decision, at)))
                if claim is not None:
                    claims.append((claim.claim, claim.body, id, at))
        return entries, decisions, claims


def _searched(decision: IndexedDecision, decided_at: str) -> Row:
    return (
        decision.policy,
        decision.version,
        decision.digest,
        str(decision.outcome),
        str(decision.outcome_kind),
        decision.as_of.isoformat(),
        decided_at,
        decision.customer,
        decision.reference,
        decision.requester,
        decision.asked_by,
        words_text(decision.reasons),
        words_text(decision.rules),
    )


def _insert(table: Table, mark: str) -> str:
    columns = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"


def _claim_of(item: SealedRecording | Work) -> bytes:
    return item.claim.claim if isinstance(item, SealedRecording) and item.claim is not None else b""


def _refused(item: SealedRecording, error: Exception) -> Refused:
    if SEALED_UNDER_RETIRED in str(error):
        return KeyRetired("A data key was retired in the meantime. Nothing was recorded; try again.")
    if item.changes:
        return Refused(item.changes[0].conflict, conflict=True)
    return Refused(f"Entry {item.entry.id} is already in the log; entries are never replaced.", conflict=True)
