"""The hostile campaign: ``python -m tests.web.hostile --requests 100000``.

A real server, on loopback only, gets random and mutated requests from several threads.
No answer may be a 5xx other than an honest 503, the worker must live, and afterwards
every decision that was acknowledged must be in the store whole, and replay identically.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgresql
from tests.web.hostile.campaign import campaign


def main() -> None:
    """Run a campaign and print what happened; exit code 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="record in a private PostgreSQL")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, _database(given.postgres) as url:
        fight, stored, memory = campaign(Path(folder), given.requests, given.seconds, given.seed, url)
        took = time.monotonic() - began
        sent, statuses = sum(fight.statuses.values()), dict(sorted(fight.statuses.items()))
        print(f"{sent:,} requests in {took:,.0f} s: {statuses}")
        print(f"{len(fight.acknowledged):,} decisions acknowledged, {stored:,} stored; worker {memory}")
        for failure in fight.failures[:20]:
            print(f"FAILED: {failure}")
        if fight.failures:
            print((Path(folder) / "server.log").read_text("utf-8", "replace")[-5000:])
    sys.exit(1 if fight.failures else 0)


@contextmanager
def _database(on_postgres: bool) -> Iterator[str | None]:
    """The address of an empty PostgreSQL database; None for SQLite."""
    if not on_postgres:
        yield None
        return
    binaries = postgresql.binaries()
    if binaries is None:
        sys.exit(f"no PostgreSQL server under {postgresql.WHERE}: apt-get install postgresql")
    with postgresql.running(binaries) as database:
        yield database.url("postgres")


if __name__ == "__main__":
    main()
