"""Watches the server: asks every second whether it lives, and replaces it when it is silent or gone.

That it is gone is heard at once. Silence is no answer from ``/healthz`` and no pulse,
both for ``silence`` seconds: a server whose threads are all busy with long batches still
has a pulse and is left alone, for at most ``mute`` seconds. A hang in the engine stops both.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from types import FrameType

from app.cli.faults import Unusable
from app.cli.serving.group import ProcessGroup
from app.cli.serving.ties import BEAT

LOOK = 0.05


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

    ``start`` forks its process group. ``ready`` is called once, when the first
    server answers; ``say`` is told what happened.
    """

    def __init__(
        self,
        start: Callable[[], ProcessGroup],
        address: tuple[str, int],
        *,
        patience: Patience,
        ready: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._start = start
        self._address = address
        self._patience = patience
        self._ready = ready
        self._say = say
        self._stopping = False
        self._answered = False

    def run(self) -> None:
        """Supervise until a stop is asked for; raises ``Unusable`` when the server cannot be kept running."""
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
                raise Unusable(f"{reason} It is given up.")
            self._say(f"{reason} It was ended and is started anew.")
            self._pause(min(failures, 5))
        self._say("Stopped.")

    def _watch(self, group: ProcessGroup) -> tuple[str, bool]:
        """Watch one server until it is to be ended: why, and whether it had ever answered."""
        patience = self._patience
        began = asked = heard = answered_at = time.monotonic()
        answered, reason = False, "The server has ended unasked."
        while not self._stopping:
            said = group.listen(LOOK)
            now = time.monotonic()
            if said is None:
                return reason, answered
            if said:
                heard = now
                reason = said.replace(BEAT, b"").decode("utf-8", "replace").strip() or reason
            if now - asked >= (patience.every if answered else LOOK):
                asked = now
                if self._answers():
                    answered, heard, answered_at = True, now, now
                    self._note_ready()
            if answered and now - heard > patience.silence:
                return f"The server gave no sign of life for {patience.silence:g} seconds.", answered
            if answered and now - answered_at > patience.mute:
                return f"The server answered nothing for {patience.mute:g} seconds.", answered
            if not answered and now - began > patience.starting:
                return f"The server was not ready after {patience.starting:g} seconds.", answered
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

    def _note_ready(self) -> None:
        if not self._answered:
            self._answered = True
            self._ready()

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stopping:
            time.sleep(LOOK)

    def _end(self, group: ProcessGroup) -> None:
        """End a group: with time to finish when a stop was asked for, at once when it is silent."""
        if self._stopping and group.listen(0) is not None:
            group.ask_to_end()
            until = time.monotonic() + self._patience.stopping
            while time.monotonic() < until and group.listen(LOOK) is not None:
                pass
        group.kill()

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._stopping = True
