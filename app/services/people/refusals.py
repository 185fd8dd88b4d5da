"""Refused sign-ins in the log: summed up, so that an attacker cannot fill the disk or be told anything.

They are written by a thread of their own and not before the answer: an entry for a login
that exists, and none for one that does not, would take a time that tells them apart.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.errors import TermwiseError

EVERY = timedelta(minutes=1)
REMEMBERED = timedelta(minutes=15)
MOST_A_MINUTE = 60
MOST_WAITING = 10_000
SECONDS_BETWEEN_LOOKS = 1.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Refusals:
    """What was refused to one login from one source since the last entry about it."""

    login: str
    source: str
    count: int = 0
    because: dict[str, int] = field(default_factory=dict)
    written_at: datetime | None = None


class RefusalLog:
    """Sums refusals up: one entry a minute for each login and source, and 60 a minute in all.

    ``write`` records one sum; it says whether the login is anybody's, and where it is not nothing was
    recorded. What cannot be written waits; what does not fit any more is counted in ``dropped``.
    """

    def __init__(self, write: Callable[[Refusals, datetime], bool], now: Callable[[], datetime]) -> None:
        self._write = write
        self._now = now
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], Refusals] = {}
        self._written: list[datetime] = []
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self.unknown = 0
        self.dropped = 0

    def note(self, login: str, source: str, because: str, *, looked_at: bool = True) -> None:
        """Count one refusal; returns at once.

        One that was not ``looked_at`` cost its sender nothing, so it adds to a sum and begins none.
        """
        with self._lock:
            sums = self._waiting.get((login, source))
            if sums is None:
                if not looked_at or len(self._waiting) >= MOST_WAITING:
                    self.dropped += 1
                    return
                sums = self._waiting[login, source] = Refusals(login, source)
            sums.count += 1
            sums.because[because] = sums.because.get(because, 0) + 1
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._run, name="termwise-refusals", daemon=True)
                self._thread.start()

    def flush(self, *, everything: bool = False) -> None:
        """Write the sums that are due; ``everything`` writes those too whose minute has not passed."""
        now = self._now()
        with self._lock:
            self._forget(now)
            due = [one for one in self._waiting.values() if one.count and (everything or _is_due(one, now))]
        for one in due:
            self._written = [at for at in self._written if now - at < EVERY]
            if len(self._written) >= MOST_A_MINUTE and not everything:
                return
            self._write_one(one, now)

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self.flush(everything=True)

    def _write_one(self, one: Refusals, now: datetime) -> None:
        with self._lock:
            sums = Refusals(one.login, one.source, one.count, dict(one.because))
        try:
            written = self._write(sums, now)
        except TermwiseError as error:
            _log.warning("refused sign-ins could not be recorded yet: %s", error.message)
            return
        with self._lock:
            one.written_at = now
            one.count -= sums.count
            for because, count in sums.because.items():
                one.because[because] -= count
            if written:
                self._written.append(now)
            else:
                self.unknown += sums.count

    def _forget(self, now: datetime) -> None:
        done = [
            key
            for key, one in self._waiting.items()
            if not one.count and one.written_at is not None and now - one.written_at >= REMEMBERED
        ]
        for key in done:
            del self._waiting[key]

    def _run(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            try:
                self.flush()
            except Exception:  # it must live as long as the service does
                _log.exception("refused sign-ins could not be recorded yet")


def _is_due(one: Refusals, now: datetime) -> bool:
    return one.written_at is None or now - one.written_at >= EVERY
