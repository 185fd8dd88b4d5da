"""Whether what is acknowledged survives a power cut, as far as the database tells.

SQLite promises it connection by connection (``app.store.databases``). PostgreSQL can be
run with ``fsync=off``, which nobody who connects can change and which loses commits.
"""

from __future__ import annotations

from sqlalchemy import text

from app.domain.errors import Unavailable
from app.store.reading import Reader

_LAX = "SELECT name FROM pg_settings WHERE name = 'fsync' AND setting = 'off'"


def check(reader: Reader) -> None:
    """Raise ``Unavailable`` where the server does not wait for its disk."""
    if not reader.on_sqlite and reader.first(text(_LAX)) is not None:
        raise Unavailable(
            "PostgreSQL runs with fsync=off: a power cut would take back decisions that were acknowledged."
            " Set it on; development alone runs without."
        )
