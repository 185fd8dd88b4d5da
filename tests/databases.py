"""A migrated pair of SQLite databases for every fresh store: copying files is quicker than migrating."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from app.store.store import Store

NAMES = ("termwise.db", "keys.db")


@cache
def template() -> Path:
    """A folder with both databases, migrated once in a process and gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="termwise-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Store.migrate(*(f"sqlite:///{folder / name}" for name in NAMES))
    return folder


def copy_into(folder: Path, *names: str) -> None:
    """Put the databases of these names (both, unless told) into a folder; one that is there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or NAMES:
        if not (folder / name).exists():
            shutil.copy(template() / name, folder / name)
