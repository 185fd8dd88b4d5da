"""The vault: seals and unseals, with a data key for each subject, and gives hashes in place of names.

A key is durable before anything is sealed under it. Keys in use are remembered, most
recently used ones, for a limited time: a process that did not erase a subject itself
goes on sealing under the old key that much longer, and no more.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from app.domain.audit import Erased
from app.domain.errors import NotFound, Unavailable
from app.domain.sealed import WrappedKey
from app.ledger.pseudonyms import HASH_BYTES, Pseudonyms
from app.ledger.sealing import CannotOpen, DataKey, MasterKey
from app.store.keys import Keys

MOST_REMEMBERED = 20_000
SECONDS_REMEMBERED = 60.0
_ROOT = b"pseudonyms".ljust(HASH_BYTES, b"\0")
"""Where the root key of the pseudonyms stands among the subjects; a keyed hash equals it once in 2**128."""

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Held:
    """A data key ready for use, and its id."""

    id: UUID
    key: DataKey


class Vault:
    """Seals under the key of a subject and opens by key id. Safe for many threads.

    ``now`` gives the time in UTC, ``new_id`` a fresh id, ``clock`` seconds for the age of remembered keys.
    Raises ``Unavailable`` at once when the key database belongs to another master key.
    """

    def __init__(
        self,
        keys: Keys,
        master: bytes,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], UUID],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._master = MasterKey(master)
        self._now = now
        self._new_id = new_id
        self._by_subject: _Remembered[str] = _Remembered(clock)
        self._by_id: _Remembered[UUID] = _Remembered(clock)
        self.pseudonyms = Pseudonyms(self._made([_ROOT])[_ROOT].key)

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

    def exported(self, key_id: UUID) -> bytes:
        """The key's own bytes, for an auditor who replays elsewhere; raises ``Erased`` when it is gone."""
        return self._opening(key_id).key.exported()

    def prepare(self, subjects: Iterable[str]) -> None:
        """Make the keys of many subjects in few commits, before a batch seals under them."""
        self._prepared([one for one in dict.fromkeys(subjects) if self._by_subject.get(one) is None])

    def erase(self, subject: str) -> bool:
        """Destroy a subject's key: what was sealed under it is gone for ever. Whether there was one."""
        hashed = self.pseudonyms.subject(subject)
        destroyed = self._keys.destroy(hashed)
        held = self._by_subject.drop(subject)
        if held is not None:
            self._by_id.drop(held.id)
        return destroyed

    def _opening(self, key_id: UUID) -> Held:
        held = self._by_id.get(key_id)
        if held is None:
            try:
                held = self._unwrapped(self._keys.get(key_id))
            except NotFound:
                raise Erased("What was sealed here was erased with its subject's key.") from None
            self._by_id.put(key_id, held)
        return held

    def _prepared(self, subjects: list[str]) -> dict[str, Held]:
        hashes = {subject: self.pseudonyms.subject(subject) for subject in subjects}
        held = self._made(list(hashes.values()))
        found = {subject: held[hashed] for subject, hashed in hashes.items()}
        for subject, one in found.items():
            self._by_subject.put(subject, one)
            self._by_id.put(one.id, one)
        return found

    def _made(self, hashes: list[bytes]) -> dict[bytes, Held]:
        """The keys of these subjects, by hash; missing ones are made, and durable before they are used."""
        standing = dict(self._keys.standing(hashes))
        missing = [self._new(subject) for subject in hashes if subject not in standing]
        if missing:
            standing.update(self._keys.add(missing))
        return {subject: self._unwrapped(key) for subject, key in standing.items()}

    def _new(self, subject: bytes) -> WrappedKey:
        id = self._new_id()
        wrapped = self._master.wrap(DataKey.new(), id, subject)
        return WrappedKey(id, subject, wrapped, self._master.fingerprint, self._now())

    def _unwrapped(self, key: WrappedKey) -> Held:
        if key.wrapped_under != self._master.fingerprint:
            raise Unavailable(
                f"The key database belongs to the master key {key.wrapped_under}, and this one is"
                f" {self._master.fingerprint}. Give the master key that it was made with."
            )
        try:
            return Held(key.id, self._master.unwrap(key.wrapped, key.id, key.subject))
        except CannotOpen as error:
            raise Unavailable(f"Data key {key.id} was changed in the key database: {error}.") from error


class _Remembered(Generic[Key]):
    """The keys used last, each for a limited time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
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

    def put(self, key: Key, held: Held) -> None:
        with self._lock:
            self._held[key] = (self._clock() + SECONDS_REMEMBERED, held)
            self._held.move_to_end(key)
            if len(self._held) > MOST_REMEMBERED:
                self._held.popitem(last=False)

    def drop(self, key: Key) -> Held | None:
        with self._lock:
            found = self._held.pop(key, None)
            return None if found is None else found[1]
