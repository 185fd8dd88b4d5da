"""Ctrl-C in the midst of a batch: what is under way is finished and recorded, then it stops."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether a stop was asked for. A second Ctrl-C stops at once."""

    def __init__(self) -> None:
        self._asked = False

    def is_asked(self) -> bool:
        """Whether to begin no further row."""
        return self._asked

    def ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Handles the signal; raises ``KeyboardInterrupt`` the second time."""
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


@contextmanager
def stop_asked() -> Iterator[Stop]:
    """In this block SIGINT and SIGTERM ask for a stop."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
