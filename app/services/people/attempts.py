"""How often a sign-in may fail, and where: so that guessing is slow and nobody is locked out by others.

Failures are counted per login and source address, so that whoever guesses from one place
shuts out that place and not the person; per source address over all logins; and for a
device in which the person signed in before in a count of its own, which no stranger can
use up (OWASP, "device cookies"). An attempt counts as failed from its start, so that many
at once get no further than one after the other. What is refused here is not looked at.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from app.domain.errors import TooManyAttempts

WINDOW_SECONDS = 15 * 60.0
MOST_PER_LOGIN = 5
MOST_PER_SOURCE = 30
MOST_PER_DEVICE = 10
MOST_REMEMBERED = 50_000
"""Counts kept at a time; beyond it the oldest go. A count of a network costs about 300 bytes."""
IPV6_NETWORK = 64
REFUSED = "Too many attempts to sign in from here. Wait, or sign in from a device that you used before."

Count = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was let through, and where it counts as failed until told otherwise."""

    own: Count
    source: Count | None
    at: float


class Attempts:
    """Counts failures within a quarter of an hour, in this process. ``clock`` gives seconds.

    A restart forgets them, and each of several processes has its own: an attacker who could restart the
    service or spread over all processes gains that factor and no more.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[Count, deque[float]] = OrderedDict()

    def begin(self, login: str, source: str, device: str | None) -> Attempt:
        """Let an attempt through, or raise ``TooManyAttempts``. ``source`` is ``network_of`` an address."""
        now = self._clock()
        with self._lock:
            if device is not None and self._wait(("device", device), MOST_PER_DEVICE, now) == 0:
                return self._counted(Attempt(("device", device), None, now))
            own, everywhere = ("login", login, source), ("source", source)
            wait = max(self._wait(own, MOST_PER_LOGIN, now), self._wait(everywhere, MOST_PER_SOURCE, now))
            if wait > 0:
                raise TooManyAttempts(REFUSED, retry_after=ceil(wait))
            return self._counted(Attempt(own, everywhere, now))

    def succeeded(self, attempt: Attempt) -> None:
        """It was the right password: earlier failures of this login here are forgotten, others are not.

        The count of the address keeps what others failed: whoever has an account cannot wipe it.
        """
        with self._lock:
            self._failures.pop(attempt.own, None)
            self._take_back(attempt.source, attempt.at)

    def withdrawn(self, attempt: Attempt) -> None:
        """It was not looked at after all, for a reason of ours."""
        with self._lock:
            self._take_back(attempt.own, attempt.at)
            self._take_back(attempt.source, attempt.at)

    def _counted(self, attempt: Attempt) -> Attempt:
        for count in (attempt.own, attempt.source):
            if count is not None:
                self._failures.setdefault(count, deque()).append(attempt.at)
                self._failures.move_to_end(count)
        while len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)
        return attempt

    def _wait(self, count: Count, most: int, now: float) -> float:
        """Seconds until another attempt may count here."""
        failures = self._failures.get(count)
        if failures is None:
            return 0.0
        while failures and failures[0] <= now - WINDOW_SECONDS:
            failures.popleft()
        return 0.0 if len(failures) < most else failures[0] + WINDOW_SECONDS - now

    def _take_back(self, count: Count | None, at: float) -> None:
        failures = self._failures.get(count) if count is not None else None
        if failures is not None and at in failures:
            failures.remove(at)


def network_of(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 of an IPv6 one, which one customer has whole."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, IPV6_NETWORK), strict=False))
    return str(found)
