"""What the proving log costs and takes: ``python -m tests.bench.ledger [--entries N]``.

Makes a log of so many decisions of usual size on SQLite, and times: recording with and without the row that
waits for a place, a receipt, giving places, and verifying the database and an export by all processors.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

from app.domain.sealed import Entry, SealedRecording
from app.ledger import signing
from app.ledger.leaf import leaf_bytes, leaf_hash
from app.ledger.outside import Outside
from app.ledger.receipt import receipt
from app.services.log.exporting import entry_line
from app.services.log.sequencing import Sequencer
from app.services.log.verifying import Evidence, evidence_at, verify_database, verify_export
from app.store.store import Store
from tests.recordings import NOON, ORIGIN, ids, indexed

RULES = tuple(f"scorecard/characteristic-band-{number:02d}" for number in range(20))
SEALED_BYTES = 2_500
TEXT = b"language: 1\n"
DIGEST = f"sha256:{sha256(TEXT).hexdigest()}"
INDEX = indexed(policy="some-policy", version="1.0.0", digest=DIGEST, outcome="approve", rules=RULES)
CLEAR = {
    "policy": "some-policy",
    "version": "1.0.0",
    "digest": DIGEST,
    "as_of": "2026-11-21",
    "outcome": "approve",
    "held": list(RULES),
    "effective": list(RULES[:5]),
    "role": "sales",
    "actor": INDEX.requester.hex(),
}


def recording() -> SealedRecording:
    """One decision of usual size, whose leaf is a real one."""
    id, sealed = ids.new(), secrets.token_bytes(SEALED_BYTES)
    leaf = leaf_bytes(
        origin=ORIGIN,
        id=id,
        kind="decision",
        at=NOON,
        clear=CLEAR,
        engine="termwise 0",
        not_held=200,
        sealed=sealed,
    )
    return SealedRecording(Entry(id, "decision", NOON, leaf, sealed, id), INDEX)


@contextmanager
def timed(what: str, count: int = 1) -> Iterator[None]:
    """Print how long something takes, and how long for each of ``count``."""
    began, cpu = time.perf_counter(), sum(os.times()[:4])
    yield
    took, spent = time.perf_counter() - began, sum(os.times()[:4]) - cpu
    each = f"{1e6 * took / count:8.1f} us each, cpu {1e6 * spent / count:8.1f} us" if count > 1 else ""
    print(f"{what:44} {took:8.2f} s {each}", flush=True)


def fill(store: Store, entries: int) -> None:
    """Record so many decisions, a few thousand at a time."""
    with timed(f"recording {entries:,}", entries):
        for start in range(0, entries, 5_000):
            made = [recording() for _ in range(min(5_000, entries - start))]
            assert not any(store.record_many(made))


def main() -> None:
    """Make, place, export, verify."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--entries", type=int, default=1_000_000)
    entries = arguments.parse_args().entries
    with tempfile.TemporaryDirectory(prefix="termwise-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/termwise.db"
        key, outside = signing.make(folder / "signing.key", ORIGIN), Outside(folder / "checkpoints")
        hash = leaf_hash(b"leaf")
        with timed("receipts, 10,000", 10_000):
            for _ in range(10_000):
                receipt(hash, key)
        Store.migrate(url, f"sqlite:///{folder}/keys.db")
        with Store.open(url, f"sqlite:///{folder}/keys.db", writing=True) as store:
            fill(store, entries)
            sequencer = Sequencer(store.tree, outside, lambda: key, holder="bench", now=lambda: NOON)
            with timed("giving places", entries):
                assert sequencer.drain() == entries
            export = folder / "export.ndjson"
            with timed("exporting", entries), export.open("wb") as file:
                for start in ({"export": 1, "log": ORIGIN}, {"ruleset": DIGEST, "text": TEXT.hex()}):
                    file.write(json.dumps(start, separators=(",", ":")).encode() + b"\n")
                file.writelines(map(entry_line, store.tree.placed(0, entries)))
                note = {"checkpoint": store.tree.head().note}
                file.write(json.dumps(note, separators=(",", ":")).encode() + b"\n")
            line, files = evidence_at(outside.folder)
            evidence = Evidence.of(line or "", files)

            def database(told: Callable[[float], object]) -> int:
                return verify_database(store, url, ORIGIN, evidence, told).size

            judges: dict[str, Callable[[Callable[[float], object]], object]] = {
                "verifying the database": database,
                "verifying the export": partial(verify_export, export, evidence),
            }
            print(f"{export.stat().st_size / entries:,.0f} bytes a line, {os.cpu_count()} processors")
            for what, judge in judges.items():
                with timed(what, entries):
                    assert judge(lambda share: None) == entries


if __name__ == "__main__":
    main()
