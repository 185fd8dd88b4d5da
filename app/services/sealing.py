"""The vault: seals and unseals, with data keys for each subject, and gives hashes in place of names.

A key is durable before anything is sealed under it. Keys in use are remembered. For
sealing that may be long: the log takes nothing under a key that was retired, so a
process that missed the retirement is told there. For opening it is a quarter of a second,
and a destruction is over only after that time: then no process opens anything under a key
that was destroyed.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from app.domain.audit import Erased
from app.domain.errors import NotFound, Unavailable
from app.domain.sealed import WrappedKey
from app.ledger.pseudonyms import HASH_BYTES, Pseudonyms
from app.ledger.sealing import CannotOpen, DataKey
from app.services.masters import Masters
from app.store.keys import Keys

MOST_REMEMBERED = 20_000
SECONDS_SEALING = 60.0
SECONDS_OPENING = 0.25
ROOT = b"pseudonyms".ljust(HASH_BYTES, b"\0")
"""Where the root key of the pseudonyms stands among the subjects; a keyed hash equals it once in 2**128."""
_MOST_ATTEMPTS = 4

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Held:
    """A data key ready for use, and its id."""

    id: UUID
    key: DataKey


class Vault:
    """Seals under the key of a subject and opens by key id. Safe for many threads.

    ``now`` gives the time in UTC, ``new_id`` a fresh id, ``clock`` seconds for the age of remembered keys,
    ``wait`` lets seconds pass. Raises ``Unavailable`` at once when the key database belongs to another master
    key.
    """

    def __init__(
        self,
        keys: Keys,
        masters: Masters,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], UUID],
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._keys = keys
        self._masters = masters
        self._now = now
        self._new_id = new_id
        self._clock = clock
        self._wait = wait
        self._by_subject: _Remembered[str] = _Remembered(clock, SECONDS_SEALING)
        self._by_id: _Remembered[UUID] = _Remembered(clock, SECONDS_OPENING)
        self._buried: frozenset[UUID] = frozenset()
        if not keys.masters():
            keys.accept(masters.wrapping.fingerprint, now())
        self.pseudonyms = Pseudonyms(self._made([ROOT])[ROOT].key)

    def seal(self, subject: str, plaintext: bytes, context: bytes) -> tuple[UUID, bytes]:
        """The id of the subject's key and the sealed bytes. A key that is missing is made durable first."""
        held = self._by_subject.get(subject) or self._prepared([subject])[subject]
        return held.id, held.key.seal(plaintext, context)

    def unseal(self, key_id: UUID, sealed: bytes, context: bytes) -> bytes:
        """What was sealed. Raises ``Erased`` when the key is gone, ``Unavailable`` for changed bytes."""
        try:
            return self._opening(key_id).key.open(sealed, context)
        except CannotOpen as error:
            raise Unavailable(f"A record cannot be read: {error}.") from error

    def prepare_opening(self, key_ids: Iterable[UUID]) -> None:
        """Read many keys at once, for what is unsealed right after."""
        asked_at = self._clock()
        missing = [id for id in dict.fromkeys(key_ids) if self._by_id.get(id) is None]
        for one in self._keys.some(missing):
            self._by_id.put(one.id, self._unwrapped(one), asked_at)

    def exported(self, key_id: UUID) -> bytes:
        """The key's own bytes, for an auditor who replays elsewhere; raises ``Erased`` when it is gone."""
        return self._opening(key_id).key.exported()

    def prepare(self, subjects: Iterable[str]) -> None:
        """Make the keys of many subjects in few commits, before a batch seals under them."""
        self._prepared([one for one in dict.fromkeys(subjects) if self._by_subject.get(one) is None])

    def keys_of(self, subjects: Iterable[str]) -> tuple[UUID, ...]:
        """The ids of all keys of these subjects, retired ones, too."""
        return tuple(one.id for one in self._keys.of([self.pseudonyms.subject(each) for each in subjects]))

    def retired(self, ids: Sequence[UUID]) -> None:
        """Note that the log takes nothing under these keys any more, so that a next one is made."""
        self._keys.retire(ids, self._now())

    def forget(self, subject: str) -> None:
        """Look in the key database before anything is sealed for this subject again."""
        self._by_subject.drop(subject)

    def bury(self, ids: Iterable[UUID]) -> None:
        """Open nothing under these keys: they were destroyed, and an older copy brought them back."""
        self._buried = frozenset(ids)

    def destroy(self, ids: Sequence[UUID]) -> None:
        """Destroy keys: when this returns, no process opens anything under them, now or ever.

        Destroy what is retired only: else a decision under way may be sealed under a key that is gone.
        """
        self._keys.destroy(ids)
        self._by_subject.drop_those(ids)
        self._by_id.drop_those(ids)
        self._wait(SECONDS_OPENING)

    def _opening(self, key_id: UUID) -> Held:
        asked_at = self._clock()
        held = self._by_id.get(key_id)
        if held is None:
            try:
                if key_id in self._buried:
                    raise NotFound(f"The data key {key_id} was destroyed.")
                held = self._unwrapped(self._keys.get(key_id))
            except NotFound:
                raise Erased("What was sealed here was erased with its subject's key.") from None
            self._by_id.put(key_id, held, asked_at)
        return held

    def _prepared(self, subjects: list[str]) -> dict[str, Held]:
        asked_at = self._clock()
        hashes = {subject: self.pseudonyms.subject(subject) for subject in subjects}
        held = self._made(list(hashes.values()))
        found = {subject: held[hashed] for subject, hashed in hashes.items()}
        for subject, one in found.items():
            self._by_subject.put(subject, one, asked_at)
        return found

    def _made(self, hashes: list[bytes]) -> dict[bytes, Held]:
        """The last keys of these subjects, by hash; missing ones are made, and durable before use."""
        for attempt in range(_MOST_ATTEMPTS):
            standing = self._keys.standing(hashes)
            missing = [one for one in hashes if one not in standing or standing[one].retired_at is not None]
            if not missing:
                return {subject: self._unwrapped(key) for subject, key in standing.items()}
            if attempt:  # what was made did not stay: it was wrapped under a master key that is dismissed
                self._masters.choose(self._keys.masters())
            self._keys.add([self._new(one, standing.get(one)) for one in missing])
        raise Unavailable("The keys of this subject change just now. Nothing was recorded; try again.")

    def _new(self, subject: bytes, last: WrappedKey | None) -> WrappedKey:
        id, master = self._new_id(), self._masters.wrapping
        wrapped = master.wrap(DataKey.new(), id, subject)
        number = 1 if last is None else last.number + 1
        return WrappedKey(id, subject, wrapped, master.fingerprint, self._now(), number)

    def _unwrapped(self, key: WrappedKey) -> Held:
        try:
            return Held(key.id, self._masters.of(key.wrapped_under).unwrap(key.wrapped, key.id, key.subject))
        except CannotOpen as error:
            raise Unavailable(f"Data key {key.id} was changed in the key database: {error}.") from error


class _Remembered(Generic[Key]):
    """The keys used last, each for so many seconds."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: OrderedDict[Key, tuple[float, Held]] = OrderedDict()

    def get(self, key: Key) -> Held | None:
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            if found[0] < self._clock():
                del self._held[key]
                return None
            self._held.move_to_end(key)
            return found[1]

    def put(self, key: Key, held: Held, asked_at: float) -> None:
        """Remember what was so at ``asked_at``, from then on and not from now."""
        with self._lock:
            self._held[key] = (asked_at + self._seconds, held)
            self._held.move_to_end(key)
            if len(self._held) > MOST_REMEMBERED:
                self._held.popitem(last=False)

    def drop(self, key: Key) -> None:
        with self._lock:
            self._held.pop(key, None)

    def drop_those(self, ids: Sequence[UUID]) -> None:
        gone = set(ids)
        with self._lock:
            for key in [key for key, (_, held) in self._held.items() if held.id in gone]:
                del self._held[key]
