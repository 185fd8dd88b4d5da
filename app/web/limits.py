"""How often one principal may ask: token buckets in this process, each limit named in one table.

A limit protects the others from one who asks too much, and makes a rule's threshold
costly to find out by asking; it is no quota. It counts in each process by itself: of
several processes behind one address, each gives as much.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple

from app.domain.errors import TooManyAttempts
from app.domain.messages import told

MOST_BUCKETS = 20_000


class Limit(NamedTuple):
    """``burst`` at once, and ``per_second`` more; ``what`` is said to whoever asks too often."""

    burst: float
    per_second: float
    what: str


LIMITS: Mapping[str, Limit] = {
    "key": Limit(2_000, 1_000, "requests with one key"),
    "person": Limit(200, 20, "requests of one person"),
    "lines": Limit(20_000, 1_000, "lines of batches"),
    "ways forward": Limit(60, 1, "questions about ways forward"),
    "simulations of sales": Limit(10, 10 / 3600, "simulations about one customer"),
}


class Limits:
    """Takes tokens from buckets. ``clock`` gives seconds that only go forward. Safe for many threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, limits: Mapping[str, Limit] = LIMITS
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._lock = threading.Lock()
        self._buckets: dict[str, OrderedDict[Hashable, tuple[float, float]]] = {
            name: OrderedDict() for name in limits
        }

    def take(self, name: str, whose: Hashable, tokens: float = 1) -> None:
        """Take ``tokens`` from the bucket of ``whose``; raises ``TooManyAttempts`` and takes none."""
        limit, now = self._limits[name], self._clock()
        buckets = self._buckets[name]
        with self._lock:
            left, at = buckets.get(whose, (limit.burst, now))
            left = min(limit.burst, left + (now - at) * limit.per_second)
            if left >= tokens:
                buckets[whose] = (left - tokens, now)
                buckets.move_to_end(whose)
                if len(buckets) > MOST_BUCKETS:
                    self._make_room(limit, buckets, now)
                return
        wait = math.ceil((min(tokens, limit.burst) - left) / limit.per_second)
        raise TooManyAttempts(
            told("Too many {what}; try again in {wait:,} seconds.", what=limit.what, wait=wait),
            retry_after=max(1, wait),
        )

    def give_back(self, name: str, whose: Hashable) -> None:
        """Put one token back that was taken for nothing."""
        with self._lock:
            if whose in self._buckets[name]:
                left, at = self._buckets[name][whose]
                self._buckets[name][whose] = (min(self._limits[name].burst, left + 1), at)

    def left(self, name: str, whose: Hashable) -> float:
        """How many tokens the bucket of ``whose`` holds now."""
        limit, now = self._limits[name], self._clock()
        with self._lock:
            left, at = self._buckets[name].get(whose, (limit.burst, now))
        return min(limit.burst, left + (now - at) * limit.per_second)

    @staticmethod
    def _make_room(limit: Limit, buckets: OrderedDict[Hashable, tuple[float, float]], now: float) -> None:
        """Let full buckets go, which are as good as new; only then those used longest ago, many at once."""
        for whose, (left, at) in list(buckets.items()):
            if left + (now - at) * limit.per_second >= limit.burst:
                del buckets[whose]
        if len(buckets) > MOST_BUCKETS:
            for _ in range(MOST_BUCKETS // 10):
                buckets.popitem(last=False)
