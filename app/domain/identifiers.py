"""Identifiers: UUID version 7 (RFC 9562), which sort by the time they were made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_TAIL_BITS = 74
_TAIL_END = 1 << _TAIL_BITS
_MILLISECONDS_END = 1 << 48


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970-01-01 UTC, cut and not rounded."""
    return (at - _EPOCH) // _MILLISECOND


def uuid7(unix_milliseconds: int, tail: int) -> UUID:
    """The UUIDv7 of a time (48 bits) and 74 further bits; the same arguments give the same id.

    The 74 bits fill ``rand_a`` and ``rand_b`` in order, so ids of one millisecond sort as their tails do.
    """
    if not 0 <= unix_milliseconds < _MILLISECONDS_END or not 0 <= tail < _TAIL_END:
        raise ValueError("a UUIDv7 takes 48 bits of time and 74 further bits")
    high = unix_milliseconds << 80 | 0x7 << 76 | (tail >> 62) << 64
    return UUID(int=high | 0b10 << 62 | tail & ((1 << 62) - 1))


def unix_milliseconds(identifier: UUID) -> int:
    """The time that a UUIDv7 carries."""
    return identifier.int >> 80


def made_at(identifier: UUID) -> datetime:
    """The same as an instant in UTC."""
    return _EPOCH + unix_milliseconds(identifier) * _MILLISECOND


class Identifiers:
    """Makes UUIDv7 ids that rise strictly within this process, even when the clock steps back.

    ``clock`` gives the time in UTC, ``random_bits(n)`` a random integer of n bits. Within a millisecond the
    tail grows by a random step (RFC 9562, section 6.2, method 2), so that one id does not tell the next.
    """

    def __init__(self, clock: Callable[[], datetime], random_bits: Callable[[int], int]) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._lock = threading.Lock()
        self._millisecond = -1
        self._tail = 0

    def new(self) -> UUID:
        """The next id, at this clock's time."""
        return self.at(self._clock())

    def at(self, instant: datetime) -> UUID:
        """The next id at ``instant``: a decision's id and its ``decided_at`` then say the same time."""
        now = milliseconds(instant)
        with self._lock:
            if now > self._millisecond:
                # One bit stays free, so that the tail has room to grow within the millisecond.
                self._millisecond, self._tail = now, self._random_bits(_TAIL_BITS - 1)
            else:
                self._tail += 1 + self._random_bits(32)
                if self._tail >= _TAIL_END:
                    self._millisecond, self._tail = self._millisecond + 1, self._random_bits(_TAIL_BITS - 1)
            return uuid7(self._millisecond, self._tail)
