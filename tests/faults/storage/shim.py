"""The shim: a small C library between a server and its disk, which records what is written and can fail it.

It is compiled into a folder of the campaign's own, loaded into the server with LD_PRELOAD, and into the
campaign itself as an ordinary library, so that what clients were told stands in the same order of events.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import Any

_SOURCE = Path(__file__).with_suffix(".c")


class NotPossible(RuntimeError):
    """This machine cannot do it; the message says what is missing."""


class Call(IntEnum):
    """Which calls fail."""

    OPEN = 0
    WRITE = 1
    TRUNCATE = 2
    SYNC = 3


class File(IntFlag):
    """Whose calls fail; the numbers of ``shim.c``."""

    LOG = 1
    LOG_WAL = 2
    KEYS = 4
    KEYS_WAL = 8
    OUTSIDE = 16
    OTHER = 32


@dataclass(frozen=True, slots=True)
class Fault:
    """Of the ``calls`` to ``files`` one in ``one_in`` fails with ``error``, ``left`` times (-1: no end).

    Of failing writes one in ``torn`` writes a part first.
    """

    calls: Call
    files: File
    error: int
    one_in: int = 1
    left: int = -1
    torn: int = 0


class Shim:
    """One recording: of what happens below ``root``, kept in ``place`` beside it."""

    def __init__(self, library: Path, root: Path, place: Path) -> None:
        place.mkdir()
        self.root, self.log = root.resolve(), place / "log"
        self.baseline = {path: _found(path) for path in [self.root, *self.root.rglob("*")]}
        """What is there already: of each path the inode's number and, of a file, its content."""
        self._library, self._control = library, place / "control"
        self._c = ctypes.CDLL(str(library))
        if self._c.storage_attach(str(self._control).encode(), str(self.log).encode(), 1) != 0:
            raise NotPossible("the shim cannot share its memory with this process")

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to be recorded."""
        return {
            "LD_PRELOAD": str(self._library),
            "STORAGE_ROOT": str(self.root),
            "STORAGE_CONTROL": str(self._control),
            "STORAGE_LOG": str(self.log),
        }

    def note(self, what: str, **more: Any) -> None:
        """Write down, between the calls before and after, that something became known to a client."""
        text = json.dumps([what, more]).encode()
        self._c.storage_note(text, ctypes.c_size_t(len(text)))

    def fail(self, fault: Fault) -> None:
        """From now on calls fail."""
        self._c.storage_fail(
            int(fault.calls), int(fault.files), fault.error, fault.one_in, fault.left, fault.torn
        )

    def heal(self) -> None:
        """From now on no call fails."""
        for calls in Call:
            self._c.storage_fail(int(calls), 0, 0, 1, 0, 0)

    def hits(self) -> int:
        """How many calls were failed so far."""
        return sum(self._c.storage_hits(int(calls)) for calls in Call)


def _found(path: Path) -> tuple[int, bytes | None]:
    return path.stat().st_ino, None if path.is_dir() else path.read_bytes()


@contextmanager
def shim(library: Path, root: Path, place: Path, template: Path | None = None) -> Iterator[Shim]:
    """A recording below ``root``, a copy of ``template`` or empty; what was recorded is gone afterwards."""
    if template is None:
        root.mkdir()
    else:
        shutil.copytree(template, root)
    made = Shim(library, root, place)
    try:
        yield made
    finally:
        shutil.rmtree(place)


def compiled(folder: Path) -> Path:
    """The library, compiled into ``folder``, and seen to work; raises ``NotPossible``."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux") or compiler is None:
        raise NotPossible("the shim needs Linux and a C compiler")
    library = folder / "shim.so"
    command = [compiler, "-O2", "-fPIC", "-shared", "-o", str(library), str(_SOURCE), "-lpthread"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotPossible(f"the shim cannot be compiled: {done.stderr[-500:]}")
    _check_seen(library, folder)
    return library


_TRIAL = """
import os, sqlite3, sys
base = sqlite3.connect(sys.argv[1] + "/termwise.db", isolation_level=None)
base.execute("PRAGMA journal_mode=WAL")
base.execute("PRAGMA synchronous=FULL")
base.execute("CREATE TABLE one (a)")
base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""


def _check_seen(library: Path, folder: Path) -> None:
    """That this Python's SQLite calls the C library where the shim stands: one linked statically may not."""
    from tests.faults.storage.recorded import What, recorded

    root = folder / "trial"
    with shim(library, root, folder / "trial-record") as trial:
        environment = {**os.environ, **trial.environment()}
        subprocess.run([sys.executable, "-c", _TRIAL, str(trial.root)], env=environment, check=True)
        seen = [one.what for one in recorded(trial.log)]
    shutil.rmtree(root)
    if not {What.CREATE, What.WRITE, What.TRUNCATE, What.SYNC_END, What.UNLINK} <= set(seen):
        raise NotPossible("this Python's SQLite does not call the C library through LD_PRELOAD")
    if What.MAPPED in seen:
        raise NotPossible("this Python's SQLite maps databases into memory; such writes cannot be recorded")
