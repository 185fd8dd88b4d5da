"""More than can be done: what the service still does of it, and whether it is itself again right afterwards.

The peak is the rate of 16 connections that each ask again as soon as they have an answer. Then requests come
at twice and at ten times that rate whether or not there are answers, and after that at nine tenths of it.
What counts is a decision within two seconds of when its request was due. The same without admission shows
what this measurement says of a service that lets everything in.
"""

from __future__ import annotations

import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from werkzeug.test import EnvironBuilder

from app.settings.rooms import USUAL, Room
from app.web import headers
from app.web.admission import Admission
from app.web.places import Places
from tests.bench import serving
from tests.bench.arrivals import Phase
from tests.bench.bodies import CUSTOMERS, Subject, subjects
from tests.bench.databases import Databases, on_postgresql, on_sqlite
from tests.bench.machine import KEY, WORK, NotMeasured, memory, run_json
from tests.bench.report import Report, progress
from tests.bench.sequencer import sequencer
from tests.bench.serving import APP, UNADMITTED, Command, Server

DEADLINE = 2.0
WANTED = {2: 0.85, 10: 0.40}
"""At so many times the peak, which share of it must still be done."""
CALM = 0.9
AGAIN = 0.9
ROUNDS = 2
CONNECTIONS = 1000
Runs = dict[int, list[dict[str, Any]]]
_THREADS_BEFORE = 16
_LOOK_SECONDS = 0.25
HEADS = (
    "",
    "peak /s",
    "came /s",
    "in time /s",
    "of the peak",
    "503",
    "no answer",
    "p50 ms",
    "p99 ms",
    "p50 ms of a 503",
    "back after s",
    "memory MiB",
    "health ms",
)


def measure(command: str, seconds: float) -> None:
    """Measure on SQLite and on PostgreSQL, with admission and without, and report."""
    report = Report("overload", command)
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="overload-") as name:
        folder = Path(name)
        one = subjects(folder, report)[-1]
        rows: list[list[str]] = []
        found: dict[str, Runs] = {}
        for kind, databases in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
            try:
                with databases(folder) as fresh:
                    campaign = _Campaign(folder, fresh, one, seconds)
                    found[kind] = campaign.runs(kind, APP, serving.granian(), WANTED, ROUNDS)
                    rows += [_row(f"{kind}, {times} x", some) for times, some in found[kind].items()]
                    for times in WANTED:  # each with a server of its own: no backlog of one falls on the next
                        what = f"{kind}, all let in, {times} x"
                        open_door = serving.granian(_THREADS_BEFORE)
                        (bare,) = campaign.runs(what, UNADMITTED, open_door, [times], 1).values()
                        rows.append(_row(what, bare))
                        report.keep(what, bare)
            except NotMeasured as reason:
                report.remark(f"Not measured: {kind}. {reason}")
        progress("")
        report.table(f"{one.policy}; in time is within {DEADLINE:g} s of when it was due", HEADS, rows)
        for kind, runs in found.items():
            _judge(report, kind, runs)
            report.keep(kind, runs)
        report.remark("")
        report.remark(f"To turn one request away takes {_refusal_us():.0f} µs of Python. {_client(found)}")
    report.save()


class _Campaign(NamedTuple):
    folder: Path
    fresh: Databases
    one: Subject
    seconds: float

    def runs(self, what: str, app: str, command: Command, overloads: Iterable[int], rounds: int) -> Runs:
        """Rounds at each overload on one server over an empty database, by how many times the peak comes."""
        environ = self.fresh()
        found: Runs = {times: [] for times in overloads}
        with (
            Server(command, app, environ, self.folder / f"{what}.log") as server,
            sequencer(environ, self.folder / f"{what}-sequencer.log"),
        ):
            server.warm(self.one.path, self.one.usual, CUSTOMERS)
            for number in range(rounds):
                for times, some in found.items():
                    progress(f"{what}, round {number + 1} of {rounds}: {times} x")
                    some.append(_round(server, self.one, times, self.seconds))
        return found


