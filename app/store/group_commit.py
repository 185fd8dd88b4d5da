"""Group commit: what many threads hand in while one commit is under way shares the next.

The disk is the slow part, and it takes one record or fifty in the same time. One
thread commits; the others wait, each on a lock of its own that is released after the
commit that holds its items, so that nobody wakes for somebody else's.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from app.domain.errors import TermwiseError, Unavailable

_log = logging.getLogger(__name__)
Item = TypeVar("Item")
Outcome = Exception | None
MOST_IN_A_COMMIT = 256
PATIENCE_SECONDS = 30.0


class _Job(Generic[Item]):
    """What one caller handed in; ``done`` is held until ``outcomes`` or ``failure`` stands."""

    __slots__ = ("done", "failure", "items", "outcomes")

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.outcomes: Sequence[Outcome] = ()
        self.failure: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()


class GroupCommit(Generic[Item]):
    """A thread that commits what many threads hand in.

    ``commit`` takes all items waiting, makes them durable, and returns an outcome for each: None, or the
    error of an item that failed alone. When it raises, every caller of that commit gets an error.

    At most ``most_waiting`` items wait; beyond that ``Unavailable`` at once, because a queue that only grows
    makes every answer late.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Outcome]],
        *,
        most_waiting: int,
        name: str,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._commit = commit
        self._most_waiting = most_waiting
        self._patience = patience
        self._mutex = threading.Lock()
        self._jobs: deque[_Job[Item]] = deque()
        self._waiting = 0
        self._asleep = False
        self._closed = False
        self._wake = threading.Lock()
        self._wake.acquire()
        self._process = os.getpid()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, items: Sequence[Item]) -> Sequence[Outcome]:
        """Wait for the commit that holds all of ``items``; their outcomes, in order.

        Raises ``Unavailable`` when nothing of them is committed: too many wait, the database fails, or this
        is closed. Its message says so where that is not certain.
        """
        if self._process != os.getpid():
            raise Unavailable("The store was opened by another process. Nothing was recorded.")
        job = _Job(items)
        with self._mutex:
            self._check_room(len(items))
            self._jobs.append(job)
            self._waiting += len(items)
            asleep, self._asleep = self._asleep, False
        if asleep:
            self._wake.release()
        if not job.done.acquire(timeout=self._patience):
            self._withdraw(job)
        if job.failure is not None:
            raise _own(job.failure) from job.failure
        return job.outcomes

    @property
    def waiting(self) -> int:
        """How many items wait for a commit that has not begun."""
        return self._waiting

    def close(self) -> None:
        """Commit what waits, then end. What comes later is refused."""
        with self._mutex:
            self._closed = True
            asleep, self._asleep = self._asleep, False
        if asleep:
            self._wake.release()
        if self._process == os.getpid():
            self._thread.join()

    def _check_room(self, more: int) -> None:
        if self._closed:
            raise Unavailable("The store is closed. Nothing was recorded.")
        if self._waiting and self._waiting + more > self._most_waiting:
            raise Unavailable("Too many requests wait to be recorded. Nothing was recorded; try again soon.")

    def _withdraw(self, job: _Job[Item]) -> None:
        with self._mutex:
            if job in self._jobs:
                self._jobs.remove(job)
                self._waiting -= len(job.items)
                raise Unavailable("The database does not answer. Nothing was recorded.")
        if not job.done.acquire(blocking=False):
            raise Unavailable(
                "The database does not answer. It is not known whether it was recorded: ask again under the"
                " same idempotency key."
            )

    def _run(self) -> None:
        while (jobs := self._next()) is not None:
            self._commit_all(jobs)
            for job in jobs:
                job.done.release()

    def _next(self) -> list[_Job[Item]] | None:
        """The jobs of the next commit, as soon as there is one; None when closed and empty."""
        while True:
            with self._mutex:
                if self._jobs:
                    return self._taken()
                if self._closed:
                    return None
                self._asleep = True
            self._wake.acquire()

    def _taken(self) -> list[_Job[Item]]:
        taken = [self._jobs.popleft()]
        size = len(taken[0].items)
        while self._jobs and size + len(self._jobs[0].items) <= MOST_IN_A_COMMIT:
            taken.append(self._jobs.popleft())
            size += len(taken[-1].items)
        self._waiting -= size
        return taken

    def _commit_all(self, jobs: Sequence[_Job[Item]]) -> None:
        try:
            outcomes = self._commit([item for job in jobs for item in job.items])
        except BaseException as error:
            if not isinstance(error, TermwiseError):
                _log.exception("a shared commit failed")
            for job in jobs:
                job.failure = error
            return
        start = 0
        for job in jobs:
            job.outcomes = outcomes[start : start + len(job.items)]
            start += len(job.items)


def _own(failure: BaseException) -> Exception:
    """An error for one caller: an exception shared by threads would collect the traceback of each."""
    if isinstance(failure, Unavailable):
        return Unavailable(failure.message, retry_after=failure.retry_after)
    return Unavailable("Recording failed for a reason that the server's log tells. Nothing was recorded.")
