"""The service with a log that proves nothing: no leaf, no receipt, nothing waits for a place, nobody signs.

What is taken out is replaced here, in the process that is measured; the service itself knows no such switch.
An entry's row is still written, with its sealed part.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from flask import Flask

from app.domain.sealed import SealedRecording
from app.factory import application
from app.services import recording
from app.services.assembly import open_services
from app.services.log import attesting
from app.settings import Settings
from app.store import store
from app.store.log_writer import LogWriter
from app.web.metrics import Metrics
from tests.bench.machine import KEY


class _Cursor:
    """A cursor that leaves out one statement."""

    def __init__(self, cursor: Any, without: str) -> None:
        self._cursor, self._without = cursor, without

    def executemany(self, sql: str, rows: Sequence[Any]) -> None:
        if sql != self._without:
            self._cursor.executemany(sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class _Writer(LogWriter):
    """A writer after which no entry waits for its place."""

    def _write(self, cursor: Any, recordings: Sequence[SealedRecording]) -> None:
        super()._write(_Cursor(cursor, self._insert_pending), recordings)


def create(settings: Settings) -> Flask:
    """As ``app.factory.create_app``, but for all of that."""
    vars(recording).update(leaf_bytes=lambda **_: b"{}", leaf_hash=lambda _: bytes(32))
    vars(attesting).update(receipt=lambda *_: "")
    vars(store).update(LogWriter=_Writer)
    metrics = Metrics()
    services = open_services(settings, migrate=True, count=metrics.count_evaluation)
    return application(services, metrics)


if KEY in os.environ:
    app = create(Settings.from_env())
