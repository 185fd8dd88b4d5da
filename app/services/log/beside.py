"""What stands beside the log: rows that the service believes, held against the leaves of their entries.

A resolution, an event of a ruleset, a hold and a keep time is each written in the
transaction of its entry and says nothing that the leaf does not, but for what the leaf
must not tell. That is read from the sealed part as long as its key is there. Entries are
read before rows, so that what is recorded meanwhile is no difference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.audit import EntryKind, Erased
from app.domain.errors import NotFound, Unavailable
from app.domain.instants import from_utc_text
from app.domain.keeping import RetentionRule, SubjectEvent, of_customer
from app.domain.keeping import State as Kept
from app.domain.lifecycle import RulesetEvent, State
from app.domain.referrals import Resolution
from app.domain.sealed import Entry
from app.domain.versions import standing
from app.ledger.pseudonyms import Pseudonyms
from app.services.recording import Recorder
from app.store.store import Store
from schemas.decisions import document_of

PAGE = 1000
_UNREADABLE = (ValueError, LookupError, TypeError)


class Difference(NamedTuple):
    """A row that is not what the log says: in words, and the entry that it is about, if there is one."""

    told: str
    entry: UUID | None


class Beside:
    """Compares rows with leaves. ``hashes`` are those of this log's names."""

    def __init__(self, store: Store, recorder: Recorder, hashes: Pseudonyms) -> None:
        self._store = store
        self._recorder = recorder
        self.hashes = hashes

    def differences(self) -> Iterator[Difference]:
        """Every row of a history that differs, is one too many, or is gone."""
        yield from self._resolutions()
        yield from self._rulesets()
        yield from self._holds()
        yield from self._keep_times()

    def entries(self, *kinds: EntryKind) -> list[Entry]:
        """All entries of kinds of which there are few, by rising id."""
        found = [one for kind in kinds for page in self._pages(kind) for one in page]
        return sorted(found, key=lambda one: one.id)

    def opened(self, entry: Entry) -> Mapping[str, Any] | None:
        """The sealed part of an entry; None once its key is destroyed, or where it does not open."""
        try:
            return document_of(self._recorder.unsealed(entry))
        except (Erased, Unavailable):
            return None

    def _resolutions(self) -> Iterator[Difference]:
        for page in self._pages(EntryKind.RESOLUTION):
            rows = self._store.referrals.settled([one.id for one in page])
            for entry in page:
                if entry.id not in rows:
                    yield Difference(f"the resolution of entry {entry.id} is gone", entry.id)
                else:
                    yield from self.compared("resolution", rows[entry.id], entry, _resolution)
        for id in self._store.referrals.unlogged():
            yield Difference(f"the resolution {id} has no entry of its kind", id)

    def _rulesets(self) -> Iterator[Difference]:
        there = self._entries(EntryKind.RULESET_STATE, EntryKind.BOOTSTRAP)
        rulesets = self._store.rulesets
        rulesets.forget()
        for policy in rulesets.policies():
            events = rulesets.events(policy)
            for place, row in enumerate(events):
                entry, read = there.pop(row.id, None), _event_after(events[:place], row)
                yield from self.compared("ruleset event", row, entry, read)
                yield from self._text(row)
            authors = rulesets.authors(policy)
            for version, stands in standing(events, events[-1].at).items():
                if authors.get(version) != stands.authors:
                    told = f"the authors of {policy} {version} are others than its events say"
                    yield Difference(told, stands.last.id)
        yield from gone("ruleset event", there)

    def _text(self, event: RulesetEvent) -> Iterator[Difference]:
        try:
            self._store.rulesets.text(event.digest)
        except (Unavailable, NotFound) as error:
            yield Difference(error.message, event.id)

    def _holds(self) -> Iterator[Difference]:
        there, rows = self._entries(EntryKind.ERASURE, EntryKind.HOLD), self._store.keeping.events()
        chained = {(row.subject, row.id) for row in rows}
        for row in rows:
            entry, what = there.pop(row.id, None), f"hold or erasure {row.id}"
            yield from self.compared("hold or erasure", row, entry, _subject_event(row))
            customer = None if entry is None else (self.opened(entry) or {}).get("customer")
            if customer is not None and self.hashes.subject(of_customer(customer)) != row.subject:
                yield Difference(f"the {what} is about another customer than its entry says", row.id)
            if row.follows is not None and (row.subject, row.follows) not in chained:
                yield Difference(f"the {what} follows none of the same subject", row.id)
        yield from gone("hold or erasure", there)

    def _keep_times(self) -> Iterator[Difference]:
        there = {id: one for id, one in self._entries(EntryKind.RETENTION).items() if _sets_a_time(one)}
        rows = self._store.keeping.rules(history=True)
        chained = {(row.policy, row.id) for row in rows}
        for row in rows:
            entry = there.pop(row.id, None)
            told = None if entry is None else self.opened(entry)
            yield from self.compared("keep time", row, entry, _keep_time(row, told))
            if row.follows is not None and (row.policy, row.follows) not in chained:
                yield Difference(f"the keep time {row.id} follows none of the same policy", row.id)
        yield from gone("keep time", there)

    def _pages(self, kind: EntryKind) -> Iterator[Sequence[Entry]]:
        after: UUID | None = None
        while page := self._store.decisions.entries(kind, after=after, limit=PAGE):
            yield page
            after = page[-1].id

    def _entries(self, *kinds: EntryKind) -> dict[UUID, Entry]:
        return {one.id: one for one in self.entries(*kinds)}

    def compared(
        self, what: str, row: Any, entry: Entry | None, read: Callable[[Mapping[str, Any]], Any]
    ) -> Iterator[Difference]:
        """The first column of ``row`` that says something else than ``read`` finds in the leaf."""
        try:
            leaf = (entry or self._store.decisions.entry(row.id)).leaf
            said = json.loads(leaf)
            by = row.by if said["clear"].get("actor") == self.hashes.actor(row.by).hex() else None
            should = read({**said["clear"], "id": row.id, "at": from_utc_text(said["at"]), "by": by})
        except NotFound:
            yield Difference(f"the {what} {row.id} has no entry", None)
            return
        except _UNREADABLE:
            yield Difference(f"the {what} {row.id} stands beside an entry of another kind", row.id)
            return
        for column in fields(row):
            if getattr(row, column.name) != getattr(should, column.name):
                told = f"the {what} {row.id}: its row says another `{column.name}` than its leaf"
                yield Difference(told, row.id)
                return


