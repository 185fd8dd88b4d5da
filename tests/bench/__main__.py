"""The figures of this machine: ``python -m tests.bench [in-process|scaling|http|access|all] [--seconds N]``.

Prints tables in Markdown, saves the figures under ``var/bench``, ends everything that it started, and
takes about eight minutes for ``all``. ``--seconds`` is the length of one timed run.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable

from tests.bench import access, in_process, over_http, rules_scaling

MEASUREMENTS: dict[str, Callable[[str, float], None]] = {
    "in-process": in_process.measure,
    "scaling": rules_scaling.measure,
    "http": over_http.measure,
    "access": access.measure,
}


def main() -> None:
    """Run what is asked for; being told to end ends the servers, too."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("what", nargs="?", choices=[*MEASUREMENTS, "all"], default="all")
    arguments.add_argument("--seconds", type=float, default=2.0, help="length of one timed run (default 2)")
    given = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what we started is ended
    for name, measure in MEASUREMENTS.items():
        if given.what in (name, "all"):
            command = f"python -m tests.bench {name}"
            measure(
                command if given.seconds == 2 else f"{command} --seconds {given.seconds:g}", given.seconds
            )


if __name__ == "__main__":
    main()
