"""Rows a second of an import, and of measuring every customer: ``python -m tests.bench.receivables``

Parsing is part of the import; one customer has 20 invoices, as in the full portfolio. Times are seconds
that passed, and seconds of this process's processor: on a shared machine only the second are its own. On
PostgreSQL the database's own work is not among the second. The full run is ``--invoices 2000000``.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from app.domain.receivables.documents import DocumentKind
from app.services.assembly import Services
from tests import postgresql
from tests.bench.books import import_documents, opened
from tests.bench.portfolio import DAY, write


def main() -> None:
    """Measure on both databases; PostgreSQL where one is installed."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.receivables", description=__doc__)
    arguments.add_argument("--invoices", type=int, default=200_000)
    given = arguments.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, max(given.invoices // 20, 1), given.invoices)
        _measured("SQLite", f"sqlite:///{folder}/termwise.db", folder)
        binaries = postgresql.binaries()
        if binaries is not None:
            with postgresql.running(binaries, wait_for_disk=True) as server:
                server.run("CREATE DATABASE portfolio")
                _measured("PostgreSQL", server.url("portfolio"), folder)


def _measured(database: str, url: str, folder: Path) -> None:
    with opened(folder / database, url) as services:
        for kind in (DocumentKind.INVOICE, DocumentKind.PAYMENT):
            timed(
                f"{database}: import {kind}s",
                partial(import_documents, services, folder / f"{kind}s.csv", kind, DAY),
            )
        for only_open in (False, True):
            what = "customers with open invoices" if only_open else "all customers"

            def measure(only_open: bool = only_open) -> int:
                found = services.receivables.measuring.all(
                    DAY, only_open=only_open, held=lambda _customer, _day: {}
                )
                return sum(1 for _ in found)

            timed(f"{database}: measure {what}", measure)
        timed(f"{database}: work out the figures of all customers", partial(_totals, services))


def _totals(services: Services) -> int:
    return services.receivables.reporting.report(DAY).customers


def timed(what: str, work: Callable[[], int]) -> None:
    """Print how many a second ``work`` did, and on what."""
    began, used = time.perf_counter(), time.process_time()
    number = work()
    passed, busy = time.perf_counter() - began, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{what:52} {number:9,} in {passed:7.1f} s, {number / passed:9,.0f}/s;"
        f" processor {busy:7.1f} s, {number / busy:9,.0f}/s; {memory} MiB; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
