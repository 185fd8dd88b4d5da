"""Rows a second of an import into the customer file: ``python -m tests.bench.customer_file [--customers N]``

A row is one customer with seven facts; parsing is part of it, and the second time nothing changes. Times are
those of ``tests.bench.receivables``.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import postgresql
from tests.bench.books import import_file, opened, write_file
from tests.bench.portfolio import DAY
from tests.bench.receivables import timed


def main() -> None:
    """Measure on both databases; PostgreSQL where one is installed."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.customer_file", description=__doc__)
    arguments.add_argument("--customers", type=int, default=100_000)
    given = arguments.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_file(folder / "file.csv", given.customers)
        _measured("SQLite", f"sqlite:///{folder}/termwise.db", folder)
        binaries = postgresql.binaries()
        if binaries is not None:
            with postgresql.running(binaries, wait_for_disk=True) as server:
                server.run("CREATE DATABASE portfolio")
                _measured("PostgreSQL", server.url("portfolio"), folder)


def _measured(database: str, url: str, folder: Path) -> None:
    with opened(folder / database, url) as services:
        services.publishing.synchronise(services.settings.rulesets, "bench", bootstrap=True)
        for what in ("customers", "the same again"):
            timed(f"{database}: import {what}", partial(import_file, services, folder / "file.csv", DAY))


if __name__ == "__main__":
    main()
