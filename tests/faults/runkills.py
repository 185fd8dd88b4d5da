"""Imports and runs, killed at random moments and given again: ``python -m tests.faults.runkills [--kills N]``

On each database a customer file, invoices and payments are imported, then collections and reviews run, each
in a process of its own that is killed (SIGKILL) at a random moment and started again, until it comes to its
end. Days follow until there were enough kills. Then everything is compared with what the same work comes to
where nobody kills: nothing may be there twice, and nothing may be missing. Loopback only; what is killed are
processes that this one started, by their id.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Timer
from time import monotonic
from typing import Any

from app.domain.receivables.documents import DocumentKind
from app.services.assembly import Services
from app.services.recording import Wanted
from tests import postgresql
from tests.bench.books import import_documents, import_file, opened, write_file
from tests.bench.portfolio import DAY, write

BEGUN = "begun"
RUNS = ("collections", "reviews")
FIRST, INVOICES = DAY - timedelta(days=20), 4
AT_MOST = 8
"""One of so many kills at most falls to one step."""
LONGEST = 120.0
"""Seconds after which a process is given up, which fails the campaign."""


@dataclass
class Killed:
    """What a campaign did on one database, and what of it is wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    days: int = 0
    faults: list[str] = field(default_factory=list)


def campaign(
    folder: Path,
    url: str,
    other: str,
    kills: int,
    customers: int,
    chance: Random,
    steps: Sequence[str] = (),
) -> Killed:
    """Kill so often on the database ``url``, and compare with ``other``, where nobody kills."""
    found = Killed()
    source = folder / "source"
    write(source, customers, customers * INVOICES)
    write_file(source / "file.csv", customers)
    for home, address in ((folder / "killed", url), (folder / "other", other)):
        with opened(home, address) as services:
            services.publishing.synchronise(services.settings.rulesets, "campaign", bootstrap=True)
    for step in steps or _steps(kills):
        if sum(found.kills.values()) >= kills and step.startswith(RUNS):
            break
        began = monotonic()
        with opened(folder / "other", other) as services:
            _do(step, services, source)
        took = monotonic() - began
        found.days += step.startswith(RUNS[0])
        for _ in range(max(1, kills // AT_MOST)):
            if sum(found.kills.values()) < kills:
                after = chance.random() * took
                found.kills[step.split(":")[0]] += _child(folder / "killed", url, source, step, after)
        _child(folder / "killed", url, source, step, None)
    with opened(folder / "killed", url) as services, opened(folder / "other", other) as undisturbed:
        found.faults += _compared(services, undisturbed)
    return found


def _steps(kills: int) -> Iterator[str]:
    yield from ("file", "invoice", "payment")
    for day in range(min(20, 1 + kills)):
        for run in RUNS:
            yield f"{run}:{FIRST + timedelta(days=day)}"


def _child(home: Path, url: str, source: Path, step: str, kill_after: float | None) -> bool:
    """Whether a process that does a step was killed, so many seconds after it began to do it."""
    words = [sys.executable, "-m", "tests.faults.runkills", "--step", step, str(home), url, str(source)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        given_up = Timer(LONGEST, process.kill)
        given_up.start()
        assert process.stdout is not None
        begun = process.stdout.readline().strip()
        if kill_after is not None and begun == BEGUN:
            timer = Timer(kill_after, process.kill)
            timer.start()
            process.wait()
            timer.cancel()
        process.wait()
        given_up.cancel()
    if process.returncode not in (0, -9) or (kill_after is None and process.returncode):
        raise AssertionError(f"{step} ended with {process.returncode} after {begun!r}")
    return process.returncode == -9


def _do(step: str, services: Services, source: Path) -> None:
    """One step."""
    name, _, day = step.partition(":")
    if name == "file":
        import_file(services, source / "file.csv", FIRST)
    elif name in RUNS:
        run = services.runs.begin(name, date.fromisoformat(day), by=None)
        services.runs.go(run, 1, lambda done, total: None, lambda: False)
    else:
        import_documents(services, source / f"{name}s.csv", DocumentKind(name), FIRST)


def _compared(killed: Services, other: Services) -> Iterator[str]:
    """What differs between the two."""
    for what, mine, yours in zip(("file", "receivables", "runs"), _all(killed), _all(other), strict=True):
        for key in sorted({*mine, *yours}, key=repr):
            if mine.get(key) != yours.get(key):
                yield f"{what}: {key}: {mine.get(key)} where nobody kills gives {yours.get(key)}"
    decided, decisions = 0, 0
    for run in killed.runs.stored.page(None, None, 200):
        if run.finished_at is None:
            yield f"run {run.name} {run.as_of} has no end"
        decided += run.counts.get("decided", 0)
    after = None
    while True:
        page = killed.recorder.search(Wanted(), after=after, limit=1_000)
        decisions += len(page.decisions)
        after = page.next
        if after is None:
            break
    if decided != decisions:
        yield f"{decided} items were decided, and the log has {decisions} decisions"


def _all(services: Services) -> tuple[Mapping[Any, Any], ...]:
    """The file, the receivables and the items of runs, each by what makes it one."""
    filed = {
        (name, fact): (one.value, one.as_of)
        for name in services.store.portfolio.filed()
        for fact, one in services.store.customers.held(name, date.max).items()
    }
    filings = Counter(
        (one.customer, one.as_of, one.source)
        for name in services.store.portfolio.filed()
        for one in services.store.customers.filings(name, date.max)
    )
    documents = {
        (one.kind, one.number): one
        for _, some in services.store.receivables.customers(date(9999, 12, 30))
        for one in some
    }
    runs: dict[Any, Any] = {}
    for run in services.runs.stored.page(None, None, 200):
        runs[run.name, run.as_of] = dict(run.counts)
        for one in services.store.runs.work(run, None, None, 1_000_000):
            runs[run.name, run.as_of, one.reference] = (one.outcome, dict(one.told), one.owner)
    return {**filed, **filings}, documents, runs


def main() -> None:
    """Kill on both databases, PostgreSQL where one is installed; exit 1 where anything is wrong."""
    arguments = argparse.ArgumentParser(prog="python -m tests.faults.runkills", description=__doc__)
    arguments.add_argument("--kills", type=int, default=100, help="on both databases together")
    arguments.add_argument("--customers", type=int, default=250)
    arguments.add_argument("--seed", type=int, default=20261122)
    arguments.add_argument("--step", nargs=4, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.step:
        step, home, url, source = given.step
        with opened(Path(home), url) as services:
            print(BEGUN, flush=True)
            _do(step, services, Path(source))
        return
    wrong = 0
    with TemporaryDirectory() as name:
        for database, url, other in _databases(Path(name)):
            began = monotonic()
            chance = Random(f"{given.seed} {database}")
            found = campaign(Path(name) / database, url, other, given.kills // 2, given.customers, chance)
            total, seconds = sum(found.kills.values()), monotonic() - began
            print(f"{database}: {total} kills in {seconds:.0f} s {dict(found.kills)},")
            print(f"  {found.days} days of runs, {len(found.faults)} faults", flush=True)
            for fault in found.faults[:20]:
                print(f"  {fault}")
            wrong += len(found.faults)
    sys.exit(bool(wrong))


def _databases(folder: Path) -> Iterator[tuple[str, str, str]]:
    for name in ("SQLite", "PostgreSQL"):
        (folder / name).mkdir()
    yield "SQLite", f"sqlite:///{folder}/SQLite/killed.db", f"sqlite:///{folder}/SQLite/other.db"
    binaries = postgresql.binaries()
    if binaries is not None:
        with postgresql.running(binaries, wait_for_disk=True) as server:
            for name in ("killed", "other"):
                server.run(f"CREATE DATABASE {name}")
            yield "PostgreSQL", server.url("killed"), server.url("other")


if __name__ == "__main__":
    main()
