"""The service on a database that does not wait for its disk: that must be found by the campaign."""

from __future__ import annotations

import sqlite3
from typing import Any

from app.factory import create_app
from app.settings import Settings
from app.store import databases

_keep_promises = databases._keep_promises


def _hurry(connection: sqlite3.Connection, record: Any) -> None:
    _keep_promises(connection, record)
    connection.execute("PRAGMA synchronous=NORMAL")


databases._keep_promises = _hurry  # type: ignore[assignment]
app = create_app(Settings.from_env())
