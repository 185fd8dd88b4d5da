"""The store: opens both databases, holds the one writer, and hands out the repositories."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from types import TracebackType

from sqlalchemy import URL, Engine
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.errors import Unavailable
from app.domain.sealed import SealedRecording
from app.store import durability, roles, triggers
from app.store.bulk import Bulk
from app.store.catching_up import bring_up
from app.store.checkpointing import Checkpointing
from app.store.committing import Committer
from app.store.customers import Customers
from app.store.databases import both, opening, parsed, reading_engine, sqlite_file, writing_engine
from app.store.decisions import Decisions
from app.store.events import Events
from app.store.finding import Finding
from app.store.group_commit import GroupCommit
from app.store.keeping import Keeping
from app.store.keeping_tables import HISTORY
from app.store.keys import Keys
from app.store.lock import WriterLock
from app.store.log_writer import Alone, LogWriter, Work
from app.store.migrating import KEYS, LOG, check_current
from app.store.people import People
from app.store.portfolio import Portfolio
from app.store.reading import Reader
from app.store.receivables import Receivables
from app.store.referrals import Referrals
from app.store.rulesets import Rulesets, Seconds
from app.store.runs import Runs
from app.store.tables import APPEND_ONLY
from app.store.tree import Tree
from app.store.tree_tables import GUARDED
from app.store.ways_in import WaysIn

_log = logging.getLogger(__name__)
MOST_WAITING = 512
CHUNK_ROWS = 200
CHUNK_SECONDS = 0.020
LEAST_CHUNK = 10
LATE_SECONDS = 0.25
"""How late, at most, one process sees an activation that another one recorded (PostgreSQL)."""


class Store:
    """Everything durable. Open it once in a process, after any fork; ``close`` commits what waits.

    Its repositories read; ``record`` and ``record_many`` are the only way to write what is told to anyone.
    """

    def __init__(self, url: URL, keys_url: URL, *, writing: bool, most_waiting: int, clock: Seconds) -> None:
        path = sqlite_file(url)
        self._clock = clock
        self._engines: list[Engine] = []
        self._group: GroupCommit[SealedRecording | Work | Alone] | None = None
        self._checkpointing = Checkpointing(changed=self._forget)
        self._lock = WriterLock(path) if writing and path is not None else None
        try:
            self._reader, keys_reader = self._reading(url, LOG), self._reading(keys_url, KEYS)
        except BaseException:
            self._let_go()
            raise
        self.decisions, self.events = Decisions(self._reader), Events(self._reader)
        self.referrals = Referrals(self._reader)
        alone = self.alone = self._lock is not None
        self.people = People(self._reader, keeps=alone)
        self.ways_in = WaysIn(self._reader, self._work, keeps=alone)
        self.tree = Tree(self._reader, self._work)
        self.finding = Finding(self._reader, self.decisions, self.tree.blocks)
        self.keeping = Keeping(self._reader, self._work, lambda work: self._work(Alone(work)))
        self.rulesets = Rulesets(self._reader, clock, None if alone else LATE_SECONDS)
        keys_engine = own = None
        if writing:
            engine, keys_engine = writing_engine(url), writing_engine(keys_url)
            self._engines += [engine, keys_engine]
            self._checkpointing = Checkpointing(url, keys_url, changed=self._forget)
            self._writer = LogWriter(engine, self._checkpointing.before_commit)
            self._group = GroupCommit(self._writer.commit, most_waiting=most_waiting, name="termwise-writer")
            own = None if alone else Committer(engine)
        self.bulk = Bulk(self._work, own)
        self.customers = Customers(self._reader, self.bulk)
        self.runs, self.portfolio = Runs(self._reader, self.bulk), Portfolio(self._reader)
        self.receivables = Receivables(self._reader, self.bulk)
        self.keys = Keys(keys_reader, keys_engine, most_waiting, self._checkpointing)
        for fault in self.guards() if writing else ():
            _log.error("%s", fault)

    @classmethod
    @opening()
    def open(
        cls,
        url: str,
        keys_url: str,
        *,
        writing: bool,
        most_waiting: int = MOST_WAITING,
        clock: Seconds = time.monotonic,
    ) -> Store:
        """Open a migrated database and its key database.

        ``most_waiting`` recordings may wait for a commit; ``clock`` is for measuring time passed. Raises
        ``Refused`` when another process writes to the SQLite file, ``Unavailable`` when a database is not
        there or not migrated, ``Invalid`` for a URL that cannot be meant.
        """
        return cls(*both(url, keys_url), writing=writing, most_waiting=most_waiting, clock=clock)

    @staticmethod
    @opening()
    def migrate(url: str, keys_url: str, migration_url: str | None = None) -> None:
        """Bring both databases to this version's tables. ``migration_url`` names the role that owns the log.

        Raises ``Refused`` while a server writes to the SQLite file, ``Unavailable`` for a newer database.
        """
        log, keys = both(url, keys_url)
        path = sqlite_file(log)
        owner = parsed(migration_url) if migration_url and path is None else log
        for target, chain in ((owner, LOG), (keys, KEYS)):
            engine = writing_engine(target)
            lock = WriterLock(path) if path is not None and chain == LOG else None
            try:
                bring_up(engine, chain)
                if owner != log and chain == LOG:
                    with engine.connect() as connection:
                        roles.grant(connection, str(log.username))
            finally:
                engine.dispose()
                if lock is not None:
                    lock.release()

    def record(self, recording: SealedRecording) -> None:
        """Make one recording durable; when this returns, it is.

        Raises ``AlreadyClaimed`` when its idempotency key stands for another decision, ``Refused`` when it
        conflicts with an entry or event, ``Invalid`` when it cannot be stored, ``Unavailable`` when it is not
        recorded for a reason outside it.
        """
        (outcome,) = self._submit([recording])
        if outcome is not None:
            raise outcome

    def record_many(self, recordings: Sequence[SealedRecording]) -> list[Exception | None]:
        """Make many durable, in order, in commits of at most 200 rows or about 20 ms; one outcome for each.

        None stands for recorded. A failing database gives ``Unavailable`` for its chunk and all that follow,
        so the Nones always come from what is durable.
        """
        outcomes: list[Exception | None] = []
        size = CHUNK_ROWS // 4
        while len(outcomes) < len(recordings):
            chunk = recordings[len(outcomes) : len(outcomes) + size]
            began = self._clock()
            try:
                outcomes += self._submit(chunk)
            except Unavailable as error:
                outcomes += [error] * (len(recordings) - len(outcomes))
            took = max(self._clock() - began, 1e-6)
            size = max(LEAST_CHUNK, min(CHUNK_ROWS, int(len(chunk) * CHUNK_SECONDS / took)))
        return outcomes

    def forget_claims(self, before: datetime) -> int:
        """Let idempotency keys go that were claimed before ``before``; how many went."""
        forgotten, mark = 0, "?" if self._reader.on_sqlite else "%s"
        statement = "DELETE FROM idempotency WHERE claim IN ({})"
        while claims := self.decisions.claims_before(before, CHUNK_ROWS):

            def delete(cursor: DBAPICursor, claims: Sequence[bytes] = claims) -> None:
                cursor.execute(statement.format(", ".join([mark] * len(claims))), tuple(claims))

            self._submit([delete])
            forgotten += len(claims)
        return forgotten

    @property
    def waiting(self) -> int:
        """How many recordings wait for a commit that has not begun."""
        return self._group.waiting if self._group is not None else 0

    def guards(self) -> list[str]:
        """What does not protect the log as it should: triggers and grants; empty when all is right."""
        guarded = (*APPEND_ONLY, *GUARDED, *HISTORY)
        return [*triggers.faults(self._reader, guarded), *roles.faults(self._reader)]

    def check_durable(self) -> None:
        """Raise ``Unavailable`` where a database would lose what was acknowledged."""
        for reader in (self._reader, self.keys.reader):
            durability.check(reader)

    def check_settled(self) -> None:
        """Raise ``Unavailable`` unless all that can be read is on the disk; nothing is told before."""
        self._checkpointing.check_settled()

    def close(self) -> None:
        """Commit what waits, close all connections, and let the next process in."""
        if self._group is not None:
            self._group.close()
            self._writer.close()
        self.bulk.close()
        self.keys.close()
        self._checkpointing.close()
        self._let_go()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _submit(self, items: Sequence[SealedRecording | Work | Alone]) -> Sequence[Exception | None]:
        if self._group is None:
            raise Unavailable("The store was opened for reading. Nothing was recorded.")
        try:
            return self._group.submit(items)
        finally:
            if any(isinstance(item, SealedRecording) and item.changes for item in items):
                self._forget()

    def _forget(self) -> None:
        for memory in (self.rulesets, self.people, self.ways_in):
            memory.forget()

    def _work(self, work: Work | Alone) -> None:
        """Do something else in the next transaction; raises what it raises, or ``Unavailable``."""
        (outcome,) = self._submit([work])
        if outcome is not None:
            raise outcome

    def _reading(self, url: URL, chain: str) -> Reader:
        reader = Reader(reading_engine(url))
        self._engines.append(reader.engine)
        reader.ask(partial(check_current, chain=chain))
        return reader

    def _let_go(self) -> None:
        for engine in self._engines:
            engine.dispose()
        self._checkpointing.release()
        if self._lock is not None:
            self._lock.release()
