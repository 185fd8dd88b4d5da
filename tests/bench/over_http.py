"""Decisions over HTTP, each durable before its answer, against a floor that stores as much and decides not.

Real service and floor run side by side under the same server, each over a database of its own, and are
loaded in turn for short rounds; what is compared are the medians. Then the same service under other servers.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import peers, serving
from tests.bench.bodies import CUSTOMERS, Subject, subjects
from tests.bench.databases import Databases, on_postgresql, on_sqlite
from tests.bench.load import CONNECTIONS, client
from tests.bench.machine import WORK, NotMeasured
from tests.bench.report import Report, middle, progress
from tests.bench.samples import samples
from tests.bench.serving import APP, FLOOR, Server

ROUNDS, SERVER_ROUNDS = 5, 2
REAL, BARE, NEW = "decision", "floor", "decision, every customer new"
FIGURES = ("requests/s", "p50 ms", "p99 ms", "µs CPU a request")
RATIOS = ("rate to the floor", "CPU to the floor", "p99 to the floor")
Runs = list[dict[str, Any]]


def measure(command: str, seconds: float) -> None:
    """Measure on SQLite and on PostgreSQL, and report."""
    report = Report("http", command)
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="http-") as name:
        folder = Path(name)
        asked = subjects(folder, report)
        report.remark(f"{CONNECTIONS} connections, load by {client()}.")
        for kind, databases in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
            try:
                with databases(folder) as fresh:
                    _against_floor(report, kind, folder, fresh, asked, seconds)
                    _servers(report, kind, folder, fresh, asked[0], seconds)
            except NotMeasured as reason:
                report.remark(f"Not measured: {kind}. {reason}")
    report.save()


def _against_floor(
    report: Report, kind: str, folder: Path, fresh: Databases, asked: list[Subject], seconds: float
) -> None:
    progress(f"{kind}: starting service and floor")
    environ, beside = fresh(), fresh()
    runs: dict[tuple[str, str], Runs] = {
        (one.policy, what): [] for one in asked for what in (REAL, BARE, NEW)
    }
    with ExitStack() as stack:
        real = stack.enter_context(Server(serving.granian(), APP, environ, folder / "real.log"))
        warm = {one.policy: real.warm(one.path, one.usual, CUSTOMERS) for one in asked}
        sample = samples(environ, {policy: found["answer_bytes"] for policy, found in warm.items()})
        beside["BENCH_SAMPLES"] = str(folder / "samples.json")
        (folder / "samples.json").write_text(json.dumps(sample))
        bare = stack.enter_context(Server(serving.granian(), FLOOR, beside, folder / "floor.log"))
        for one in asked:
            bare.warm(one.path, one.usual, CUSTOMERS)
        for number in range(ROUNDS):
            for one in asked:
                progress(f"{kind}, round {number + 1} of {ROUNDS}: {one.policy}")
                pair = [(REAL, real), (BARE, bare)]
                for what, server in pair if number % 2 else reversed(pair):
                    runs[one.policy, what].append(server.under(one.path, one.usual, seconds))
        for one in asked:
            progress(f"{kind}: {one.policy}, {NEW}")
            runs[one.policy, NEW].append(real.under(one.path, one.new, seconds))
    progress("")
    _tell(report, kind, runs, sample)


def _tell(report: Report, kind: str, runs: Mapping[tuple[str, str], Runs], sample: Mapping[str, Any]) -> None:
    rows, reached = [], []
    for policy, one in sample.items():
        floors, reals = runs[policy, BARE], runs[policy, REAL]
        rate = median(a["rate"] / b["rate"] for a, b in zip(reals, floors, strict=True))
        late = median(a["p99_ms"] / b["p99_ms"] for a, b in zip(reals, floors, strict=True))
        cpu = median(a["cpu_us"] / b["cpu_us"] for a, b in zip(reals, floors, strict=True))
        size = f"{one['row_bytes']:,} B stored, {one['answer_bytes']:,} B answered"
        rows.append(
            [f"{policy}: {REAL} ({size})", *_figures(reals), f"{rate:.2f}", f"{cpu:.2f}", f"{late:.2f}"]
        )
        rows.append([f"{policy}: {BARE}", *_figures(floors), "1", "1", "1"])
        rows.append([f"{policy}: {NEW}", *_figures(runs[policy, NEW]), "", "", ""])
        reached.append((f"{kind}, {policy}", rate, late))
    foreign = median(one["foreign_cores"] for some in runs.values() for one in some)
    title = (
        f"{kind}, every commit on disk, granian 1 x 16; other processes used {foreign:.2f} cores meanwhile"
    )
    report.table(title, ["policy", *FIGURES, *RATIOS], rows)
    for what, rate, late in reached:
        report.target(f"{what}: requests/s to the floor", rate, 0.6)
        report.target(f"{what}: p99 to the floor", late, 2, at_most=True)
    report.remark("")
    report.keep(kind, {f"{policy}: {what}": some for (policy, what), some in runs.items()})


def _figures(runs: Runs) -> list[str]:
    rate, cpu = middle(runs, "rate"), middle(runs, "cpu_us")
    return [f"{rate:,.0f}", f"{middle(runs, 'p50_ms'):.1f}", f"{middle(runs, 'p99_ms'):.1f}", f"{cpu:,.0f}"]


def _servers(report: Report, kind: str, folder: Path, fresh: Databases, one: Subject, seconds: float) -> None:
    """The same decisions under other servers; two processes may not write to one SQLite file."""
    try:
        peers.install("gunicorn==27.0.1", "waitress==3.0.2", "packaging")
    except NotMeasured as reason:
        report.remark(f"Not measured: other servers. {reason}")
        return
    commands = {
        "granian, 1 x 16": serving.granian(),
        "gunicorn gthread, 1 x 16": serving.gunicorn(1, 16),
        "waitress, 1 x 16": serving.waitress(16),
    }
    if kind == "PostgreSQL":
        commands["gunicorn gthread, 2 x 8"] = serving.gunicorn(2, 8)
    progress(f"{kind}: starting {len(commands)} servers")
    runs: dict[str, Runs] = {name: [] for name in commands}
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(Server(command, APP, fresh(), folder / f"server-{number}.log"))
            for number, (name, command) in enumerate(commands.items())
        }
        for server in servers.values():
            server.warm(one.path, one.usual, CUSTOMERS)
        for number in range(SERVER_ROUNDS):
            for name, server in servers.items():
                progress(f"{kind}, server round {number + 1} of {SERVER_ROUNDS}: {name}")
                runs[name].append(server.under(one.path, one.usual, seconds))
    progress("")
    rows = [[name, *_figures(some)] for name, some in runs.items()]
    report.table(f"{kind}: {one.policy} under other servers", ["server", *FIGURES], rows)
    report.keep(f"{kind}, servers", runs)
