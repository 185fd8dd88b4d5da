"""``termwise sequencer`` beside a server under measurement, and how late the log's places are."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from app.ledger.outside import Outside
from app.settings import Settings
from app.store.store import Store
from tests.bench.machine import ROOT, NotMeasured

_SECONDS_TO_SIGN = 60
_SECONDS_TO_STOP = 10
_SECONDS_BETWEEN_LOOKS = 0.005


@contextmanager
def sequencer(environ: Mapping[str, str], log: Path) -> Iterator[None]:
    """A process of its own that signs, on PostgreSQL; on SQLite the server signs itself."""
    if environ["TERMWISE_DATABASE_URL"].startswith("sqlite"):
        yield
        return
    command = [sys.executable, "-c", "from app.cli import main; main()", "sequencer"]
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=said, stderr=said)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Watcher:
    """Notes when each checkpoint can be read outside the database, as somebody would who copies them away.

    ``seen`` holds (entries under it, when), in order. Use it in a ``with`` block.
    """

    def __init__(self, settings: Settings) -> None:
        self._outside = Outside(settings.checkpoints)
        self._ended, self._first = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.seen: list[tuple[int, datetime]] = []

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def wait_for_the_first(self) -> None:
        """Until the log is signed at all; raises ``NotMeasured`` when nobody does it."""
        if not self._first.wait(_SECONDS_TO_SIGN):
            raise NotMeasured(f"no checkpoint within {_SECONDS_TO_SIGN} s in {self._outside.folder}")

    def _run(self) -> None:
        read = 0
        while not self._ended.wait(_SECONDS_BETWEEN_LOOKS):
            written = sum(path.stat().st_size for path in self._outside.files())
            if written != read:
                read, now, head = written, datetime.now(UTC), self._outside.last()
                if head is not None and (not self.seen or head.size > self.seen[-1][0]):
                    self.seen.append((head.size, now))
                    self._first.set()


def lags(settings: Settings, seen: list[tuple[int, datetime]]) -> list[float]:
    """For every entry from the first to the last checkpoint of ``seen``, seconds until one covered it.

    From the entry's own time, which lies a little before its commit: the lag is rather overstated.
    """
    found: list[float] = []
    with Store.open(settings.database_url, settings.keys_url, writing=False) as store:
        for (before, _), (size, at) in pairwise(seen):
            placed = store.tree.placed(before, size)
            found += [(at - one.entry.at).total_seconds() for one in placed if one.entry is not None]
    return found
