"""Mastering: another master key takes the place of the present one.

The next key lies in a file of its own beside the present one. An entry says what replaces
what; from then on both are accepted, and every data key is wrapped anew. When nothing is
wrapped under the old one any more it is dismissed, for good, and the next key's file takes
its place. A rotation that was interrupted goes on where it stopped, and meanwhile every
process that finds both files opens everything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.sealed import WrappedKey
from app.ledger.sealing import MasterKey
from app.services.clear_recording import in_the_clear
from app.services.masters import Masters
from app.services.people.managing import OPERATOR, By
from app.services.recording import Recorder
from app.settings import Settings
from app.settings.key_file import create_key, put_in_place
from app.store.store import Store

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Rotation:
    """The fingerprints of the master keys before and after, and how many data keys were wrapped anew."""

    before: str
    after: str
    rewrapped: int


class Mastering:
    """Rotates the master key. ``now`` gives UTC, ``new_id`` an id at that instant."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        recorder: Recorder,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._settings = settings
        self._store = store
        self._keys = store.keys
        self._recorder = recorder
        self._now = now
        self._new_id = new_id

    @property
    def is_prepared(self) -> bool:
        """Whether the next master key is there already."""
        return self._settings.next_master_key_file.exists()

    def prepare(self) -> None:
        """Make the next master key; one that is there stays."""
        if not self.is_prepared:
            create_key(self._settings.next_master_key_file)

    def rotate(self, *, by: By, tell: Callable[[int], object] = lambda done: None) -> Rotation:
        """Let the next master key take the place of the present one; ``tell`` hears how many keys are done.

        Raises ``Unavailable``; given again it goes on.
        """
        self.prepare()
        present, following = map(MasterKey, self._settings.master_keys())
        masters = Masters(self._settings.master_keys)
        done = 0
        if present.fingerprint in self._keys.masters():
            self._announce(present, following, by)
            self._keys.accept(following.fingerprint, self._now())
            while True:
                if some := self._keys.wrapped_under(present.fingerprint, AT_ONCE):
                    anew = [_wrapped(one, masters, following) for one in some]
                    self._keys.rewrap(anew, present.fingerprint)
                    done += len(some)
                    tell(done)
                elif self._keys.dismiss(present.fingerprint):
                    break
        put_in_place(self._settings.next_master_key_file, self._settings.master_key_file)
        return Rotation(present.fingerprint, following.fingerprint, done)

    def _announce(self, present: MasterKey, following: MasterKey, by: By) -> None:
        """Record what replaces what, unless a rotation that was interrupted has done so."""
        clear = {"from": present.fingerprint, "to": following.fingerprint}
        after: UUID | None = None
        while entries := self._store.decisions.entries(EntryKind.MASTER_KEY, after=after):
            after = entries[-1].id
            if any(clear.items() <= json.loads(one.leaf)["clear"].items() for one in entries):
                return
        at = self._now()
        self._recorder.record(
            in_the_clear(self._new_id(at), EntryKind.MASTER_KEY, at, clear, OPERATOR if by is None else by.id)
        )


def _wrapped(key: WrappedKey, masters: Masters, following: MasterKey) -> WrappedKey:
    opened = masters.of(key.wrapped_under).unwrap(key.wrapped, key.id, key.subject)
    wrapped = following.wrap(opened, key.id, key.subject)
    return replace(key, wrapped=wrapped, wrapped_under=following.fingerprint)
