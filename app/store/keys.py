"""The key database: data keys by subject, wrapped; a database or file of its own, out of ordinary backups.

A key is durable before anything is sealed under it: sealed bytes whose key was lost are
lost. Of several processes that make a subject's next key at once, the first commits and
all use its key. Destroying a subject's keys is what erases it.

Which master keys wrap is a table, too, and every data key refers to a row of it: a master
key is dismissed only when nothing is wrapped under it, and from then on nothing can be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Engine, Row, select
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.errors import NotFound, Unavailable
from app.domain.instants import utc_text
from app.domain.sealed import WrappedKey
from app.store.checkpointing import Checkpointing
from app.store.committing import Committer
from app.store.group_commit import GroupCommit
from app.store.reading import Reader
from app.store.tables import master_key, wrapped_key

_MOST_AT_ONCE = 200
_COLUMNS = "id, subject, number, wrapped, wrapped_under, created_at"
_INSERT = f"""
INSERT INTO wrapped_key ({_COLUMNS}) SELECT {{0}}, {{0}}, {{0}}, {{0}}, {{0}}, {{0}}
WHERE EXISTS (SELECT 1 FROM master_key WHERE fingerprint = {{0}})
ON CONFLICT (subject, number) DO NOTHING
"""
_ACCEPT = "INSERT INTO master_key (fingerprint, since) VALUES ({0}, {0}) ON CONFLICT (fingerprint) DO NOTHING"
_REWRAP = "UPDATE wrapped_key SET wrapped = {0}, wrapped_under = {0} WHERE id = {0} AND wrapped_under = {0}"
_DISMISS = """
DELETE FROM master_key WHERE fingerprint = {0}
AND NOT EXISTS (SELECT 1 FROM wrapped_key WHERE wrapped_under = {0})
"""
_RETIRE = "UPDATE wrapped_key SET retired_at = {0} WHERE id = {0} AND retired_at IS NULL"
_DESTROY = "DELETE FROM wrapped_key WHERE id = {0}"
_MOST_ATTEMPTS = 20
_SECONDS_BETWEEN = 0.1
_Work: TypeAlias = Callable[[DBAPICursor], object]


class Keys:
    """Wrapped keys by subject. ``writer`` is None where the store was opened for reading."""

    def __init__(
        self,
        reader: Reader,
        writer: Engine | None,
        most_waiting: int,
        checkpointing: Checkpointing,
    ) -> None:
        self.reader = reader
        self._checkpointing = checkpointing
        self._mark = "?" if reader.on_sqlite else "%s"
        self._group: GroupCommit[WrappedKey | _Work] | None = None
        if writer is not None:
            self._committer = Committer(writer, checkpointing.before_commit)
            self._group = GroupCommit(self._commit, most_waiting=most_waiting, name="termwise-keys")

    def get(self, id: UUID) -> WrappedKey:
        """The key of that id; raises ``NotFound``, which for an entry's key means that it was erased."""
        row = self.reader.first(select(wrapped_key).where(wrapped_key.c.id == id))
        if row is None:
            raise NotFound(f"There is no data key {id}.")
        return _key(row)

    def of(self, subjects: Sequence[bytes]) -> Iterator[WrappedKey]:
        """Every key of these subjects (keyed hashes, 16 bytes), of each by rising number."""
        for some in _chunks(subjects):
            statement = select(wrapped_key).where(wrapped_key.c.subject.in_(some))
            yield from map(_key, self.reader.all(statement.order_by(wrapped_key.c.number)))

    def some(self, ids: Sequence[UUID]) -> Iterator[WrappedKey]:
        """Those of these keys that exist."""
        for part in _chunks(ids):
            yield from map(_key, self.reader.all(select(wrapped_key).where(wrapped_key.c.id.in_(part))))

    def standing(self, subjects: Sequence[bytes]) -> Mapping[bytes, WrappedKey]:
        """The last key of each of these subjects that has one, be it retired or not."""
        return {key.subject: key for key in self.of(subjects)}

    def there(self, ids: Sequence[UUID]) -> list[UUID]:
        """Those of these keys that exist."""
        found: list[UUID] = []
        for some in _chunks(ids):
            statement = select(wrapped_key.c.id).where(wrapped_key.c.id.in_(some))
            found += [row.id for row in self.reader.all(statement)]
        return found

    def every(self) -> Iterator[tuple[UUID, bool]]:
        """The id of every key, and whether it is retired, in no order."""
        for id, retired_at in self.reader.each("SELECT id, retired_at FROM wrapped_key", ()):
            yield (id if isinstance(id, UUID) else UUID(bytes=bytes(id))), retired_at is not None

    def page(self, after: UUID | None, limit: int) -> list[WrappedKey]:
        """Keys by rising id, which is the order in which they were made, from behind ``after`` on."""
        statement = select(wrapped_key).order_by(wrapped_key.c.id).limit(limit)
        if after is not None:
            statement = statement.where(wrapped_key.c.id > after)
        return [_key(row) for row in self.reader.all(statement)]

    def wrapped_under(self, fingerprint: str, limit: int) -> list[WrappedKey]:
        """Some of the keys that are wrapped under a master key."""
        statement = select(wrapped_key).where(wrapped_key.c.wrapped_under == fingerprint).limit(limit)
        return [_key(row) for row in self.reader.all(statement)]

    def masters(self) -> tuple[str, ...]:
        """The fingerprints of the master keys under which keys may be wrapped, oldest first."""
        rows = self.reader.all(select(master_key).order_by(master_key.c.since))
        return tuple(row.fingerprint for row in rows)

    def add(self, keys: Sequence[WrappedKey]) -> None:
        """Make keys durable, each unless another came first, or its master key is dismissed; look after it.

        Raises ``Unavailable`` when they cannot be written.
        """
        group = self._writing()
        for some in _chunks(keys):
            group.submit(some)

    def accept(self, fingerprint: str, since: datetime) -> None:
        """Let keys be wrapped under that master key from now on."""
        self._run(_ACCEPT, [(fingerprint, utc_text(since))])

    def rewrap(self, keys: Iterable[WrappedKey], instead_of: str) -> None:
        """Replace the wrapping of each key; one that is wrapped otherwise by now, or gone, stays as it is."""
        rows = [(one.wrapped, one.wrapped_under, self._id(one.id), instead_of) for one in keys]
        self._run(_REWRAP, rows)

    def dismiss(self, fingerprint: str) -> bool:
        """Let nothing be wrapped under that master key any more; False while a key still is."""

        def work(cursor: DBAPICursor) -> None:
            if not self.reader.on_sqlite:  # who wraps a key under it just now is waited for, and seen
                cursor.execute("SELECT 1 FROM master_key WHERE fingerprint = %s FOR UPDATE", (fingerprint,))
            cursor.execute(_DISMISS.format(self._mark), (fingerprint, fingerprint))

        self._writing().submit([work])
        return fingerprint not in self.masters()

    def retire(self, ids: Sequence[UUID], at: datetime) -> None:
        """Say that nothing new is sealed under these keys; what was sealed still opens."""
        self._run(_RETIRE, [(utc_text(at), self._id(id)) for id in ids])

    def destroy(self, ids: Sequence[UUID]) -> None:
        """Delete keys for ever, on SQLite from the write-ahead log too.

        Raises ``Unavailable``, also while somebody reads so long that the log cannot be emptied.
        """
        self._run(_DESTROY, [(self._id(id),) for id in ids])
        if self.reader.on_sqlite:
            self._empty_log()

    def close(self) -> None:
        """Commit what waits and let the connection go."""
        if self._group is not None:
            self._group.close()
            self._committer.discard()

    def _empty_log(self) -> None:
        for _ in range(_MOST_ATTEMPTS):
            if self._checkpointing.empty(self.reader.engine.url):
                return
            time.sleep(_SECONDS_BETWEEN)
        raise Unavailable(
            "The keys are deleted, and the write-ahead log of the key database still holds them, because"
            " another process reads it. Try again: it goes on where it stopped."
        )

    def _run(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        group, statement = self._writing(), sql.format(self._mark)
        for some in _chunks(rows):

            def work(cursor: DBAPICursor, some: Sequence[tuple[object, ...]] = some) -> None:
                cursor.executemany(statement, some)

            group.submit([work])

    def _writing(self) -> GroupCommit[WrappedKey | _Work]:
        if self._group is None:
            raise Unavailable("The store was opened for reading: no key can be made or destroyed.")
        return self._group

    def _commit(self, items: Sequence[WrappedKey | _Work]) -> Sequence[None]:
        self._committer.run(lambda cursor: self._write(cursor, items))
        return [None] * len(items)

    def _write(self, cursor: DBAPICursor, items: Sequence[WrappedKey | _Work]) -> None:
        keys = [item for item in items if isinstance(item, WrappedKey)]
        if keys:
            # By subject, so that two processes wait for each other in one order and never in a circle.
            ordered = sorted(keys, key=lambda key: key.subject)
            cursor.executemany(_INSERT.format(self._mark), [self._row(key) for key in ordered])
        for item in items:
            if not isinstance(item, WrappedKey):
                item(cursor)

    def _row(self, key: WrappedKey) -> tuple[object, ...]:
        created_at = utc_text(key.created_at)
        given = (self._id(key.id), key.subject, key.number, key.wrapped, key.wrapped_under, created_at)
        return *given, key.wrapped_under

    def _id(self, id: UUID) -> bytes | str:
        return id.bytes if self.reader.on_sqlite else str(id)


def _chunks(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(things), _MOST_AT_ONCE):
        yield things[start : start + _MOST_AT_ONCE]


def _key(row: Row[Any]) -> WrappedKey:
    return WrappedKey(
        row.id,
        bytes(row.subject),
        bytes(row.wrapped),
        row.wrapped_under,
        row.created_at,
        row.number,
        row.retired_at,
    )
