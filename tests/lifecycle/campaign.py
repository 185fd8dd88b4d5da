"""Many random sequences of the lifecycle against the model, seeded: a failing one can be played again.

Every sequence has a policy of its own in a store that many share. A text's proof does
not depend on the names in it, so that each kind of text is proven once a process;
everything else is the real thing, on SQLite.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from app.services.rulesets.proving import Proof, Proving
from app.store.rulesets import Rulesets
from app.store.store import Store
from tests.lifecycle.desk import desk_over
from tests.lifecycle.playing import Player, Step

TOGETHER = 250
"""Sequences that share a store."""
IN_MEMORY = Path("/dev/shm")
_LARGE = 1 << 30


@dataclass
class Outcome:
    """What was played, how often each deed was done or refused, and what went wrong, by seed."""

    sequences: int = 0
    steps: int = 0
    done: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Take in what another process played."""
        self.sequences += other.sequences
        self.steps += other.steps
        self.done.update(other.done)
        self.violations += other.violations


class _ProvenOnce(Proving):
    """Proves a text under other names once."""

    _known: dict[bytes, Proof] = {}  # noqa: RUF012

    def __init__(self, rulesets: Rulesets) -> None:
        super().__init__(rulesets, samples=0)
        self._texts = rulesets

    def proof(self, digest: str) -> Proof:
        """The proof of the same text under whatever names it was proven first."""
        text = self._texts.text(digest)
        nameless = b"\n".join(
            line for line in text.split(b"\n") if not line.startswith((b"policy:", b"version:"))
        )
        if nameless not in self._known:
            self._known[nameless] = super().proof(digest)
        return self._known[nameless]


def steps_of(seed: int, number: int) -> Iterator[Step]:
    """The steps of one sequence."""
    chance = Random(seed)
    for _ in range(number):
        yield Step(*(chance.randrange(_LARGE) for _ in Step._fields))


def run(sequences: int, steps: int, first: int = 0, workers: int | None = None) -> Iterator[Outcome]:
    """Play ``sequences`` with the seeds from ``first`` on; what each part of them came to, as it ends."""
    parts = [
        range(at, min(at + TOGETHER, first + sequences)) for at in range(first, first + sequences, TOGETHER)
    ]
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        for done in as_completed([pool.submit(play, part, steps) for part in parts]):
            yield done.result()


def play(seeds: Sequence[int], steps: int) -> Outcome:
    """Play the sequences of these seeds in one store."""
    home = IN_MEMORY if IN_MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="termwise-lifecycle-", dir=home))
    urls = f"sqlite:///{folder}/termwise.db", f"sqlite:///{folder}/keys.db"
    outcome = Outcome()
    try:
        Store.migrate(*urls)
        with Store.open(*urls, writing=True) as store:
            desk = desk_over(store, proving=_ProvenOnce(store.rulesets))
            for seed in seeds:
                player = Player(desk, f"p-{seed}")
                try:
                    player.play(steps_of(seed, steps))
                except AssertionError as error:
                    outcome.violations.append(f"seed {seed}: {error}")
                outcome.sequences += 1
                outcome.steps += steps
                outcome.done.update(player.done)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome
