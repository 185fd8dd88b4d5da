"""Sessions and keys: read at every request, and marked as used at most once a minute.

Marks and ends of sessions are no entries of the log; they share a commit with what is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.engine.interfaces import DBAPICursor

from app.domain.errors import Unavailable
from app.domain.instants import utc_text
from app.domain.people import ApiKey, Person, Role, Scope
from app.store.columns import words_of
from app.store.memory import MOST, Memory
from app.store.people_tables import api_key, person, session
from app.store.quick import Quick
from app.store.reading import Reader

MARKED_EVERY = timedelta(minutes=1)


class Session(NamedTuple):
    """An open session; ``token`` is the SHA-256 of the token, ``seen_at`` is exact to a minute."""

    token: bytes
    signed_in_at: datetime
    seen_at: datetime
    expires_at: datetime
    person: Person


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key with its owner and the SHA-256 of its secret."""

    key: ApiKey
    owner: Person
    secret: bytes = field(repr=False)


_PERSON = [column.label(f"person_{column.name}") for column in person.columns if column.name != "password"]
_SESSION = (
    select(*(session.c[name] for name in ("token", "signed_in_at", "seen_at", "expires_at")), *_PERSON)
    .join(person, person.c.id == session.c.person)
    .where(session.c.token == bindparam("which"))
)
_KEY = (
    select(api_key, *_PERSON)
    .join(person, person.c.id == api_key.c.owner)
    .where(api_key.c.id == bindparam("which"))
)


class WaysIn:
    """Sessions by the hash of their token, keys by id, each with the person as they stand now.

    ``keeps``: one process alone writes, so what was read is remembered until a change; elsewhere it is read
    at every request. ``work`` runs statements in the writer's next transaction and waits for its commit.
    """

    def __init__(
        self, reader: Reader, work: Callable[[Callable[[DBAPICursor], object]], None], *, keeps: bool
    ) -> None:
        self._reader = reader
        self._by_token, self._by_id = Quick(reader, _SESSION), Quick(reader, _KEY)
        self._work = work
        self._mark = "?" if reader.on_sqlite else "%s"
        self._sessions: Memory[bytes, Session] = Memory(keeps=keeps)
        self._keys: Memory[UUID, StoredKey] = Memory(keeps=keeps)
        self._lock = threading.Lock()
        self._marked: dict[bytes | UUID, datetime] = {}

    def session(self, token: bytes) -> Session | None:
        """The session of that hash, expired or not; None where there is none."""
        return self._sessions.get(token, lambda: self._session(token))

    def key(self, id: UUID) -> StoredKey | None:
        """The key of that id, revoked or expired or not; None where there is none."""
        return self._keys.get(id, lambda: self._key(id))

    def keys(self, owner: UUID | None, *, after: UUID | None, limit: int) -> tuple[ApiKey, ...]:
        """Keys, of one owner or all, in the order in which they were made, from behind ``after`` on."""
        statement = select(api_key).order_by(api_key.c.id).limit(limit)
        if owner is not None:
            statement = statement.where(api_key.c.owner == owner)
        if after is not None:
            statement = statement.where(api_key.c.id > after)
        return tuple(map(_key_of, self._reader.all(statement)))

    def seen(self, found: Session, now: datetime) -> None:
        """Note that a session is in use, at most once a minute."""
        if self._is_due(found.token, found.seen_at, now):
            sql = f"UPDATE session SET seen_at = {self._mark} WHERE token = {self._mark}"
            self._note(sql, (utc_text(now), found.token))
            self._sessions.forget_one(found.token)

    def used(self, key: ApiKey, now: datetime) -> None:
        """Note that a key is in use, at most once a minute."""
        if self._is_due(key.id, key.last_used_at, now):
            sql = f"UPDATE api_key SET last_used_at = {self._mark} WHERE id = {self._mark}"
            self._note(sql, (utc_text(now), key.id.bytes if self._reader.on_sqlite else str(key.id)))
            self._keys.forget_one(key.id)

    def end(self, token: bytes) -> None:
        """End a session; nothing happens where there is none. Raises ``Unavailable``."""
        self._run(f"DELETE FROM session WHERE token = {self._mark}", (token,))
        self._sessions.forget_one(token)

    def sweep(self, now: datetime, idle: timedelta) -> None:
        """Let sessions go that nobody can use any more; a database that is busy is left in peace."""
        sql = f"DELETE FROM session WHERE expires_at <= {self._mark} OR seen_at <= {self._mark}"
        self._note(sql, (utc_text(now), utc_text(now - idle)))
        self._sessions.forget()

    def forget(self) -> None:
        """Read everything anew from now on: a change has just been committed."""
        self._sessions.forget()
        self._keys.forget()

    def _is_due(self, which: bytes | UUID, last: datetime | None, now: datetime) -> bool:
        """Whether this thread is the one to mark ``which``: others that see it in the meantime are not."""
        if last is not None and now - last < MARKED_EVERY:
            return False
        with self._lock:
            begun = self._marked.get(which)
            if begun is not None and now - begun < MARKED_EVERY:
                return False
            if len(self._marked) >= MOST:
                self._marked.clear()
            self._marked[which] = now
        return True

    def _note(self, sql: str, values: tuple[object, ...]) -> None:
        """Write what nobody waits for: that it failed shuts nobody out, and what fails is logged below."""
        try:
            self._run(sql, values)
        except Unavailable:
            return

    def _run(self, sql: str, values: tuple[object, ...]) -> None:
        self._work(lambda cursor: cursor.execute(sql, values))

    def _session(self, token: bytes) -> Session | None:
        row = self._by_token.first(token)
        if row is None:
            return None
        return Session(bytes(row.token), row.signed_in_at, row.seen_at, row.expires_at, _person_of(row))

    def _key(self, id: UUID) -> StoredKey | None:
        row = self._by_id.first(id)
        return None if row is None else StoredKey(_key_of(row), _person_of(row), bytes(row.secret))


def _person_of(row: Row[Any]) -> Person:
    return Person(
        row.person_id,
        row.person_login,
        row.person_name,
        Role(row.person_role),
        row.person_active,
        row.person_language,
        row.person_revision,
    )


def _key_of(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        owner=row.owner,
        label=row.label,
        scopes=frozenset(map(Scope, words_of(row.scopes))),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
