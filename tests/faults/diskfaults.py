"""The disk-fault campaign: ``python -m tests.faults.diskfaults --faults 100``.

``termwise serve`` on SQLite works for several clients while calls to its files fail at random: no space, an
input/output error, half a write, a sync that reports an error and after which the kernel takes for written
what it never wrote. Nobody may hear anything but an answer or an honest 503, nor be hung up on, except in
rounds in which the process is killed, too. When the disk works again the service does, too, and the log is
signed to its end, with nobody's help. What was acknowledged is there after ``kill -9``, and in the images of
a power loss at random moments (``tests.faults.powerloss``).

Further rounds fill up a small file system, where this process may mount one.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.powerloss import begun, images_of
from tests.faults.storage import server
from tests.faults.storage.birth import Installed
from tests.faults.storage.judging import Image, Judge, Known, judge_all, judges, lost
from tests.faults.storage.load import Client, Load
from tests.faults.storage.recorded import recorded
from tests.faults.storage.shim import NotPossible, Shim, compiled, shim
from tests.faults.storage.troubles import Trouble, drawn, failing, filling, small_disk

_log = logging.getLogger(__name__)
ROUNDS_OF_ONE = 25
CLIENTS = 6
HEAL_SECONDS = 60.0


@dataclass(slots=True)
class Found:
    """What a campaign came to."""

    rounds: int = 0
    calls: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    killed: int = 0
    slowest: float = 0.0
    acknowledged: int = 0
    images: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        answers = ", ".join(
            f"{count:,} of {status or 'none'}" for status, count in sorted(self.answers.items())
        )
        return (
            f"{self.rounds} times ({self.calls:,} calls): answers {answers}; killed {self.killed} times,"
            f" well again within {self.slowest:.1f} s;"
            f" {self.acknowledged:,} decisions acknowledged, one is missing in {len(lost(self.faults))} of"
            f" {self.images} images, {len(self.faults)} faults"
        )


class Campaign:
    """Installations that meet troubles, one after the other; ``run`` opens what they leave."""

    def __init__(self, library: Path, folder: Path, run: Judge) -> None:
        self.found = Found()
        self._library, self._folder, self._run = library, folder, run
        self._number = 0

    def meet(
        self, troubles: Sequence[Trouble], chance: Random, *, on: Path | None = None,
        installed: Installed | None = None, read: bool = False,
    ) -> None:  # fmt: skip
        """Let an installation meet all of these; on the file system ``on`` no power is lost.

        With ``read`` somebody else reads all the while.
        """
        self._number += 1
        name, place = f"recording {self._number}", self._folder / f"recording-{self._number}"
        place.mkdir(parents=True)
        root = (on or place) / "root"
        with shim(self._library, root, place / "record", installed and installed.root) as made:
            key = begun(made, place, installed)
            with server.supervised(made) as port, _reading(made.root, read):
                self._meet(made, troubles, chance, Load(made, port, key, chance, CLIENTS), Client(port, key))
                server.kill_worker(made)
            cut = [_killed(made, f"{name}, killed")]
            if on is None:
                cut += images_of(made, len(troubles), chance, name)
            self.found.images += len(cut)
            for faults in judge_all(self._run, cut, place):
                self.found.faults += faults

    def _meet(
        self, made: Shim, troubles: Sequence[Trouble], chance: Random, load: Load, client: Client
    ) -> None:
        for number, trouble in enumerate(troubles):
            wrong = self._round(made, trouble, chance, load, client)
            _log.info("%s: %s", trouble.words, "; ".join(wrong) or "all was well")
            self.found.faults += [f"round {number} of recording {self._number}: {one}" for one in wrong]
        load.stop()
        client.close()
        found = self.found
        found.rounds += len(troubles)
        found.calls += made.hits()
        found.acknowledged += len(load.acknowledged)
        found.answers += load.statuses
        found.faults += [f"not clean: {one}" for one in load.unclean]

    def _round(self, made: Shim, trouble: Trouble, chance: Random, load: Load, client: Client) -> list[str]:
        """Let the disk fail for a while, then work again; what did not go as it should."""
        hung_up, faults = load.hung_up, []
        end = trouble.begin(made, chance)
        kill = chance.random() < 0.2
        if kill:
            server.kill_worker(made)
            time.sleep(chance.random() * 0.5)
        end()
        began = time.monotonic()
        if not load.wait_for(CLIENTS + 3, HEAL_SECONDS):
            faults.append(f"no decisions {HEAL_SECONDS:.0f} s after it ended")
        newest = f"/v1/decisions/{next(reversed(load.acknowledged))}/proof"
        while (heard := client.ask("GET", newest)).status != 200 and time.monotonic() < began + HEAL_SECONDS:
            time.sleep(0.05)
        if heard.status != 200:
            faults.append(f"the log is not signed again after {HEAL_SECONDS:.0f} s: {heard}")
        if load.hung_up > hung_up and not kill:
            faults.append("clients were hung up on")
        self.found.killed += kill
        self.found.slowest = max(self.found.slowest, time.monotonic() - began)
        return faults


@contextmanager
def _reading(root: Path, wanted: bool) -> Iterator[None]:
    """A reader in another process than the server's, which keeps alive what SQLite's connections share."""
    with ExitStack() as stack:
        for file in ("log/termwise.db", "keys/keys.db") if wanted else ():
            connection = stack.enter_context(
                closing(sqlite3.connect(f"file:{root}/{file}?mode=ro", uri=True))
            )
            connection.execute("SELECT * FROM alembic_version").fetchall()
        yield


def _killed(made: Shim, name: str) -> Image:
    """The files as a killed process leaves them, with all that the kernel has."""
    known = Known()
    for one in recorded(made.log):
        known.learn(one)
    files = [path for path in made.root.rglob("*") if path.is_file()]
    return Image(name, {str(path.relative_to(made.root)): path.read_bytes() for path in files}, known)


def campaign(
    library: Path, folder: Path, *, faults: int, full: int, seed: int, seconds: float
) -> tuple[Found, Found | str]:
    """So many failing calls, and so many full file systems, or why there are none of these."""
    end = time.monotonic() + seconds
    with judges(2) as run:
        failed = Campaign(library, folder, run)
        for number, start in enumerate(range(0, faults, ROUNDS_OF_ONE)):
            if time.monotonic() < end:
                chance = Random(f"{seed}-{number}")
                many = min(ROUNDS_OF_ONE, faults - start)
                failed.meet([failing(drawn(chance)) for _ in range(many)], chance, read=bool(number % 2))
        filled = Campaign(library, folder / "full", run)
        try:
            with small_disk(folder / "small") as disk:
                filled.meet([filling(disk)] * full, Random(seed), on=disk)
        except NotPossible as error:
            return failed.found, str(error)
    return failed.found, filled.found


def main() -> None:
    """Run the campaign and print what it came to; exit code 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--full", type=int, default=10, help="rounds on a file system that fills up")
    parser.add_argument("--seconds", type=float, default=900, help="no further installation after so long")
    parser.add_argument("--seed", type=int, default=1)
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
                faults=given.faults,
                full=given.full,
                seed=given.seed,
                seconds=given.seconds,
            )
        except NotPossible as error:
            sys.exit(str(error))
    for fault in (one for part in found if isinstance(part, Found) for one in part.faults[:20]):
        print(f"WRONG: {fault}")
    failed, filled = found
    print(f"the disk failed {failed}; it was full {filled}; in {time.monotonic() - began:.0f} s")
    sys.exit(any(part.faults for part in found if isinstance(part, Found)))


if __name__ == "__main__":
    main()
