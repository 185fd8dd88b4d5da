"""Following the log: events from behind a position, and waiting for the next one.

Who waits holds a thread, so only a few may: whoever comes when all places are taken gets
what there is at once, and asks again. Waiting looks at the log again and again, because
another process may write it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from app.domain.errors import Invalid, Problem
from app.domain.events import Feed
from app.domain.messages import told
from app.domain.sealed import Visible
from app.store.events import Events

LONGEST_WAIT = 25
SECONDS_BETWEEN = 0.2


class Following:
    """Reads the feed. ``most_waiting`` threads may wait at a time; ``clock`` measures time passed."""

    def __init__(
        self, events: Events, *, most_waiting: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._events = events
        self._places = threading.Semaphore(most_waiting)
        self._clock = clock
        self._closed = threading.Event()

    def feed(self, after: int, limit: int, *, wait: int = 0, visible_to: Visible | None = None) -> Feed:
        """Up to ``limit`` events behind ``after``; none after ``wait`` seconds (at most 25) without any.

        Raises ``Invalid`` for a position that this log has not reached.
        """
        found = self._read(after, limit, visible_to)
        if found.events or not wait or not self._places.acquire(blocking=False):
            return found
        try:
            until = self._clock() + min(wait, LONGEST_WAIT)
            while not found.events and (left := until - self._clock()) > 0:
                if self._closed.wait(min(left, SECONDS_BETWEEN)):
                    break
                found = self._read(found.next, limit, visible_to)
            return found
        finally:
            self._places.release()

    def close(self) -> None:
        """Let everyone go who waits."""
        self._closed.set()

    def _read(self, after: int, limit: int, visible_to: Visible | None) -> Feed:
        head = self._events.head()
        if after > head:
            message = told(
                "`after` is {after:,}, and this log has reached {head:,}; is it another log?",
                after=after,
                head=head,
            )
            raise Invalid("The feed cannot be read from there.", [Problem(message)])
        events = self._events.between(after, head, limit, visible_to) if after < head else ()
        return Feed(events, events[-1].position if len(events) == limit else head)
