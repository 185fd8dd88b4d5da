"""What the shim recorded: every change of the files, every sync, and what clients were told, in one order."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

_HEADER = struct.Struct("=IBB2xI4xQQQ")


class What(IntEnum):
    """Kinds of records; the numbers of ``shim.c``."""

    CREATE = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC_BEGIN = 4
    SYNC_END = 5
    RENAME = 6
    UNLINK = 7
    LINK = 8
    FOLDER = 9
    MAPPED = 10
    NOTE = 11


class Ended(IntEnum):
    """How a sync ended: all is on the disk; it failed; all is on the disk, but an earlier one failed."""

    DURABLE = 0
    FAILED = 1
    TOLD = 2


@dataclass(frozen=True, slots=True)
class Record:
    """``file`` is an inode's number, ``at`` an offset or a size; ``token`` joins both records of a sync."""

    what: What
    ended: Ended
    file: int
    at: int
    token: int
    data: bytes

    @property
    def paths(self) -> list[str]:
        """The path, or from and to."""
        return self.data.decode().split("\0")

    @property
    def note(self) -> tuple[str, dict[str, Any]]:
        """What a client was told: a word, and what it is about."""
        what, more = json.loads(self.data)
        return what, more


def recorded(log: Path) -> Iterator[Record]:
    """The records, in order. One that was torn by a killed process is the last."""
    with log.open("rb") as file:
        while len(head := file.read(_HEADER.size)) == _HEADER.size:
            size, what, ended, _, number, at, token = _HEADER.unpack(head)
            data = file.read(size)
            if len(data) < size:
                return
            yield Record(What(what), Ended(ended), number, at, token, data)
