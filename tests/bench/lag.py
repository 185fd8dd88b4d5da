"""How late the log proves a decision under full load: from its time to a signed head that covers it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from app.settings import Settings
from tests.bench import serving
from tests.bench.arrivals import percentile
from tests.bench.bodies import CUSTOMERS, subjects
from tests.bench.databases import on_postgresql, on_sqlite
from tests.bench.machine import WORK, NotMeasured
from tests.bench.report import Report, progress
from tests.bench.sequencer import Watcher, lags, sequencer
from tests.bench.serving import APP, Server

LOAD = 15
"""So many times the length of a timed run: 30 seconds unless told otherwise."""
_LAST_CHECKPOINT_SECONDS = 3


def measure(command: str, seconds: float) -> None:
    """Measure on SQLite and on PostgreSQL, and report."""
    report = Report("lag", command)
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="lag-") as name:
        folder = Path(name)
        one = subjects(folder, report)[-1]
        rows, reached = [], {}
        for kind, databases in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
            progress(f"{kind}: {LOAD * seconds:.0f} seconds of full load")
            try:
                with databases(folder) as fresh:
                    environ = fresh()
                    settings = Settings.from_env(environ)
                    with (
                        Server(serving.granian(), APP, environ, folder / f"{kind}.log") as server,
                        sequencer(environ, folder / f"{kind}-sequencer.log"),
                        Watcher(settings) as watcher,
                    ):
                        server.warm(one.path, one.usual, CUSTOMERS)
                        watcher.wait_for_the_first()
                        loaded = server.under(one.path, one.usual, LOAD * seconds)
                        time.sleep(_LAST_CHECKPOINT_SECONDS)
                    late = lags(settings, watcher.seen)
                    if len(late) < loaded["n"]:
                        raise NotMeasured(f"{len(late):,} of {loaded['n']:,} decisions got their places")
            except NotMeasured as reason:
                report.remark(f"Not measured: {kind}. {reason}")
                continue
            shares = [f"{percentile(late, share):,.0f}" for share in (0.5, 0.99, 1)]
            checkpoints = f"{len(watcher.seen):,}"
            rows.append([kind, f"{loaded['rate']:,.0f}", f"{len(late):,}", checkpoints, *shares])
            reached[kind] = percentile(late, 0.99) / 1e3
            report.keep(kind, {"load": loaded, "lags_ms": [round(1e3 * lag, 1) for lag in sorted(late)]})
        progress("")
        heads = ["", "decisions/s", "entries", "checkpoints", "p50 ms", "p99 ms", "longest ms"]
        report.table("Until a signed head covers an entry, under full load", heads, rows)
        for kind, seconds_late in reached.items():
            report.target(f"{kind}: p99 of the sequencing lag in seconds", seconds_late, 1, at_most=True)
    report.save()
