"""How many recordings a second become durable, and how long each waits: ``python -m tests.bench.writer``.

Beside the writer stand two floors that store the same bytes: one row of one table in
SQLAlchemy Core, through the same group commit; and Core's ``executemany`` alone, by one
thread with nobody waiting. Give ``--postgres`` for PostgreSQL, which then waits for the disk.
"""

from __future__ import annotations

import argparse
import gc
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, create_engine, event, insert

from app.domain.sealed import Entry, SealedRecording
from app.store.databases import parsed, writing_engine
from app.store.group_commit import GroupCommit
from app.store.store import Store
from tests import postgresql
from tests.recordings import NOON, hashed, ids, indexed, sealed_claim

LEAF_BYTES = 2_000
SEALED_BYTES = 3_000
MOST_PER_SECOND = 9_000
RULES = tuple(f"scorecard/characteristic-band-{number:02d}" for number in range(20))
bare = Table("bare", MetaData(), Column("id", Text, primary_key=True), Column("body", LargeBinary))


LEAF, SEALED = secrets.token_bytes(LEAF_BYTES), secrets.token_bytes(SEALED_BYTES)


def recording(claimed: bool) -> SealedRecording:
    """One decision of usual size: 20 rules held, five kilobytes of leaf and sealed part."""
    id = ids.new()
    whose = secrets.token_hex(4)
    index = indexed(rules=RULES, customer=hashed(whose), reference=hashed(whose + "r"))
    entry = Entry(id, "decision", NOON, LEAF, SEALED, id)
    return SealedRecording(entry, index, sealed_claim(id.hex) if claimed else None)


def row() -> dict[str, object]:
    """The same bytes for the floor."""
    return {"id": ids.new().hex, "body": LEAF + SEALED}


def under_load(
    name: str, work: Callable[[Any], object], make: Callable[[], Any], threads: int, seconds: float
) -> None:
    """Let ``threads`` callers hand in items made beforehand; print rate and waiting times."""
    items = [make() for _ in range(int(MOST_PER_SECOND * seconds))]
    waits: list[list[float]] = [[] for _ in range(threads)]
    gc.freeze()

    def call(mine: list[float]) -> None:
        while items and (began := time.perf_counter()) < end:
            work(items.pop())
            mine.append(time.perf_counter() - began)

    callers = [threading.Thread(target=call, args=(mine,)) for mine in waits]
    cpu, began = time.process_time(), time.perf_counter()
    end = began + seconds
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    every = sorted(wait for mine in waits for wait in mine)
    report(name, len(every), took, cpu, every)


def report(name: str, count: int, took: float, cpu: float, waits: Sequence[float]) -> None:
    """One line of figures."""
    p50, p99 = (waits[int(len(waits) * share)] * 1e3 for share in (0.5, 0.99))
    spent = f"cpu {cpu / count * 1e6:4.0f} us"
    print(f"{name:44} {count / took:7.0f}/s  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  {spent}", flush=True)


def main() -> None:
    """Run every case once."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--threads", type=int, default=16)
    arguments.add_argument("--seconds", type=float, default=5.0)
    arguments.add_argument("--rounds", type=int, default=2)
    given = arguments.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="termwise-bench-"))
        url = f"sqlite:///{folder}/termwise.db"
        if given.postgres:
            binaries = postgresql.binaries()
            assert binaries is not None, "no PostgreSQL server installed"
            server = stack.enter_context(postgresql.running(binaries, wait_for_disk=True))
            server.run("CREATE DATABASE bench")
            url = server.url("bench")
        for _ in range(given.rounds):
            writer(url, f"sqlite:///{folder}/keys.db", given.threads, given.seconds)
            floors(url, given.threads, given.seconds)


def writer(url: str, keys_url: str, threads: int, seconds: float) -> None:
    """The real writer: with and without an idempotency key, and in chunks."""
    Store.migrate(url, keys_url)
    with Store.open(url, keys_url, writing=True) as store:
        under_load(f"record, {threads} threads", store.record, lambda: recording(False), threads, seconds)
        under_load(
            f"record with key, {threads} threads", store.record, lambda: recording(True), threads, seconds
        )
        under_load("record, 1 thread", store.record, lambda: recording(False), 1, seconds / 2)
        many = [recording(True) for _ in range(4000)]
        cpu, began = time.process_time(), time.perf_counter()
        outcomes = store.record_many(many)
        took = time.perf_counter() - began
        assert not any(outcomes)
        cpu = time.process_time() - cpu
        report("record_many, 4000 with keys", len(many), took, cpu, [took / len(many)])


def floors(url: str, threads: int, seconds: float) -> None:
    """One row of one table of the same bytes, in SQLAlchemy Core."""
    engine = writing_engine(parsed(url)) if url.startswith("sqlite") else create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    bare.metadata.create_all(engine)
    with engine.connect() as connection:

        def commit(rows: Sequence[dict[str, object]]) -> Sequence[None]:
            with connection.begin():
                connection.execute(insert(bare), rows)
            return [None] * len(rows)

        group = GroupCommit(commit, most_waiting=512, name="floor")
        under_load(
            f"floor: Core, 1 row, {threads} threads", lambda one: group.submit([one]), row, threads, seconds
        )
        group.close()
        under_load(
            "floor: Core executemany of 8, alone", commit, lambda: [row() for _ in range(8)], 1, seconds / 2
        )
    engine.dispose()


if __name__ == "__main__":
    main()
