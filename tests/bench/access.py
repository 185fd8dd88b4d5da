"""What it costs to know who asks, and that they may: the service with its guard and without.

Both run side by side, each over a database of its own, and are loaded in turn for short rounds. What is
compared are medians of the processor time a decision; the rate suffers from whatever else the machine does.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import serving
from tests.bench.bodies import CUSTOMERS, subjects
from tests.bench.databases import on_postgresql, on_sqlite
from tests.bench.machine import WORK, NotMeasured
from tests.bench.report import Report, middle, progress
from tests.bench.serving import APP, UNGUARDED, Server

ROUNDS = 9
GUARDED, BARE = "guarded", "nobody checked"


def measure(command: str, seconds: float) -> None:
    """Measure on SQLite and on PostgreSQL, and report."""
    report = Report("access", command)
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="access-") as name:
        folder = Path(name)
        one = subjects(folder, report)[-1]
        for kind, databases in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
            runs: dict[str, list[dict[str, Any]]] = {GUARDED: [], BARE: []}
            try:
                with databases(folder) as fresh, ExitStack() as stack:
                    servers = {
                        what: stack.enter_context(
                            Server(serving.granian(), app, fresh(), folder / f"{kind}-{app}.log")
                        )
                        for what, app in ((GUARDED, APP), (BARE, UNGUARDED))
                    }
                    for server in servers.values():
                        server.warm(one.path, one.usual, CUSTOMERS)
                    for number in range(ROUNDS):
                        progress(f"{kind}, round {number + 1} of {ROUNDS}")
                        for what in sorted(servers, reverse=bool(number % 2)):
                            runs[what].append(servers[what].under(one.path, one.usual, seconds))
            except NotMeasured as reason:
                report.remark(f"Not measured: {kind}. {reason}")
                continue
            progress("")
            _tell(report, f"{kind}, {one.policy}", runs)
    report.save()


def _tell(report: Report, what: str, runs: dict[str, list[dict[str, Any]]]) -> None:
    pairs = list(zip(runs[GUARDED], runs[BARE], strict=True))
    ratio = median(a["cpu_us"] / b["cpu_us"] for a, b in pairs)
    rows = [
        [name, f"{middle(some, 'cpu_us'):,.0f}", f"{middle(some, 'rate'):,.0f}"]
        for name, some in runs.items()
    ]
    report.table(what, ["", "µs CPU a decision", "decisions/s"], rows)
    report.target(f"{what}: processor time with the guard to that without", ratio, 1.1, at_most=True)
    report.remark("")
    report.keep(what, runs)
