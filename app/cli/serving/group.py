"""One server process and everything it starts: a process group of its own, ended together and by its id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

SECONDS_TO_VANISH = 5.0
SECONDS_BETWEEN_LOOKS = 0.05


class ProcessGroup:
    """Starts ``command`` as the leader of a new group, out of reach of the terminal's Ctrl-C.

    The leader is not reaped before ``kill``, so that its id, which is the
    group's, cannot meanwhile come to stand for somebody else's processes.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.id = self._process.pid

    def has_ended(self) -> bool:
        """Whether the leader has ended, of itself or of a signal."""
        if sys.platform == "darwin":  # no waitid before Python 3.13
            return self._process.poll() is not None
        return os.waitid(os.P_PID, self.id, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def ask_to_end(self) -> None:
        """Ask the leader to finish what it is doing and end its worker."""
        os.kill(self.id, signal.SIGTERM)

    def kill(self) -> int:
        """End every process of the group now, and wait until they are gone: only then are port and lock free.

        Returns the leader's exit code, negative for a signal.
        """
        with suppress(ProcessLookupError):
            os.killpg(self.id, signal.SIGKILL)
        code = self._process.wait()
        patience = time.monotonic() + SECONDS_TO_VANISH
        while time.monotonic() < patience and self._has_members():
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return code

    def _has_members(self) -> bool:
        with suppress(
            ChildProcessError
        ):  # members that fell to this process, when it is the first of a container
            os.waitpid(-self.id, os.WNOHANG)
        try:
            os.killpg(self.id, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True
