"""A bounded memory of things that are costly to make and never change, by key."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Thing = TypeVar("Thing")


class Remembered(Generic[Key, Thing]):
    """Remembers the ``most`` recently used; makes a missing one once, while others who want it wait."""

    def __init__(self, most: int, make: Callable[[Key], Thing]) -> None:
        self._most = most
        self._make = make
        self._things: OrderedDict[Key, Thing] = OrderedDict()
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def get(self, key: Key) -> Thing:
        """The thing of that key; raises what making it raises."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        with self._making:
            with self._lock:
                if key in self._things:
                    return self._things[key]
            thing = self._make(key)
            with self._lock:
                self._things[key] = thing
                if len(self._things) > self._most:
                    self._things.popitem(last=False)
            return thing
