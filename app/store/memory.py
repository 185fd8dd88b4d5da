"""What was read and is still so: a memory that is exact, because every change empties it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Thing = TypeVar("Thing")
MOST = 10_000


class Memory(Generic[Key, Thing]):
    """Remembers things by key until ``forget``; with ``keeps`` false, where others write too, nothing.

    What is not there is not remembered: anyone may ask for any key. Of more than 10,000 things all go.
    """

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        self._lock = threading.Lock()
        self._generation = 0
        self._things: dict[Key, Thing] = {}

    def get(self, key: Key, read: Callable[[], Thing | None]) -> Thing | None:
        """The thing of ``key``, from memory or from ``read``."""
        if not self._keeps:
            return read()
        known = self._things.get(key)
        if known is not None:
            return known
        generation = self._generation
        thing = read()
        if thing is not None:
            with self._lock:
                # What was read before a change was committed must not be kept after it.
                if generation == self._generation:
                    if len(self._things) >= MOST:
                        self._things.clear()
                    self._things[key] = thing
        return thing

    def forget(self) -> None:
        """Read everything anew from now on: something has just been committed."""
        with self._lock:
            self._generation += 1
            self._things.clear()

    def forget_one(self, key: Key) -> None:
        """Read this one anew from now on: nothing else was changed."""
        with self._lock:
            self._generation += 1
            self._things.pop(key, None)
