"""Full runs over generated portfolios: ``python -m tests.bench.runs [--customers N ...]``

For each size everything is imported, a limit and dates are filed for every customer, and then collections
and reviews run once with all decisions recorded. Printed are the times, decisions a second, the time of the
processor in all processes, and the largest sum of their memory; with two sizes, the exponent of growth.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.domain.receivables.documents import DocumentKind
from app.services.services import Services
from tests import postgresql
from tests.bench.books import import_documents, import_file, opened, write_file
from tests.bench.portfolio import DAY, write

RUNS = ("collections", "reviews")


def main() -> None:
    """Measure each size after the other."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.runs", description=__doc__)
    arguments.add_argument("--customers", type=int, nargs="+", default=[500, 2000])
    arguments.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = arguments.parse_args()
    found: dict[str, list[float]] = {name: [] for name in RUNS}
    for customers in given.customers:
        with TemporaryDirectory() as name, _database(given.database, Path(name)) as url:
            for run, passed in _measured(Path(name), url, customers, given.processes):
                found[run].append(passed)
    if len(given.customers) > 1:
        grown = math.log(given.customers[-1] / given.customers[0])
        for run, seconds in found.items():
            print(f"{run}: grows with exponent {math.log(seconds[-1] / seconds[0]) / grown:.2f}")


def _measured(folder: Path, url: str, customers: int, processes: int) -> Iterator[tuple[str, float]]:
    with opened(folder, url) as services:
        _fill(services, folder, customers)
        for name in RUNS:
            run = services.runs.begin(name, DAY, by=None)
            began, used = time.perf_counter(), _used()
            before = sum(map(_held, _tree(os.getpid())))
            with _memory() as most:
                run = services.runs.go(run, processes, lambda done, total: None, lambda: False)
            seconds = time.perf_counter() - began
            decided = run.counts.get("decided", 0)
            print(
                f"{customers:7,} customers: {name:12} {decided:8,} decided of {run.counts['looked_at']:8,} in"
                f" {seconds:6.1f} s, {decided / seconds:6,.0f}/s, processor {_used() - used:6.1f} s,"
                f" memory {before:,.0f} to {most[0]:,.0f} MiB, load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
            yield name, seconds


def _fill(services: Services, folder: Path, customers: int) -> None:
    services.publishing.synchronise(services.settings.rulesets, "bench", bootstrap=True)
    write(folder, customers, 20 * customers)
    for kind in (DocumentKind.INVOICE, DocumentKind.PAYMENT):
        import_documents(services, folder / f"{kind}s.csv", kind, DAY)
    write_file(folder / "file.csv", customers)
    import_file(services, folder / "file.csv", DAY)


@contextmanager
def _memory() -> Iterator[list[float]]:
    """The largest sum of what this process and its children held (MiB), looked at ten times a second."""
    most, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            most[0] = max(most[0], sum(map(_held, _tree(os.getpid()))))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def _tree(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children")
    found = [process]
    if children.exists():
        for child in children.read_text().split():
            found += _tree(int(child))
    return found


def _held(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _used() -> float:
    own, children = (resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in (own, children))


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/termwise.db"
        return
    binaries = postgresql.binaries()
    assert binaries is not None, "no PostgreSQL server is installed"
    with postgresql.running(binaries, wait_for_disk=True) as server:
        server.run("CREATE DATABASE portfolio")
        yield server.url("portfolio")


if __name__ == "__main__":
    main()
