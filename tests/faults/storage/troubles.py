"""What can happen to a disk: calls that fail, and a file system that fills up."""

from __future__ import annotations

import errno
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.faults.storage.shim import Call, Fault, File, NotPossible, Shim

MEGABYTES = 24
DATABASES = File.LOG | File.LOG_WAL | File.KEYS | File.KEYS_WAL
ALL = DATABASES | File.OUTSIDE
_ONE_OR_MORE = (File.LOG, File.LOG_WAL, File.KEYS, File.KEYS_WAL, File.OUTSIDE, DATABASES, ALL)
_SPACE_OR_ERROR = (errno.ENOSPC, errno.EIO)
CALLS = (
    *((Call.WRITE, error, files) for error in _SPACE_OR_ERROR for files in _ONE_OR_MORE),
    *((Call.SYNC, errno.EIO, files) for files in _ONE_OR_MORE * 2),
    *((Call.SYNC, errno.ENOSPC, files) for files in (DATABASES, ALL)),
    *((Call.TRUNCATE, error, files) for error in _SPACE_OR_ERROR for files in (DATABASES, ALL)),
    *((Call.OPEN, errno.ENOSPC, files) for files in (DATABASES, ALL)),
)
SECONDS_TO_MEET = 5.0


class Trouble(NamedTuple):
    """``begin`` makes the disk fail for a while, and returns what ends it."""

    words: str
    begin: Callable[[Shim, Random], Callable[[], object]]


def drawn(chance: Random) -> Fault:
    """A fault at random."""
    calls, error, files = chance.choice(CALLS)
    one_in, left = chance.choice((1, 1, 3)), chance.choice((-1, -1, 1, 4))
    return Fault(calls, files, error, one_in, left, torn=chance.choice((0, 2)))


def failing(fault: Fault) -> Trouble:
    """Calls fail until one did, and for up to a second."""

    def begin(made: Shim, chance: Random) -> Callable[[], object]:
        before, until = made.hits(), time.monotonic() + SECONDS_TO_MEET
        made.fail(fault)
        while made.hits() == before and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.8)
        return made.heal

    return Trouble(str(fault), begin)


def filling(disk: Path) -> Trouble:
    """A file takes the last byte of the file system, for up to two seconds."""

    def begin(made: Shim, chance: Random) -> Callable[[], object]:
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while file.write(bytes(size)) == size:
                        pass
        time.sleep(1 + chance.random())
        return filler.unlink

    return Trouble("a full file system", begin)


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A few megabytes of ext4, else of tmpfs, at ``place``; raises ``NotPossible`` for want of rights."""
    place.mkdir()
    file = place.with_name("small.img")
    made = _done("truncate", "-s", f"{MEGABYTES}M", str(file)) and _done(
        "mkfs.ext4", "-q", "-m", "0", str(file)
    )
    mounted = made and _done("mount", "-o", "loop", str(file), str(place))
    if not mounted and not _done("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(place)):
        raise NotPossible("no small file system can be mounted here; that takes root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def _done(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
