"""When requests are due, and what became of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

_SEED = 20261122


class Phase(NamedTuple):
    """So many requests a second, for so many seconds; written RATE:SECONDS."""

    rate: float
    seconds: float

    def __str__(self) -> str:
        return f"{self.rate:.1f}:{self.seconds:g}"

    @classmethod
    def parse(cls, text: str) -> Phase:
        """What ``str`` wrote."""
        rate, _, seconds = text.partition(":")
        return cls(float(rate), float(seconds))


class Due(NamedTuple):
    """One request of the schedule: when, in seconds from the start, and of which phase."""

    at: float
    phase: int


def schedule(phases: Sequence[Phase]) -> Iterator[Due]:
    """The arrivals of all phases, as random as those of many callers (Poisson), the same in every run."""
    chance, began = random.Random(_SEED), 0.0
    for number, phase in enumerate(phases):
        at, began = began, began + phase.seconds
        while (at := at + chance.expovariate(phase.rate)) < began:
            yield Due(at, number)


class Tally:
    """What became of the requests of one phase, which began at ``began``. Waits are in seconds from when due.

    ``good`` are the waits for a success, ``refused`` those for a 503 with Retry-After; ``behind`` is how late
    the client itself was. Unanswered is who hung up at the deadline.
    """

    def __init__(self, phase: Phase, began: float) -> None:
        self._phase, self._began = phase, began
        self.good: list[float] = []
        self.refused: list[float] = []
        self.behind: list[float] = []
        self.unanswered = self.broken = 0
        self._due_by_second = [0] * int(phase.seconds + 1)
        self._good_by_second = [0] * int(phase.seconds + 1)
        self._other: dict[str, int] = {}

    def came(self, due: Due) -> None:
        """Count one arrival."""
        self._due_by_second[int(due.at - self._began)] += 1

    def answered(self, due: Due, status: int, retry_after: bool, wait: float) -> None:
        """Count one answer."""
        if 200 <= status < 300:
            self.good.append(wait)
            self._good_by_second[int(due.at - self._began)] += 1
        elif status == 503 and retry_after:
            self.refused.append(wait)
        else:
            what = f"{status}" if status != 503 else "503 without Retry-After"
            self._other[what] = self._other.get(what, 0) + 1

    def told(self) -> dict[str, Any]:
        """All of it as JSON; by second, how many were due and how many of these had a success in time."""
        return {
            "rate": self._phase.rate,
            "seconds": self._phase.seconds,
            "due": sum(self._due_by_second),
            "good": len(self.good),
            "refused": len(self.refused),
            "unanswered": self.unanswered,
            "broken": self.broken,
            "other": self._other,
            "good_p50_ms": percentile(self.good, 0.5),
            "good_p99_ms": percentile(self.good, 0.99),
            "refused_p50_ms": percentile(self.refused, 0.5),
            "refused_p99_ms": percentile(self.refused, 0.99),
            "client_behind_p99_ms": percentile(self.behind, 0.99),
            "by_second": list(zip(self._due_by_second, self._good_by_second, strict=True)),
        }


def percentile(waits: Sequence[float], share: float) -> float:
    """In milliseconds; 0 where there is nothing."""
    return 1e3 * sorted(waits)[int(share * (len(waits) - 1))] if waits else 0.0
