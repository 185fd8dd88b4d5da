"""Checkpoints outside the database: a folder with a file a day, to which every checkpoint is appended.

This is what later shows that the log was rewritten, so it belongs where whoever can
write the database cannot: another disk, a share that only appends, or copied away
continuously. ``key`` holds the line of the first key; a file of a day is notes, one after
the other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app.ledger.checkpoint import Head, unchecked

_END = "\n\n— "


class Outside:
    """The folder; made when the first checkpoint is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, note: str, at: datetime) -> None:
        """Append a checkpoint and wait for the disk. What a power cut tore off before is cut away first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{at:%Y-%m-%d}"
        new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            _cut_torn_end(descriptor)
            os.write(descriptor, note.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            self._sync()

    def write_key(self, line: str) -> None:
        """Keep the line of the log's first key beside its checkpoints; one that is there stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "key"
        if not path.exists():
            draft = self.folder / f".key.{os.getpid()}"
            draft.write_text(line + "\n", encoding="utf-8")
            os.replace(draft, path)
            self._sync()

    def key(self) -> str | None:
        """The line of the first key, if it is here."""
        path = self.folder / "key"
        return path.read_text(encoding="utf-8").strip() if path.exists() else None

    def last(self) -> Head | None:
        """The head that was written last, None for an empty folder."""
        for path in reversed(self.files()):
            notes = list(divided_notes(path.read_text(encoding="utf-8", errors="replace")))
            if notes:
                return unchecked(notes[-1])
        return None

    def files(self) -> list[Path]:
        """The files of checkpoints, by day."""
        return sorted(self.folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"))

    def _sync(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def divided_notes(text: str) -> Iterator[str]:
    """The notes that stand one after the other in ``text``; an end that was torn off is passed over."""
    start = 0
    while (blank := text.find(_END, start)) >= 0:
        end = text.find("\n", blank + len(_END))
        while end >= 0 and text.startswith("— ", end + 1):
            end = text.find("\n", end + 1)
        if end < 0:
            return
        yield text[start : end + 1]
        start = end + 1


def _cut_torn_end(descriptor: int) -> None:
    """Cut the file behind its last whole note. A note is short, so its end is in the last few kilobytes."""
    size = os.fstat(descriptor).st_size
    if not size or _ends_whole(descriptor, size):
        return
    text = os.pread(descriptor, size, 0).decode("utf-8", "replace")
    whole = sum(len(note.encode()) for note in divided_notes(text))
    os.ftruncate(descriptor, whole)


def _ends_whole(descriptor: int, size: int) -> bool:
    tail = os.pread(descriptor, min(size, 4096), max(0, size - 4096)).decode("utf-8", "replace")
    return tail.endswith("\n") and tail[:-1].rpartition("\n")[2].startswith("— ")
