"""One server and all its processes: forked from here, a group of its own, ended together and by its id."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from app.cli.serving.ties import adopt_orphans

SECONDS_TO_VANISH = 5.0
SECONDS_BETWEEN_LOOKS = 0.002
MOST_SAID = 4096


class ProcessGroup:
    """Runs ``work`` in a forked process that leads a new group, out of reach of the terminal's Ctrl-C.

    Forked and not begun afresh, because whatever is imported here is there at once, and in memory only once.
    So this process must have no thread but the one that calls this. ``work`` is handed the end of a pipe into
    which any process of the group may write, never waiting: ``listen`` hears it, and hears when the last of
    them is gone.

    The leader is not reaped before ``kill``, so that its id, which is the
    group's, cannot meanwhile come to stand for somebody else's processes.
    """

    def __init__(self, work: Callable[[int], object]) -> None:
        adopt_orphans()
        self._hears, says = os.pipe()
        os.set_blocking(says, False)
        sys.stdout.flush()
        sys.stderr.flush()
        gc.freeze()  # what a collection never looks at stays shared with the child
        self.id = os.fork()
        if self.id == 0:
            os.close(self._hears)
            _lead(work, says)
        os.close(says)

    def listen(self, seconds: float) -> bytes | None:
        """What the group says within ``seconds``, nothing when it is silent; None, at once, when it ended."""
        if select.select([self._hears], [], [], seconds)[0]:
            return os.read(self._hears, MOST_SAID) or None
        return None if self._leader_has_ended() else b""

    def ask_to_end(self) -> None:
        """Ask the leader to finish what it is doing and end its worker."""
        os.kill(self.id, signal.SIGTERM)

    def kill(self) -> int:
        """End every process of the group now, and wait until they are gone: only then are port and lock free.

        Returns the leader's exit code, negative for a signal.
        """
        with suppress(ProcessLookupError, PermissionError):  # macOS: not permitted on one that ended
            os.killpg(self.id, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(self.id, 0)[1])
        patience = time.monotonic() + SECONDS_TO_VANISH
        while time.monotonic() < patience and self._has_members():
            time.sleep(SECONDS_BETWEEN_LOOKS)
        os.close(self._hears)
        return code

    def _leader_has_ended(self) -> bool:
        if sys.platform == "darwin":  # no waitid before Python 3.13; there the pipe alone tells
            return False
        return os.waitid(os.P_PID, self.id, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _has_members(self) -> bool:
        with suppress(ChildProcessError):
            os.waitpid(-self.id, os.WNOHANG)  # what the leader left behind fell to this process
        try:
            os.killpg(self.id, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def _lead(work: Callable[[int], object], says: int) -> NoReturn:
    """What the forked process does, and nothing of what the one that forked it would do afterwards."""
    code = 1
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        work(says)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