def gone(what: str, ids: Iterable[UUID]) -> Iterator[Difference]:
    for id in sorted(ids):
        yield Difference(f"the {what} of entry {id} is gone", id)


def _resolution(said: Mapping[str, Any]) -> Resolution:
    return Resolution(
        id=said["id"],
        decision=UUID(said["decision"]),
        policy=said["policy"],
        outcome=said["outcome"],
        reason=said["reason"],
        at=said["at"],
        by=said["by"],
        follows=_id(said["follows"]),
        expires_at=_instant(said["expires_at"]),
        override=said["override"],
        asked=tuple(said["asked"]),
        overruled=tuple(said["overruled"]),
    )


def _event_after(before: Sequence[RulesetEvent], row: RulesetEvent) -> Callable[[Mapping[str, Any]], Any]:
    """Reads an event from its leaf. What it follows and supersedes is what was recorded last before it."""
    activations = [one.id for one in before if one.state is State.ACTIVE]
    of_version = [one.id for one in before if one.version == row.version]

    def read(said: Mapping[str, Any]) -> RulesetEvent:
        state = State(said["state"])
        return RulesetEvent(
            id=said["id"],
            policy=said["policy"],
            version=said["version"],
            digest=said["digest"],
            state=state,
            at=said["at"],
            by=said["by"],
            after=of_version[-1] if of_version else None,
            effective_from=_instant(said.get("effective_from")),
            # entries of the first months do not say it; there the row is believed
            made_from=_id(said["made_from"]) if "made_from" in said else row.made_from,
            supersedes=activations[-1] if activations and state is State.ACTIVE else None,
        )

    return read


def _subject_event(row: SubjectEvent) -> Callable[[Mapping[str, Any]], SubjectEvent]:
    def read(said: Mapping[str, Any]) -> SubjectEvent:
        state = Kept(said["state"]) if "state" in said else Kept.ERASED
        return SubjectEvent(said["id"], row.subject, state, said["at"], said["by"], row.follows)

    return read


def _sets_a_time(entry: Entry) -> bool:
    """Whether an entry about retention has a row: applying the table is told under the same kind."""
    return json.loads(entry.leaf)["clear"].get("change") in ("set", "withdrawn")


def _keep_time(
    row: RetentionRule, told: Mapping[str, Any] | None
) -> Callable[[Mapping[str, Any]], RetentionRule]:
    def read(said: Mapping[str, Any]) -> RetentionRule:
        source = row.source if told is None else told["source"]
        words = (said["policy"], said["months"], source, said["at"], said["by"])
        return RetentionRule(said["id"], *words, row.follows)

    return read


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _instant(text: str | None) -> Any:
    return None if text is None else from_utc_text(text)
