"""The campaign of kills: ``python -m tests.faults.kills --kills 1000 --database both``.

A real ``termwise serve`` under load, on PostgreSQL with two of ``termwise sequencer``. At random moments one
of its processes is killed with SIGKILL: the worker, the server's main process, the supervisor (begun again at
once, as systemd would), a sequencer. Nothing that was acknowledged may be lost, doubled or incomplete, the
log must verify, and it must answer again within two seconds, 99 times of 100.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from app.settings import SHIPPED_RULESETS
from tests import postgresql
from tests.faults.kills.campaign import ON_POSTGRESQL, ON_SQLITE, Found, campaign, percentile
from tests.faults.kills.service import SEQUENCER, serving

WITHIN = 2.0
DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Run it and print a line for each database; exit code 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--seconds", type=float, default=3600, help="at most so long for each database")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    wrong = 0
    for database in DATABASES if given.database == "both" else (given.database,):
        among = ON_SQLITE if database == "sqlite" else ON_POSTGRESQL
        targets = Random(given.seed).choices(among, k=given.kills)
        with (
            tempfile.TemporaryDirectory() as folder,
            address(database) as url,
            serving(Path(folder), SHIPPED_RULESETS, url) as service,
        ):
            found = campaign(service, targets, given.seconds, given.seed)
        print(line(database, found), flush=True)
        for fault in found.faults:
            print(f"FAILED: {fault}")
        wrong += bool(found.faults) or late(found)
    sys.exit(1 if wrong else 0)


@contextmanager
def address(database: str) -> Iterator[str | None]:
    """The address of an empty PostgreSQL database that waits for its disk; None for SQLite."""
    if database == "sqlite":
        yield None
        return
    binaries = postgresql.binaries()
    if binaries is None:
        sys.exit(f"no PostgreSQL server under {postgresql.WHERE}: apt-get install postgresql")
    with postgresql.running(binaries, wait_for_disk=True) as server:
        yield server.url("postgres")


def line(database: str, found: Found) -> str:
    """What a campaign came to, in a line for the README."""
    kills = ", ".join(f"{number} {target}" for target, number in sorted(found.kills.items()))
    text = (
        f"{database}: {found.kills.total():,} kills ({kills}), {found.acknowledged:,} acknowledged,"
        f" {found.lost} lost, {found.doubled} doubled, {found.incomplete} incomplete;"
    )
    for name, seconds in (("ready", ready(found)), ("signing", found.ready.get(SEQUENCER, []))):
        if seconds:
            p50, p99 = percentile(seconds, 0.5), percentile(seconds, 0.99)
            text += f" {name} again p50 {p50:.2f} s, p99 {p99:.2f} s, max {max(seconds):.2f} s;"
    by_target = ((target, percentile(found.ready[target], 0.99)) for target in sorted(found.ready))
    return f"{text} p99 by target: {', '.join(f'{target} {p99:.2f} s' for target, p99 in by_target)}"


def ready(found: Found) -> list[float]:
    """Seconds until decisions were acknowledged again, of all kills that kept them from it."""
    return [one for target, seconds in found.ready.items() if target != SEQUENCER for one in seconds]


def late(found: Found) -> bool:
    """Whether it took longer than promised to be back."""
    return any(percentile(seconds, 0.99) > WITHIN for seconds in (ready(found),) if seconds)


if __name__ == "__main__":
    main()
