"""Watches the server: asks every second whether it lives, and replaces it when it is silent or gone.

Silence is no answer from ``/healthz`` and no pulse, both for ``silence`` seconds:
a server whose threads are all busy with long batches still has a pulse and is
left alone, for at most ``mute`` seconds. A hang in the engine stops both.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from app.cli.serving.group import ProcessGroup

LOOK = 0.05
FAILED = 1


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds; ``attempts`` starts in a row may fail."""

    every: float = 1.0
    silence: float = 5.0
    mute: float = 60.0
    starting: float = 60.0
    stopping: float = 5.0
    attempts: int = 5


class Supervisor:
    """Keeps one server running until SIGINT, SIGTERM or SIGHUP.

    ``start`` makes its process group; ``pulse`` is the file that the worker
    touches while its Python runs. ``ready`` is called once, when the first
    server answers; ``say`` is told what happened.
    """

    def __init__(
        self,
        start: Callable[[], ProcessGroup],
        address: tuple[str, int],
        pulse: Path,
        *,
        patience: Patience,
        ready: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._start = start
        self._address = address
        self._pulse = pulse
        self._patience = patience
        self._ready = ready
        self._say = say
        self._stopping = False
        self._answered = False

    def run(self) -> int:
        """Supervise; returns 0 after a stop that was asked for, 1 when the server cannot be kept running."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        failures = 0
        while not self._stopping:
            group = self._start()
            try:
                reason, answered = self._watch(group)
            finally:
                self._end(group)
            if self._stopping:
                break
            failures = 0 if answered else failures + 1
            if failures >= self._patience.attempts or not self._answered:
                self._say(f"{reason} It is given up.")
                return FAILED
            self._say(f"{reason} It was ended and is started anew.")
            self._pause(min(failures, 5))
        self._say("Stopped.")
        return 0

    def _watch(self, group: ProcessGroup) -> tuple[str, bool]:
        """Watch one server until it is to be ended: why, and whether it had ever answered."""
        began = heard = answered_at = time.monotonic()
        answered = False
        beat = self._beat()
        while not self._stopping:
            if group.has_ended():
                return "The server has ended unasked.", answered
            now = time.monotonic()
            if self._answers():
                heard = answered_at = now
                if not answered:
                    answered = True
                    self._note_ready()
            elif (again := self._beat()) != beat:
                beat, heard = again, now
            patience = self._patience
            if answered and now - heard > patience.silence:
                return f"The server gave no sign of life for {patience.silence:g} seconds.", answered
            if answered and now - answered_at > patience.mute:
                return f"The server answered nothing for {patience.mute:g} seconds.", answered
            if not answered and now - began > patience.starting:
                return f"The server was not ready after {patience.starting:g} seconds.", answered
            self._pause(patience.every if answered else LOOK, group)
        return "", answered

    def _answers(self) -> bool:
        host, port = self._address
        connection = HTTPConnection(host, port, timeout=min(1.0, self._patience.silence / 2))
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _beat(self) -> int:
        with suppress(OSError):
            return self._pulse.stat().st_mtime_ns
        return 0

    def _note_ready(self) -> None:
        if not self._answered:
            self._answered = True
            self._ready()

    def _pause(self, seconds: float, group: ProcessGroup | None = None) -> None:
        until = time.monotonic() + seconds
        while (
            time.monotonic() < until and not self._stopping and not (group is not None and group.has_ended())
        ):
            time.sleep(LOOK)

    def _end(self, group: ProcessGroup) -> None:
        """End a group: with time to finish when a stop was asked for, at once when it is silent."""
        if self._stopping and not group.has_ended():
            group.ask_to_end()
            until = time.monotonic() + self._patience.stopping
            while time.monotonic() < until and not group.has_ended():
                time.sleep(LOOK)
        group.kill()

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._stopping = True
