"""The door for very many rows: a few thousand in a transaction, and decisions in between.

On SQLite there is one writer, and what comes here waits its turn among the recordings. On
PostgreSQL it has a connection of its own, so that a decision waits for no import.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TypeAlias, TypeVar

from sqlalchemy.engine.interfaces import DBAPICursor

from app.store.committing import Committer

Item = TypeVar("Item")
Result = TypeVar("Result")
Work: TypeAlias = Callable[[DBAPICursor], object]
FIRST_ROWS, LEAST_ROWS, MOST_ROWS = 1_000, 500, 5_000
CHUNK_SECONDS = 0.1
"""About how long a decision may have to wait for a chunk on SQLite."""


class Bulk:
    """``shared`` does something in the log writer's next transaction; ``own`` is a connection instead."""

    def __init__(self, shared: Callable[[Work], None], own: Committer | None) -> None:
        self._shared = shared
        self._own = own
        self._lock = threading.Lock()
        self._worked = 0.0

    def run(self, work: Callable[[DBAPICursor], Result]) -> Result:
        """What ``work`` returns, durable; raises ``Unavailable``."""

        def timed(cursor: DBAPICursor) -> Result:
            began = monotonic()
            try:
                return work(cursor)
            finally:
                self._worked += monotonic() - began

        if self._own is not None:
            with self._lock:
                return self._own.run(timed)
        found: list[Result] = []
        self._shared(lambda cursor: found.append(timed(cursor)))
        return found[-1]

    def worked(self) -> float:
        """The seconds that went into work so far, without what it waited for its turn and for the disk."""
        return self._worked

    def close(self) -> None:
        """Let the connection go."""
        if self._own is not None:
            self._own.discard()


class Pace:
    """How many rows to take at a time, so that a chunk takes about ``CHUNK_SECONDS`` by ``clock``.

    ``Bulk.worked`` is a clock that stands while the disk is waited for: smaller chunks would wait more often.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.rows = FIRST_ROWS

    def timed(self, write: Callable[[Sequence[Item]], Result], rows: Sequence[Item]) -> Result:
        """What ``write`` returns of ``rows``; how long that took says how many to take next."""
        began = self._clock()
        result = write(rows)
        took = max(self._clock() - began, 1e-6)
        self.rows = max(LEAST_ROWS, min(MOST_ROWS, int(len(rows) * CHUNK_SECONDS / took)))
        return result
