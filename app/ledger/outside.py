"""Checkpoints outside the database: a folder with a file a day, to which every checkpoint is appended.

This is what later shows that the log was rewritten, so it belongs where whoever can
write the database cannot: another disk, a share that only appends, or copied away
continuously. ``key`` holds the line of the first key; a file of a day is notes, one after
the other.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from app.ledger.checkpoint import Head, unchecked
from app.settings.folders import make_folder, sync_folder

_NOTE = re.compile(rb"(?<![^\n])(?:[^\n\0]+\n){3,}\n(?:\xe2\x80\x94 [^\n\0]+\n)+")
"""A power cut leaves zeros where a sector of a note was not written: at its end, or before it."""
_MORE_THAN_A_NOTE = 4096


class Outside:
    """The folder; made when the first checkpoint is written. For one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._named: Path | None = None

    def write(self, note: str, at: datetime) -> None:
        """Append a checkpoint, unless it is the last one here already, and wait for the disk.

        What a power cut tore off before is cut away. Raises ``OSError`` and takes back what it wrote: after a
        failed sync the kernel takes for written what it never wrote, so a next attempt must write it again.
        """
        make_folder(self.folder)
        data, path = note.encode(), self.folder / f"{at:%Y-%m-%d}"
        for newest in self.files()[-1:]:
            path = newest if _ends_with(newest, data) else path
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            _append(descriptor, data)
        finally:
            os.close(descriptor)
        if self._named != path:
            sync_folder(self.folder)
            self._named = path

    def write_key(self, line: str) -> None:
        """Keep the line of the log's first key beside its checkpoints; one that is there stays."""
        make_folder(self.folder)
        if self.key() is None:
            draft = self.folder / f".key.{os.getpid()}"
            with draft.open("w", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.folder / "key")
        sync_folder(self.folder)

    def key(self) -> str | None:
        """The line of the first key, if it is here."""
        path = self.folder / "key"
        return (path.read_text(encoding="utf-8").strip() or None) if path.exists() else None

    def last(self) -> Head | None:
        """The head that was written last, None for an empty folder."""
        for path in reversed(self.files()):
            for note in _NOTE.findall(path.read_bytes())[-1:]:
                return unchecked(note.decode())
        return None

    def files(self) -> list[Path]:
        """The files of checkpoints, by day."""
        return sorted(self.folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"))


def without_torn_end(data: bytes) -> bytes:
    """The content of a file of notes up to the end of its last whole one."""
    end = 0
    for found in _NOTE.finditer(data):
        end = found.end()
    return data[:end]


def _ends_with(path: Path, note: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(note)))
        return file.read() == note


def _append(descriptor: int, note: bytes) -> None:
    end = _cut_torn_end(descriptor)
    if os.pread(descriptor, len(note), max(0, end - len(note))) == note:
        os.fsync(descriptor)
        return
    try:
        left = note
        while left:  # a disk that fills up takes a part, and only the next call says why
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except BaseException:
        with suppress(OSError):
            os.ftruncate(descriptor, end)
        raise


def _cut_torn_end(descriptor: int) -> int:
    """Cut the file behind its last whole note; its size then. Mostly a look at the last bytes is enough."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _MORE_THAN_A_NOTE, max(0, size - _MORE_THAN_A_NOTE))
    if size and without_torn_end(tail) != tail:
        size = len(without_torn_end(os.pread(descriptor, size, 0)))
        os.ftruncate(descriptor, size)
    return size
