"""Reads and writes ruleset texts, and the events from which a version's standing follows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select

from app.domain.errors import NotFound, Unavailable
from app.domain.lifecycle import RulesetChange, RulesetEvent, State, in_force, latest, timeline
from app.domain.messages import told
from app.domain.sealed import Entry
from app.store.changes import Insert
from app.store.reading import Reader
from app.store.tables import entry, ruleset, ruleset_author, ruleset_event

Seconds = Callable[[], float]
NIL = UUID(int=0)


def writes(change: RulesetChange) -> Iterator[Insert]:
    """The rows of a change: the text and authors, unless they are known, and the event.

    The event comes last: the database refuses a draft whose author is not named yet.
    """
    event = change.event
    if change.text is not None:
        text = {
            "digest": event.digest,
            "policy": event.policy,
            "version": event.version,
            "text": change.text,
        }
        yield Insert(ruleset, text, unless=("digest",))
    for author in change.authors:
        named = {"policy": event.policy, "version": event.version, "principal": author, "entry": event.id}
        yield Insert(ruleset_author, named, unless=("policy", "version", "principal"))
    supersedes = (event.supersedes or NIL) if event.state is State.ACTIVE else None
    yield Insert(
        ruleset_event,
        {
            "id": event.id,
            "policy": event.policy,
            "version": event.version,
            "digest": event.digest,
            "state": event.state.value,
            "at": event.at,
            "principal": event.by,
            "follows": event.after or NIL,
            "effective_from": event.effective_from,
            "made_from": event.made_from,
            "supersedes": supersedes,
        },
    )


class _Known(NamedTuple):
    read_at: float
    events: tuple[RulesetEvent, ...]
    line: tuple[tuple[datetime, RulesetEvent | None], ...]


class Rulesets:
    """Texts by digest; events by policy, remembered for at most ``remembers`` seconds by ``clock``.

    None means for good: where one process alone writes and calls ``forget`` after each change, what is
    remembered is exact. Where others write too, an activation may be seen that much late.
    """

    def __init__(self, reader: Reader, clock: Seconds, remembers: float | None) -> None:
        self._reader = reader
        self._clock = clock
        self._remembers = remembers
        self._lock = threading.Lock()
        self._generation = 0
        self._known: dict[str, _Known] = {}

    def text(self, digest: str) -> bytes:
        """The exact text of that digest (``sha256:`` and 64 hexadecimal digits); raises ``NotFound``.

        Raises ``Unavailable`` when the stored text no longer has that digest: somebody changed the database.
        """
        row = self._reader.first(select(ruleset.c.text).where(ruleset.c.digest == digest))
        if row is None:
            raise NotFound(told("There is no ruleset with the digest {digest}.", digest=digest))
        text = bytes(row.text)
        if f"sha256:{sha256(text).hexdigest()}" != digest:
            raise Unavailable(f"The stored text of ruleset {digest} was changed: it has another digest now.")
        return text

    def policies(self) -> tuple[str, ...]:
        """The slugs of all policies that ever had a version, in order."""
        rows = self._reader.all(select(ruleset_event.c.policy).distinct().order_by(ruleset_event.c.policy))
        return tuple(row.policy for row in rows)

    def events(self, policy: str) -> tuple[RulesetEvent, ...]:
        """The whole history of a policy's versions, oldest first; empty for a policy that is not known."""
        return self._of(policy).events

    def events_now(self, policy: str) -> tuple[RulesetEvent, ...]:
        """The same as of this moment, also where others write: what the next event is built upon."""
        return self.events(policy) if self._remembers is None else _events(self._rows(policy))

    def entries(self, policy: str, version: str) -> tuple[Entry, ...]:
        """The log's entries of a version's events, oldest first."""
        statement = (
            select(entry)
            .join(ruleset_event, ruleset_event.c.id == entry.c.id)
            .where(ruleset_event.c.policy == policy, ruleset_event.c.version == version)
            .order_by(entry.c.id)
        )
        return tuple(
            Entry(row.id, row.kind, row.at, bytes(row.leaf), bytes(row.sealed), row.key_id)
            for row in self._reader.all(statement)
        )

    def authors(self, policy: str) -> dict[str, frozenset[str]]:
        """Who is named among the authors of each version, in the table by which the database refuses."""
        found: dict[str, set[str]] = {}
        for row in self._reader.all(select(ruleset_author).where(ruleset_author.c.policy == policy)):
            found.setdefault(row.version, set()).add(row.principal)
        return {version: frozenset(principals) for version, principals in found.items()}

    def versions(self, policy: str) -> tuple[RulesetEvent, ...]:
        """Where each version of a policy stands, in the order in which versions appeared."""
        return tuple(latest(self.events(policy)).values())

    def in_force(self, policy: str, at: datetime) -> RulesetEvent | None:
        """The activation of the version in force at an instant; None when there is none."""
        return in_force(self._of(policy).line, at)

    def forget(self) -> None:
        """Read events anew from now on: one has just been committed."""
        with self._lock:
            self._generation += 1
            self._known.clear()

    def _of(self, policy: str) -> _Known:
        now = self._clock()
        known = self._known.get(policy)
        if known is not None and (self._remembers is None or now - known.read_at < self._remembers):
            return known
        generation = self._generation
        events = _events(self._rows(policy))
        known = _Known(now, events, timeline(events))
        with self._lock:
            # What was read before a change was committed must not be kept after it. Nor are unknown
            # policies remembered: anyone may ask for any name.
            if events and generation == self._generation:
                self._known[policy] = known
        return known

    def _rows(self, policy: str) -> Sequence[Row[Any]]:
        statement = select(ruleset_event).where(ruleset_event.c.policy == policy).order_by(ruleset_event.c.id)
        return self._reader.all(statement)


def _events(rows: Sequence[Row[Any]]) -> tuple[RulesetEvent, ...]:
    return tuple(
        RulesetEvent(
            id=row.id,
            policy=row.policy,
            version=row.version,
            digest=row.digest,
            state=State(row.state),
            at=row.at,
            by=row.principal,
            after=None if row.follows == NIL else row.follows,
            effective_from=row.effective_from,
            made_from=row.made_from,
            supersedes=None if row.supersedes == NIL else row.supersedes,
        )
        for row in rows
    )
