"""Ties a process to the one that started it: nothing keeps the port or the database when its owner is gone.

On Linux the kernel does it (``PR_SET_PDEATHSIG``), even for a process that hangs
or is stopped. Elsewhere, and besides, a thread looks who the parent is. The same
thread gives the pulse, by which the supervisor hears that Python still runs even
when every request thread is busy with long work.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import suppress

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SECONDS_BETWEEN_LOOKS = 0.5
ORPHANED = 3
BEAT = b"\0"


def end_with(parent: int, pulse: int | None = None) -> None:
    """From now on this process ends when process ``parent``, which must have started it, does.

    Call it first of all. If the parent ended before the call, this process ends at once: the kernel tells
    of later deaths only. ``pulse`` is a pipe that gets a byte every half second.
    """
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(ORPHANED)
    threading.Thread(target=_watch, args=(parent, pulse), name="termwise-watch", daemon=True).start()


def adopt_orphans() -> None:
    """From now on whatever a child of this process leaves behind is this one's child, for it to wait for.

    Else the first process of the machine would have to, and in a container that one may take its time.
    """
    if sys.platform == "linux":
        _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _watch(parent: int, pulse: int | None) -> None:
    while os.getppid() == parent:
        if pulse is not None:
            with suppress(OSError):  # nobody listens at present
                os.write(pulse, BEAT)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(ORPHANED)
