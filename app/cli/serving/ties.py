"""Ties a process to the one that started it: nothing keeps the port or the database when its owner is gone.

On Linux the kernel does it (``PR_SET_PDEATHSIG``), even for a process that hangs
or is stopped. Elsewhere, and besides, a thread looks who the parent is. The same
thread touches the pulse, a file by which the supervisor sees that Python still
runs even when every request thread is busy with long work.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
SECONDS_BETWEEN_LOOKS = 0.5
ORPHANED = 3


def end_with(parent: int, pulse: Path | None = None) -> None:
    """From now on this process ends when process ``parent``, which must have started it, does.

    Call it first of all. If the parent ended before the call, this process ends
    at once: the kernel tells of later deaths only.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(ORPHANED)
    threading.Thread(target=_watch, args=(parent, pulse), name="termwise-watch", daemon=True).start()


def _watch(parent: int, pulse: Path | None) -> None:
    while os.getppid() == parent:
        if pulse is not None:
            with suppress(OSError):
                os.utime(pulse)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(ORPHANED)
