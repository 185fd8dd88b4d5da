"""Decisions over HTTP, each durable before its answer, against a floor that stores as much and decides nothing.

Real service and floor run side by side under the same server, each over a database of its own, and are
loaded in turn for short rounds; what is compared are the medians. Then the same service under other servers.
"""

from __future__ import annotations

import json
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from app.domain.sealed import DecisionFilter, StoredDecision
from app.services.assembly import open_services
from app.settings import Settings
from app.store.columns import words_text
from app.store.store import Store
from tests import postgresql
from tests.bench import peers, serving
from tests.bench.bodies import CUSTOMERS, Subject, subjects
from tests.bench.load import CONNECTIONS, client, send
from tests.bench.machine import WORK, NotMeasured
from tests.bench.report import Report, middle, progress
from tests.bench.serving import APP, FLOOR, Server

ROUNDS, SERVER_ROUNDS = 5, 2
Runs = list[dict[str, Any]]
REAL, BARE, NEW = "decision", "floor", "decision, every customer new"
_ENTRY_FIXED = 16 + 24 + 16  # id, time and key of an entry
_DECISION_FIXED = 16 + 10 + 24 + 3 * 16  # id, day, time and hashes of a decision


class Databases(Protocol):
    """Gives the environment of a service over an empty database of its own."""

    def __call__(self) -> dict[str, str]: ...


def measure(command: str, seconds: float) -> None:
    """Measure on SQLite and on PostgreSQL, and report."""
    report = Report("http", command)
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="http-") as name:
        folder = Path(name)
        asked = subjects(folder, report)
        report.remark(f"{CONNECTIONS} connections, load by {client()}, one server process unless said otherwise.")
        for kind, databases in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
            try:
                with databases(folder) as fresh:
                    _against_floor(report, kind, folder, fresh, asked, seconds)
                    _servers(report, kind, folder, fresh, asked[0], seconds)
            except NotMeasured as reason:
                report.remark(f"Not measured: {kind}. {reason}")
    report.save()


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Databases]:
    """SQLite files below ``folder``, which is on the disk that the repository is on."""
    numbers = count()

    def fresh() -> dict[str, str]:
        place = folder / f"sqlite-{next(numbers)}"
        place.mkdir()
        return _environ(folder, f"sqlite:///{place}/termwise.db", f"sqlite:///{place}/keys.db")

    yield fresh


@contextmanager
def on_postgresql(folder: Path) -> Iterator[Databases]:
    """A private PostgreSQL that waits for its disk; raises ``NotMeasured`` where there is none."""
    binaries = postgresql.binaries()
    if binaries is None:
        raise NotMeasured(f"no server under {postgresql.WHERE}: apt-get install postgresql")
    numbers = count()
    with postgresql.running(binaries, wait_for_disk=True) as server:

        def fresh() -> dict[str, str]:
            log, keys = (f"{what}_{next(numbers)}" for what in ("log", "keys"))
            server.run(f"CREATE DATABASE {log}", f"CREATE DATABASE {keys}")
            return _environ(folder, server.url(log), server.url(keys))

        yield fresh


def _environ(folder: Path, url: str, keys_url: str) -> dict[str, str]:
    environ = {
        "TERMWISE_DATABASE_URL": url,
        "TERMWISE_KEYS_URL": keys_url,
        "TERMWISE_MASTER_KEY_FILE": str(folder / "master.key"),
        "TERMWISE_RULESETS": str(folder / "rulesets"),
    }
    settings = Settings.from_env(environ)
    with open_services(settings, migrate=True) as services:
        services.publishing.synchronise(settings.rulesets, "bench", bootstrap=True)
    return environ


def _against_floor(
    report: Report, kind: str, folder: Path, fresh: Databases, asked: list[Subject], seconds: float
) -> None:
    environ = fresh()
    runs: dict[tuple[str, str], Runs] = {(one.policy, what): [] for one in asked for what in (REAL, BARE, NEW)}
    with ExitStack() as stack:
        real = stack.enter_context(Server(serving.granian(), APP, environ, folder / "real.log"))
        warm = {one.policy: send(real.port, one.path, one.usual, requests=CUSTOMERS) for one in asked}
        samples = folder / f"samples-{kind}.json"
        samples.write_text(json.dumps(_samples(environ, warm)))
        beside = {**fresh(), "BENCH_SAMPLES": str(samples)}
        bare = stack.enter_context(Server(serving.granian(), FLOOR, beside, folder / "floor.log"))
        for one in asked:
            send(bare.port, one.path, one.usual, requests=CUSTOMERS)
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
    _tell(report, kind, runs, json.loads(samples.read_text()))


