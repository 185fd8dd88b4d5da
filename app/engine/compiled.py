"""Engines compiled once a ruleset, kept by digest, and freed when they are neither kept nor in use.

Nothing is freed under anybody's hands: what leaves the cache lives on for as
long as somebody holds it, because the memory of durable_rules goes with the
Python object that owns it.
"""

from __future__ import annotations

from itertools import count
from threading import Lock
from types import TracebackType

from app.domain.matching import Matcher
from app.domain.ruleset import Ruleset
from app.engine.agreement import Engine

MOST_KEPT = 64
MOST_BYTES = 512 * 2**20


class Compiled:
    """Both engines of one ruleset: whoever holds it has them loaded. ``with`` only shows for how long."""

    __slots__ = ("matcher", "direct", "size", "__weakref__")

    def __init__(self, engine: Engine) -> None:
        self.matcher: Matcher = engine.matcher
        self.direct: Matcher = engine.direct
        self.size = engine.size

    def __enter__(self) -> Compiled:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The cache closes nothing: another thread may be using it."""


class _Place:
    """Where one ruleset stands in the cache; empty while a first thread compiles and the others wait."""

    __slots__ = ("compiling", "compiled", "used")

    def __init__(self, used: int) -> None:
        self.compiling = Lock()
        self.compiled: Compiled | None = None
        self.used = used


class Engines:
    """The rulesets used last, at most ``kept`` of them and about ``size`` bytes; threads share it."""

    __slots__ = ("_kept", "_size", "_places", "_uses", "_lock")

    def __init__(self, kept: int = MOST_KEPT, size: int = MOST_BYTES) -> None:
        self._kept = kept
        self._size = size
        self._places: dict[str, _Place] = {}
        self._uses = count()
        self._lock = Lock()

    def get(self, ruleset: Ruleset) -> Compiled:
        """The engines of a ruleset, by its digest; raises ``Invalid`` when it is too large to be compiled."""
        place = self._places.get(ruleset.digest)
        if place is not None and place.compiled is not None:
            place.used = next(self._uses)
            return place.compiled
        return self._compiled(ruleset)

    def _compiled(self, ruleset: Ruleset) -> Compiled:
        with self._lock:
            place = self._places.setdefault(ruleset.digest, _Place(next(self._uses)))
        with place.compiling:
            if place.compiled is None:
                try:
                    place.compiled = Compiled(Engine(ruleset))
                except BaseException:
                    with self._lock:
                        if self._places.get(ruleset.digest) is place:
                            del self._places[ruleset.digest]
                    raise
                self._make_room()
            return place.compiled

    def _make_room(self) -> None:
        """Let the longest unused go; whatever is large is freed after the lock is."""
        dropped = []
        with self._lock:
            size = sum(place.compiled.size for place in self._places.values() if place.compiled)
            for digest, place in sorted(self._places.items(), key=lambda one: one[1].used)[:-1]:
                if len(self._places) <= self._kept and size <= self._size:
                    break
                size -= place.compiled.size if place.compiled else 0
                dropped.append(self._places.pop(digest))
