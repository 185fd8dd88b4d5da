"""The export: lines of JSON from which anyone can verify the log, and with the keys replay it, without us.

The form is written down in ``app.ledger.verifying``, which reads it. Facts stay sealed:
who gets the second file, of data keys, can read them, and keeps that power when the
subject is erased here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from app.domain.audit import JSON, EntryKind, Erased
from app.domain.errors import Unavailable
from app.domain.tree import Placed
from app.services.clear_recording import in_the_clear
from app.services.recording import Recorder
from app.services.sealing import Vault
from app.store.store import Store

AT_ONCE = 500
LAST = 2_000


class Exporting:
    """Reads the log out. ``origin`` is its name; ``now`` gives UTC, ``new_id`` an id at that instant."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        recorder: Recorder,
        *,
        origin: str,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._store = store
        self._vault = vault
        self._recorder = recorder
        self._origin = origin
        self._now = now
        self._new_id = new_id

    def recorded(self, by: str) -> Iterator[bytes]:
        """The whole export, once an entry says who took it. That entry is behind the exported head."""
        lines = self.lines()
        first = next(lines)
        self.note(by, {"entries": self.size()})
        return chain([first], lines)

    def note(self, by: str, what: Mapping[str, JSON]) -> None:
        """Record that somebody took something out: ``what`` is told in the clear, so it names no customer."""
        at = self._now()
        self._recorder.record(in_the_clear(self._new_id(at), EntryKind.EXPORT, at, what, by))

    def size(self) -> int:
        """How many entries an export now holds."""
        return self._store.tree.head().size

    def lines(self) -> Iterator[bytes]:
        """The whole export, up to the head signed last; raises ``Unavailable`` while nothing is signed."""
        head = self._store.tree.head()
        if head.note is None:
            raise Unavailable("Nothing of the log is signed yet: that is done within a second of an entry.")
        yield _line({"export": 1, "log": self._origin})
        for digest in sorted(self._named(head.size)):
            yield _line({"ruleset": digest, "text": self._store.rulesets.text(digest).hex()})
        for placed in self._store.tree.placed(0, head.size):
            yield entry_line(placed)
        yield _line({"checkpoint": head.note})

    def _named(self, size: int) -> set[str]:
        """The rulesets that the first ``size`` entries name: the verifier takes no more texts and no less.

        A version's own entry names its text, and what is decided by it comes later. What was made last is
        looked for in the last entries, too: the clocks of several servers may have turned their order round.
        """
        rulesets = self._store.rulesets
        events = [event for policy in rulesets.policies() for event in rulesets.events(policy)]
        named: set[str] = set()
        for start in range(0, len(events), AT_ONCE):
            some = events[start : start + AT_ONCE]
            places = self._store.tree.of([event.id for event in some])
            named |= {one.digest for one in some if one.id in places and places[one.id].place < size}
        later = {event.digest for event in events} - named
        last = self._store.tree.placed(max(0, size - LAST), size) if later else ()
        leaves = [one.entry.leaf for one in last if one.entry is not None]
        return named | {digest for digest in later if any(digest.encode() in leaf for leaf in leaves)}

    def keys(self) -> Iterator[bytes]:
        """For each entry whose subject is not erased, the key that opens its sealed part."""
        for placed in self._store.tree.placed(0, self._store.tree.head().size):
            if placed.entry is None:
                continue
            try:
                key = self._vault.exported(placed.entry.key_id)
            except Erased:
                continue
            yield _line({"index": placed.place, "key": key.hex()})


def entry_line(placed: Placed) -> bytes:
    """The line of one entry; raises ``Unavailable`` for one whose row is gone."""
    if placed.entry is None:
        raise Unavailable(f"The entry at place {placed.place} is gone. Run `termwise audit verify`.")
    leaf, sealed = placed.entry.leaf.hex(), placed.entry.sealed.hex()
    start = f'{{"index":{placed.place},"hash":"{placed.hash.hex()}","leaf":"{leaf}","sealed":"{sealed}"'
    return (start + (',"decision":true}\n' if placed.decision else "}\n")).encode("ascii")


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"