def _samples(environ: Mapping[str, str], warm: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One real entry of middling size for each policy, lengthened by the rest of the rows of its decision."""
    settings = Settings.from_env(environ)
    found = {}
    with Store.open(settings.database_url, settings.keys_url, writing=False) as store:
        for policy, load in warm.items():
            page = store.decisions.search(DecisionFilter(policy=policy), limit=CUSTOMERS).decisions
            one = sorted(page, key=row_bytes)[len(page) // 2]
            more = row_bytes(one) - _ENTRY_FIXED - len("decision") - len(one.entry.leaf) - len(one.entry.sealed)
            found[policy] = {
                "leaf": b64encode(one.entry.leaf).decode(),
                "sealed": b64encode(one.entry.sealed + one.entry.sealed[:more]).decode(),
                "row_bytes": row_bytes(one),
                "answer_bytes": round(load["answer_bytes"]),
            }
    return found


def row_bytes(one: StoredDecision) -> int:
    """The bytes of both rows of a decision, entry and index."""
    entry, index = one.entry, one.index
    words = (index.policy, index.version, index.digest, index.outcome, index.outcome_kind)
    lists = len(words_text(index.reasons)) + len(words_text(index.rules))
    whole = len(entry.kind) + len(entry.leaf) + len(entry.sealed) + sum(map(len, words)) + lists
    return whole + _ENTRY_FIXED + _DECISION_FIXED


def _tell(report: Report, kind: str, runs: dict[tuple[str, str], Runs], samples: Mapping[str, Any]) -> None:
    heads = ["policy", "requests/s", "p50 ms", "p99 ms", "µs CPU a request", "to the floor", "p99 to the floor"]
    rows, reached = [], []
    for policy, sample in samples.items():
        floors, reals = runs[policy, BARE], runs[policy, REAL]
        rate = median(a["rate"] / b["rate"] for a, b in zip(reals, floors, strict=True))
        late = middle(reals, "p99_ms") / middle(floors, "p99_ms")
        note = f" ({sample['row_bytes']:,} B stored, {sample['answer_bytes']:,} B answered)"
        rows.append([f"{policy}: {REAL}{note}", *_figures(reals), f"{rate:.2f}", f"{late:.2f}"])
        rows.append([f"{policy}: {BARE}", *_figures(floors), "1", "1"])
        rows.append([f"{policy}: {NEW}", *_figures(runs[policy, NEW]), "", ""])
        reached += [(f"{kind}, {policy}", rate, late)]
    foreign = median(one["foreign_cores"] for some in runs.values() for one in some)
    report.table(f"{kind}, synchronous, granian 1 x 16 (others used {foreign:.2f} cores meanwhile)", heads, rows)
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
        "granian, 1 process, 16 threads": serving.granian(),
        "gunicorn gthread, 1 x 16": serving.gunicorn(1, 16),
        "waitress, 1 x 16": serving.waitress(16),
    }
    if kind == "PostgreSQL":
        commands["gunicorn gthread, 2 x 8"] = serving.gunicorn(2, 8)
    runs: dict[str, Runs] = {name: [] for name in commands}
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(Server(command, APP, fresh(), folder / f"server-{number}.log"))
            for number, (name, command) in enumerate(commands.items())
        }
        for server in servers.values():
            send(server.port, one.path, one.usual, requests=CUSTOMERS)
        for number in range(SERVER_ROUNDS):
            for name, server in servers.items():
                progress(f"{kind}, server round {number + 1} of {SERVER_ROUNDS}: {name}")
                runs[name].append(server.under(one.path, one.usual, seconds))
    progress("")
    heads = ["server", "requests/s", "p50 ms", "p99 ms", "µs CPU a request"]
    report.table(f"{kind}: {one.policy} under other servers", heads, [[name, *_figures(some)] for name, some in runs.items()])
    report.keep(f"{kind}, servers", runs)
