"""The key database: data keys by subject, wrapped; a database or file of its own, out of ordinary backups.

A key is durable before anything is sealed under it: sealed bytes whose key was lost are
lost. Of several processes that make a key for one subject at once, the first commits and
all use its key. Destroying a key is what erases its subject.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Engine, Row, select
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.errors import NotFound, Unavailable
from app.domain.instants import utc_text
from app.domain.sealed import WrappedKey
from app.store.committing import Committer
from app.store.group_commit import GroupCommit
from app.store.reading import Reader
from app.store.tables import data_key

_MOST_AT_ONCE = 200
_Work: TypeAlias = Callable[[DBAPICursor], object]


class Keys:
    """Wrapped keys by subject. ``writer`` is None where the store was opened for reading."""

    def __init__(self, reader: Reader, writer: Engine | None, most_waiting: int) -> None:
        self.reader = reader
        self._mark = "?" if reader.on_sqlite else "%s"
        columns = [column.name for column in data_key.columns]
        self._insert = (
            f"INSERT INTO data_key ({', '.join(columns)}) VALUES ({', '.join([self._mark] * len(columns))})"
            " ON CONFLICT (subject) DO NOTHING"
        )
        self._group: GroupCommit[WrappedKey | _Work] | None = None
        if writer is not None:
            self._committer = Committer(writer)
            self._group = GroupCommit(self._commit, most_waiting=most_waiting, name="termwise-keys")

    def get(self, id: UUID) -> WrappedKey:
        """The key of that id; raises ``NotFound``, which for an entry's key means that it was erased."""
        row = self.reader.first(select(data_key).where(data_key.c.id == id))
        if row is None:
            raise NotFound(f"There is no data key {id}.")
        return _key(row)

    def standing(self, subjects: Sequence[bytes]) -> Mapping[bytes, WrappedKey]:
        """The keys that exist among these subjects (keyed hashes, 16 bytes), by subject."""
        found: dict[bytes, WrappedKey] = {}
        for start in range(0, len(subjects), _MOST_AT_ONCE):
            some = subjects[start : start + _MOST_AT_ONCE]
            rows = self.reader.all(select(data_key).where(data_key.c.subject.in_(some)))
            found.update((key.subject, key) for key in map(_key, rows))
        return found

    def add(self, keys: Sequence[WrappedKey]) -> Mapping[bytes, WrappedKey]:
        """Make keys durable; returns, by subject, the key that now stands: another's, if that came first.

        Raises ``Unavailable`` when they cannot be written.
        """
        group = self._writing()
        for start in range(0, len(keys), _MOST_AT_ONCE):
            group.submit(keys[start : start + _MOST_AT_ONCE])
        return self.standing([key.subject for key in keys])

    def destroy(self, subject: bytes) -> bool:
        """Delete a subject's key for ever, on SQLite from the write-ahead log too; whether there was one."""
        deleted = 0

        def delete(cursor: DBAPICursor) -> None:
            nonlocal deleted
            cursor.execute(f"DELETE FROM data_key WHERE subject = {self._mark}", (subject,))
            deleted = cursor.rowcount

        self._writing().submit([delete])
        if self.reader.on_sqlite:
            with self.reader.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return deleted > 0

    def close(self) -> None:
        """Commit what waits and let the connection go."""
        if self._group is not None:
            self._group.close()
            self._committer.discard()

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
            cursor.executemany(self._insert, [self._row(key) for key in ordered])
        for item in items:
            if not isinstance(item, WrappedKey):
                item(cursor)

    def _row(self, key: WrappedKey) -> tuple[object, ...]:
        id = key.id.bytes if self.reader.on_sqlite else str(key.id)
        return id, key.subject, key.wrapped, key.wrapped_under, utc_text(key.created_at)


def _key(row: Row[Any]) -> WrappedKey:
    return WrappedKey(row.id, bytes(row.subject), bytes(row.wrapped), row.wrapped_under, row.created_at)
