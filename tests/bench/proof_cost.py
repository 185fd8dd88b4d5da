"""What it costs that the log proves itself: with leaf, receipt, place and signature, and without all of them.

Both services run side by side, each over a database of its own, and are loaded in turn for short rounds, so
that whatever else the machine does falls on both. Compared are the rates, round by round.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from app.settings import Settings
from app.store.store import Store
from tests.bench import serving
from tests.bench.bodies import CUSTOMERS, subjects
from tests.bench.databases import on_postgresql, on_sqlite
from tests.bench.machine import WORK, NotMeasured
from tests.bench.report import Report, middle, progress
from tests.bench.sequencer import sequencer
from tests.bench.serving import APP, UNPROVEN, Server

ROUNDS = 12
PROVEN, BARE = "as it is", "without leaf, receipt and tree"
Runs = dict[str, list[dict[str, Any]]]


def measure(command: str, seconds: float) -> None:
    """Measure on SQLite and on PostgreSQL, and report."""
    report = Report("proof", command)
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="proof-") as name:
        folder = Path(name)
        one = subjects(folder, report)[-1]
        for kind, databases in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
            runs: Runs = {PROVEN: [], BARE: []}
            try:
                with databases(folder) as fresh, ExitStack() as stack:
                    servers: dict[str, Server] = {}
                    for what, app in ((PROVEN, APP), (BARE, UNPROVEN)):
                        environ, log = fresh(), folder / f"{kind}-{app}.log"
                        servers[what] = stack.enter_context(Server(serving.granian(), app, environ, log))
                        servers[what].warm(one.path, one.usual, CUSTOMERS)
                        if what == BARE:
                            _check_bare(environ)
                        else:
                            stack.enter_context(sequencer(environ, folder / f"{kind}-sequencer.log"))
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


def _check_bare(environ: Mapping[str, str]) -> None:
    """Raise ``NotMeasured`` when decisions wait for a place all the same: then nothing was taken out."""
    settings = Settings.from_env(environ)
    with Store.open(settings.database_url, settings.keys_url, writing=False) as store:
        _, _, waiting = store.tree.counts()
    if waiting >= CUSTOMERS:
        raise NotMeasured(f"{waiting:,} entries wait for a place: tests/bench/unproven.py misses its mark")


def _tell(report: Report, what: str, runs: Runs) -> None:
    pairs = list(zip(runs[PROVEN], runs[BARE], strict=True))
    rates = [a["rate"] / b["rate"] for a, b in pairs]
    cpu = median(a["cpu_us"] / b["cpu_us"] for a, b in pairs)
    rows = [
        [name, f"{middle(some, 'rate'):,.0f}", f"{middle(some, 'cpu_us'):,.0f}"]
        for name, some in runs.items()
    ]
    report.table(what, ["", "decisions/s", "µs CPU a decision"], rows)
    low, _, high = quantiles(rates, n=4)
    report.remark(f"Rate to rate over {len(rates)} rounds: half of them from {low:.2f} to {high:.2f}.")
    report.target(f"{what}: rate to the rate without", median(rates), 0.85)
    report.target(f"{what}: processor time to that without", cpu, 1 / 0.85, at_most=True)
    report.remark("")
    report.keep(what, runs)
