"""The campaign of restarts: ``python -m tests.faults.kills.restarts --restarts 20``.

PostgreSQL, a cluster of the campaign's own, is restarted at once (``pg_ctl restart -m immediate``) while
clients ask. No connection to the service may break: until the database is back everybody gets a 503 that says
when to come back, then decisions again, without anybody's help. Nothing acknowledged is lost or doubled.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from app.settings import SHIPPED_RULESETS
from app.store.tree import Tree
from tests import postgresql
from tests.faults.kills.campaign import Found, percentile, under_load
from tests.faults.kills.checking import Checker
from tests.faults.kills.clients import Clients
from tests.faults.kills.service import serving

DATABASE = "PostgreSQL"
LEAST_BREATH, MOST_BREATH = 0.5, 2.0


def main() -> None:
    """Run it and print a line; exit code 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    binaries = postgresql.binaries()
    if binaries is None:
        sys.exit(f"no PostgreSQL server under {postgresql.WHERE}: apt-get install postgresql")
    with (
        tempfile.TemporaryDirectory() as folder,
        postgresql.running(binaries, wait_for_disk=True) as database,
    ):
        found = campaign(Path(folder), SHIPPED_RULESETS, database, given.restarts, given.seed)
    seconds = found.ready[DATABASE]
    print(
        f"{given.restarts} restarts of {DATABASE}: {found.acknowledged:,} acknowledged, {found.lost} lost,"
        f" {found.doubled} doubled, {found.incomplete} incomplete, {found.busy:,} times 503; decides again"
        f" p50 {percentile(seconds, 0.5):.2f} s, max {max(seconds):.2f} s after the database is back"
    )
    for fault in found.faults:
        print(f"FAILED: {fault}")
    sys.exit(1 if found.faults else 0)


def campaign(
    folder: Path, rulesets: Path, database: postgresql.Server, restarts: int, seed: int = 1
) -> Found:
    """Restart ``database`` so many times under load."""
    found, chance = Found(), Random(seed)

    def strike(clients: Clients, checker: Checker, tree: Tree) -> None:
        for _ in range(restarts):
            time.sleep(chance.uniform(LEAST_BREATH, MOST_BREATH))
            database.restart_at_once()
            back = time.perf_counter()
            found.note(DATABASE, clients.acknowledged_after(back) - back)
            checker.go_on()

    with serving(folder, rulesets, database.url("postgres")) as service:
        under_load(service, found, strike, seed, may_break=False)
    if not found.busy:
        found.faults.append("nobody was ever told that the database is away: the load was too light")
    return found


if __name__ == "__main__":
    main()
