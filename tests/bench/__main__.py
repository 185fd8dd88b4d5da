"""The figures of this machine: ``python -m tests.bench [WHAT] [--seconds N]``.

Prints tables in Markdown, saves the figures under ``var/bench``, and ends everything that it started. ``all``
is in-process, scaling, http, access, alternatives and pages, and takes about eleven minutes; overload and
lag take some minutes each. ``--seconds`` is the length of one timed run; longer ones are multiples of it.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable

from tests.bench import (
    access,
    alternatives,
    in_process,
    lag,
    over_http,
    overload,
    pages,
    proof_cost,
    rules_scaling,
)

MEASUREMENTS: dict[str, Callable[[str, float], None]] = {
    "in-process": in_process.measure,
    "scaling": rules_scaling.measure,
    "http": over_http.measure,
    "access": access.measure,
    "alternatives": alternatives.measure,
    "pages": pages.measure,
    "proof": proof_cost.measure,
    "lag": lag.measure,
    "overload": overload.measure,
}
IN_ALL = ("in-process", "scaling", "http", "access", "alternatives", "pages")


def main() -> None:
    """Run what is asked for; being told to end ends the servers, too."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("what", nargs="?", choices=[*MEASUREMENTS, "all"], default="all")
    arguments.add_argument("--seconds", type=float, default=2.0, help="length of one timed run (default 2)")
    given = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what we started is ended
    for name, measure in MEASUREMENTS.items():
        if given.what == name or (given.what == "all" and name in IN_ALL):
            command = f"python -m tests.bench {name}"
            measure(
                command if given.seconds == 2 else f"{command} --seconds {given.seconds:g}", given.seconds
            )


if __name__ == "__main__":
    main()
