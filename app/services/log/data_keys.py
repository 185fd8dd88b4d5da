"""Data keys held against the log: none is back that it says was destroyed, and none is gone without it.

The key database stands apart from the log. An older copy of it beside the current log
brings an erased customer back, and a key that is lost takes facts that nobody erased.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

from app.domain.audit import EntryKind
from app.services.log.beside import Beside, Difference
from app.store.keeping import AT_ONCE
from app.store.store import Store

MOST_WAITS = 2
SECONDS_BETWEEN = 1.0


class DataKeys:
    """``wait`` lets seconds pass, while an erasure that is under way comes to its end."""

    def __init__(self, store: Store, beside: Beside, wait: Callable[[float], object] = time.sleep) -> None:
        self._store = store
        self._beside = beside
        self._wait = wait

    def differences(self, sealed_under: Mapping[bytes, int]) -> Iterator[Difference]:
        """What differs. ``sealed_under`` are the keys of verified entries, each with its first index."""
        yield from self._back()
        there = dict(self._store.keys.every())
        destroyed = self._destroyed()  # read after the keys: what is destroyed meanwhile is no loss
        retired = [*destroyed, *(id for id, is_retired in there.items() if is_retired)]
        for id in self._not_retired(retired):
            told = f"the row of retired_key of {id} is gone: something can be sealed under that key again"
            yield Difference(told, destroyed.get(id))
        for key, index in sealed_under.items():
            if (id := UUID(bytes=key)) not in there and id not in destroyed:
                (placed,) = self._store.tree.at([index])
                told = f"the data key {id} is gone, and no entry says that it was destroyed"
                yield Difference(told, placed.id)

    def _back(self) -> Iterator[Difference]:
        """Keys that are there and must not be. A process that erases just now is waited for."""
        destroyed, back = self._destroyed_and_there()
        for _ in range(MOST_WAITS):
            if not back or not set(back) <= set(self._store.keeping.dying()):
                break
            self._wait(SECONDS_BETWEEN)
            destroyed, back = self._destroyed_and_there()
        for id in back:
            told = (
                f"the data key {id}, which this entry destroyed, is in the key database"
                f" ({len(back):,} such keys in all): an older copy of it was put back, or the erasure is not"
                " finished. Run `termwise vault sweep`"
            )
            yield Difference(told, destroyed[id])

    def _destroyed_and_there(self) -> tuple[dict[UUID, UUID], list[UUID]]:
        destroyed = self._destroyed()
        return destroyed, self._store.keys.there([*destroyed])

    def _destroyed(self) -> dict[UUID, UUID]:
        """The keys that erasures name, each with the entry."""
        erasures = self._beside.entries(EntryKind.ERASURE)
        named = [(one.id, json.loads(one.leaf)["clear"]["keys"]) for one in erasures]
        return {UUID(key): entry for entry, keys in named for key in keys}

    def _not_retired(self, ids: Sequence[UUID]) -> Iterator[UUID]:
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            yield from sorted(set(some) - set(self._store.keeping.retired(some)))
