"""The power-loss campaign: ``python -m tests.faults.powerloss --images 200``.

A real server on SQLite, from the first minute of its installation on, works for several clients while every
change of its files is recorded. The power is cut at random moments, half of them right behind an
acknowledgement; what had been synced is kept, and any part of the rest (``tests.faults.storage.disk``). Each
image is opened with the real service: it recovers, every decision that was acknowledged is there with the
rules that fired, the log verifies against the checkpoints outside, and work goes on.

``--lax`` opens the database with ``synchronous=NORMAL``, which no setting of the service can do: decisions
must be lost then, or the campaign could not find anything.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.storage import server
from tests.faults.storage.birth import Installed
from tests.faults.storage.disk import Disk
from tests.faults.storage.judging import Image, Known, judge_all, judges, lost
from tests.faults.storage.load import Load
from tests.faults.storage.recorded import Record, What, recorded
from tests.faults.storage.shim import NotPossible, Shim, compiled, shim

_log = logging.getLogger(__name__)
IMAGES_OF_ONE = 25
LAX = "tests.faults.storage.lax:app"
CLIENTS = 6


@dataclass(slots=True)
class Found:
    """What a campaign came to."""

    images: int = 0
    acknowledged: int = 0
    calls: int = 0
    faults: list[str] = field(default_factory=list)

    def counting(self, images: Iterable[Image]) -> Iterator[Image]:
        """The images, counted as they pass."""
        for image in images:
            self.images += 1
            self.acknowledged += len(image.known.decisions)
            yield image

    def __str__(self) -> str:
        return (
            f"power lost {self.images} times, {self.calls:,} calls recorded, {self.acknowledged:,} times an"
            f" acknowledged decision looked for: one is missing in {len(lost(self.faults))} images,"
            f" {len(self.faults)} faults"
        )


def campaign(
    library: Path,
    folder: Path,
    *,
    images: int,
    decisions: int,
    seed: int,
    seconds: float,
    lax: bool = False,
    installed: Installed | None = None,
    processes: int = 1,
) -> Found:
    """Record and cut until ``images`` are judged or the time is over; so many decisions to a recording.

    ``installed`` is an installation that has begun; without it, its beginning is recorded, too.
    """
    found, end = Found(), time.monotonic() + seconds
    with judges(processes) as run:
        for number in range(-(-images // IMAGES_OF_ONE)):
            place = folder / f"recording-{number}"
            place.mkdir()
            template = None if installed is None else installed.root
            with shim(library, place / "root", place / "record", template) as made:
                key = begun(made, place, installed)
                _work(made, key, decisions, f"{seed}-{number}", lax=lax, rotating=number % 5 == 4)
                found.calls += sum(1 for one in recorded(made.log) if one.what is not What.NOTE)
                many = min(IMAGES_OF_ONE, images - found.images)
                cut = images_of(made, many, Random(f"{seed}-{number}"), f"recording {number}")
                for faults in judge_all(run, found.counting(cut), place):
                    found.faults += faults
            shutil.rmtree(place)
            _log.info("%s", found)
            if time.monotonic() > end:
                break
    return found


def begun(made: Shim, place: Path, installed: Installed | None) -> str:
    """Let an installation begin, unless one is there already; the officer's key."""
    if installed is None:
        return server.birth(made, place / "rulesets")
    made.note("born", key=installed.key)
    return installed.key


def _work(made: Shim, key: str, decisions: int, seed: str, *, lax: bool, rotating: bool) -> None:
    """A server under load; with ``rotating`` two, and a new signing key in between."""
    for turn in range(2 if rotating else 1):
        if turn:
            made.note("rotating")
            server.termwise(made, "audit", "rotate")
        with server.worker(made, LAX if lax else "wsgi:app") as port:
            load = Load(made, port, key, Random(seed), CLIENTS)
            enough = load.wait_for(decisions // (2 if rotating else 1))
            load.stop()
        if not enough or load.unclean or load.statuses.keys() - {200, 201}:
            raise RuntimeError(f"not everything was answered: {load.statuses} {load.unclean[:3]}")


def images_of(made: Shim, many: int, chance: Random, name: str) -> Iterator[Image]:
    """Cut the record at ``many`` moments and draw what each leaves on the disk."""
    records = list(recorded(made.log))
    cuts = sorted(_cuts(records, many, chance))
    disk, known = Disk(made.root, made.baseline, chance), Known()
    for moment, one in enumerate(records, 1):
        disk.play(one)
        known.learn(one)
        while cuts and cuts[0] == moment:
            cuts.pop(0)
            yield Image(f"{name}, record {moment}", disk.after_power_loss(chance), known.copy())


def _cuts(records: Sequence[Record], many: int, chance: Random) -> Iterator[int]:
    """Half of them right behind something that a client was told, one in ten while all begins."""
    told = [at for at, one in enumerate(records, 1) if one.what is What.NOTE]
    begun = told[0]
    for number in range(many):
        if number % 10 == 9:
            yield chance.randint(1, begun)
        elif number % 2:
            yield chance.choice(told)
        else:
            yield chance.randint(begun, len(records))


def main() -> None:
    """Run the campaign and print what it came to; exit code 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--decisions", type=int, default=600, help="in each recording of 25 images")
    parser.add_argument("--seconds", type=float, default=900, help="no further recording after so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lax", action="store_true", help="with synchronous=NORMAL: decisions must be lost")
    given = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # with the server
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            found = campaign(
                compiled(folder),
                folder,
                images=given.images,
                decisions=given.decisions,
                seed=given.seed,
                seconds=given.seconds,
                lax=given.lax,
                processes=2,
            )
        except NotPossible as error:
            sys.exit(str(error))
    for fault in found.faults[:20]:
        print(f"WRONG: {fault}")
    print(f"{found}, in {time.monotonic() - began:.0f} s")
    sys.exit((not lost(found.faults)) if given.lax else bool(found.faults))


if __name__ == "__main__":
    main()
