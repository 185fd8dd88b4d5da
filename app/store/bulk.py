"""The door for very many rows: a few thousand in a transaction, and decisions in between.

On SQLite there is one writer, and what comes here waits its turn among the recordings. On
PostgreSQL it has a connection of its own, so that a decision waits for no import.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from types import TracebackType
from typing import Generic, TypeAlias, TypeVar

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


class Behind(Generic[Item]):
    """Writes chunks in a thread of its own, one after the other, while who gives them reads the next.

    What ``write`` raises is raised by the next ``put``, or at the end; nothing is written behind it.
    """

    def __init__(self, write: Callable[[Sequence[Item]], object]) -> None:
        self._write = write
        self._thread = ThreadPoolExecutor(1, "termwise-import")
        self._under_way: Future[object] | None = None

    def put(self, chunk: Sequence[Item]) -> None:
        """Have a chunk written once the one before it is."""
        self._settle()
        self._under_way = self._thread.submit(self._write, chunk)

    def __enter__(self) -> Behind[Item]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._settle()
        finally:
            self._thread.shutdown()

    def _settle(self) -> None:
        if self._under_way is not None:
            self._under_way.result()


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