def _round(server: Server, one: Subject, times: int, seconds: float) -> dict[str, Any]:
    """The peak, the overload with the calm after it, and the peak again."""
    peak = server.loaded(one.path, one.usual, 1.5 * seconds)["rate"]
    phases = [Phase(times * peak, 4 * seconds), Phase(CALM * peak, 3 * seconds)]
    command = [sys.executable, "-m", "tests.bench.open_loop", str(server.port), one.path, str(one.usual)]
    command += [word for phase in phases for word in ("--phase", str(phase))]
    command += ["--deadline", str(DEADLINE), "--connections", str(CONNECTIONS)]
    at_rest = memory(server.pids)
    held, health = [at_rest], [0.0]
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(run_json, command, env={KEY: server.key})
        while not sending.done():
            time.sleep(_LOOK_SECONDS)
            held.append(memory(server.pids))
            health.append(_health_ms(server.port))
        found = sending.result()
    after = server.loaded(one.path, one.usual, 1.5 * seconds)
    over, calm = found.pop("phases")
    return {
        "peak": peak,
        "peak_after": after["rate"],
        "share": over["good"] / over["seconds"] / max(peak, after["rate"]),
        "back": _back(calm["by_second"]),
        "memory": [one / 2**20 for one in (at_rest, max(held), memory(server.pids))],
        "health_ms": max(health),
        "over": over,
        "calm": calm,
        **found,
    }


def _back(by_second: list[tuple[int, int]]) -> float:
    """The first second from which on, for two of them, nine tenths of what was due was done in time."""
    done = [good >= AGAIN * due for due, good in by_second if due]
    for second, (this, following) in enumerate(pairwise(done)):
        if this and following:
            return second
    return float("inf")


def _health_ms(port: int) -> float:
    began = time.perf_counter()
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=DEADLINE).read()
    except (urllib.error.URLError, OSError):
        return float("inf")
    return 1e3 * (time.perf_counter() - began)


def _judge(report: Report, kind: str, runs: Runs) -> None:
    for times, wanted in WANTED.items():
        some = runs[times]
        what = f"{kind}, {times} x the peak"
        report.target(f"{what}: done in time, to the peak", median(one["share"] for one in some), wanted)
        other = sum(one["over"]["broken"] + sum(one["over"]["other"].values()) for one in some)
        report.target(f"{what}: neither done nor 503 with Retry-After nor silent", other, 0, at_most=True)
        back = max(one["back"] for one in some)
        report.target(f"{what}: seconds until back at the peak", back, 5, at_most=True)
    first, last = (max(most for _, most, _ in (r[n]["memory"] for r in runs.values())) for n in (0, -1))
    report.target(f"{kind}: memory in the last round to the first", last / first, 1.1, at_most=True)


def _client(found: Mapping[str, Runs]) -> str:
    every = [one for runs in found.values() for some in runs.values() for one in some]
    if not every:
        return ""
    cores = max(one["client_cores"] for one in every)
    behind = max(one["over"]["client_behind_p99_ms"] for one in every)
    return f"The load client took up to {cores:.2f} cores, and was at most {behind:.0f} ms late (p99)."


def _row(what: str, some: Sequence[Mapping[str, Any]]) -> list[str]:
    def over(figure: str) -> float:
        return median(float(one["over"][figure]) for one in some)

    def all_over(figure: str) -> float:
        return median(float(one[figure]) for one in some)

    at_rest, most, after = (median(one["memory"][n] for one in some) for n in range(3))
    length = some[0]["over"]["seconds"]
    return [
        what,
        f"{all_over('peak'):,.0f}",
        f"{over('due') / length:,.0f}",
        f"{over('good') / length:,.0f}",
        f"{all_over('share'):.0%}",
        f"{over('refused') / over('due'):.0%}",
        f"{over('unanswered') / over('due'):.0%}",
        f"{over('good_p50_ms'):,.0f}",
        f"{over('good_p99_ms'):,.0f}",
        f"{over('refused_p50_ms'):,.0f}",
        f"{max(one['back'] for one in some):g}".replace("inf", "not"),
        f"{at_rest:,.0f}, {most:,.0f}, {after:,.0f}",
        f"{max(one['health_ms'] for one in some):,.0f}".replace("inf", "none"),
    ]


def _refusal_us() -> float:
    """How long it takes to turn a request away, in microseconds, where nothing else runs."""
    admission = Admission(lambda *_: [], {USUAL: Places(Room(0, 0), 0.0)}, headers.fixed(behind_tls=True))
    environ = EnvironBuilder(path="/v1/policies/payment-terms/decisions", method="POST").get_environ()
    times, began = 20_000, time.perf_counter()
    for _ in range(times):
        admission(environ, lambda *_: lambda _: None)
    return 1e6 * (time.perf_counter() - began) / times
