"""Changes a log in every way and sees whether the verifier finds it: ``python -m tests.ledger.tampering``.

First every single bit of a log of 200 entries, then random edits, deletions, insertions, swaps and
truncations of a log of 100,000: clumsy ones, which the verifier must locate to the entry, and careful ones,
with fitting hashes and new numbers, which it can locate to the stretch between two checkpoints that were kept
outside. Each edited log is verified from the last of those checkpoints before the edit on, as ``audit verify
--from`` does: what stands before it is the same to the byte, and was verified. Of every hundred some are also
written to a file and verified from their first entry on, and both must say the same.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from random import Random
from tempfile import NamedTemporaryFile

from app.ledger.tree import Frontier
from app.ledger.verifying import Fault, Key, Part, conclude, heads, verify
from tests.ledger.exports import KEYS, LOG, Log, entry, line, log

KEY = Key(str(KEYS[0].verifying))
EVERY = 500
"""A checkpoint is kept outside at every so many entries."""
WHOLE = 5
"""Of a hundred edits so many are verified from the first entry on, too."""
BAD = (Fault, ValueError, LookupError, TypeError)
Where = tuple[int, int | None]


def bits(size: int = 200) -> int:
    """Flip each bit of each entry's line; how many were not found at that entry."""
    missed = 0
    for at, one in enumerate(log(size, every=size).lines):
        for bit in range(8 * len(one)):
            changed = bytearray(one)
            changed[bit // 8] ^= 1 << bit % 8
            try:
                Part(first=at).read(LOG.encode(), bytes(changed))
                missed += 1
            except BAD:
                pass
    return missed


class Sheet:
    """A log with the peaks of its tree at every checkpoint that was kept outside; and it after one edit."""

    def __init__(self, size: int) -> None:
        self.log: Log = log(size, every=EVERY)
        self.size = size
        self.outside = heads("".join(self.log.notes.values()))
        self.peaks = [tuple(tree.peaks) for tree in self._grown()]
        assert self.judged(self.log.lines, 0) is None

    def _grown(self) -> Iterator[Frontier]:
        tree = Frontier()
        yield tree
        for start in range(0, self.size, EVERY):
            for hash in part_of(self.log.lines[start : start + EVERY]).hashes:
                tree.append(hash)
            yield tree

    def judged(self, lines: Sequence[bytes], first: int) -> Where | None:
        """Where the verifier finds the fault in ``lines``, which equal the log's before ``first``.

        What follows the fault is never asked for.
        """
        start = first // EVERY * EVERY
        pieces = (part_of(lines[at : at + EVERY]) for at in range(start, len(lines), EVERY))
        later = [one for one in self.outside if one.size > start]
        try:
            conclude(pieces, LOG, KEY, [self.outside[-1]], later, start, self.peaks[start // EVERY])
        except Fault as fault:
            return (-1 if fault.index is None else fault.index), fault.end
        return None

    def judged_whole(self, lines: Sequence[bytes]) -> Where | None:
        """The same, from a file and from its first entry on."""
        with NamedTemporaryFile(prefix="termwise-tampering-") as file:
            file.write(self.log.export(lines))
            file.flush()
            try:
                verify(file.name, KEY, self.outside)
            except Fault as fault:
                return (-1 if fault.index is None else fault.index), fault.end
        return None


def part_of(lines: Sequence[bytes]) -> Part:
    """What a run of lines comes to."""
    part = Part()
    try:
        for one in lines:
            part.read(LOG.encode(), one)
    except BAD as error:
        part.fault = str(error)
    return part


def renumber(one: bytes, index: int) -> bytes:
    """The same line under another number."""
    return b'{"index":%d,' % index + one.partition(b",")[2]


def stranger(at: int, seed: int) -> bytes:
    """An entry of our own making, which its own hashes fit."""
    leaf, sealed, decision = entry(at, seed)
    return line(at, leaf, sealed, decision)


def stretch(at: int, size: int) -> Where:
    """Between which checkpoints an entry stands."""
    start = at // EVERY * EVERY
    return start, min(start + EVERY, size)


def edited(sheet: Sheet, random: Random, whole: bool) -> tuple[str, Where | None, Where]:
    """One random edit: what it was, where it was found, and where it should be."""
    kind, careful = random.choice(list(EDITS)), random.random() < 0.5
    lines = list(sheet.log.lines)
    at = random.randrange(sheet.size - 1)
    EDITS[kind](lines, at, random, careful)
    if kind == "truncation":
        should: Where = at, sheet.size
    elif careful:
        kind, should = f"careful {kind}", stretch(at, sheet.size)
        lines[at:] = [renumber(one, place) for place, one in enumerate(lines[at:], at)]
    elif kind != "insertion":
        should = at, None
    elif (at + 1) % EVERY:
        should = at + 1, None  # the entry that had this number comes a second time
    else:
        should = stretch(at, sheet.size)  # the checkpoint just behind tells of the stranger first
    found = sheet.judged(lines, at)
    if whole and (alone := sheet.judged_whole(lines)) != found:
        return kind, alone, should
    return kind, found, should


def _edit(lines: list[bytes], at: int, random: Random, careful: bool) -> None:
    if careful:
        lines[at] = stranger(at, random.randrange(1, 1 << 30))
        return
    changed = bytearray(lines[at])
    where = random.randrange(len(changed))
    changed[where] = (changed[where] + random.randrange(1, 256)) % 256
    lines[at] = bytes(changed)


def _delete(lines: list[bytes], at: int, random: Random, careful: bool) -> None:
    del lines[at]
    if careful:
        lines.append(stranger(len(lines), random.randrange(1, 1 << 30)))


def _insert(lines: list[bytes], at: int, random: Random, careful: bool) -> None:
    lines.insert(at, stranger(at, random.randrange(1, 1 << 30)))
    if careful:
        lines.pop()


def _swap(lines: list[bytes], at: int, random: Random, careful: bool) -> None:
    other = random.randrange(at + 1, len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _truncate(lines: list[bytes], at: int, random: Random, careful: bool) -> None:
    del lines[at:]


EDITS: dict[str, Callable[[list[bytes], int, Random, bool], None]] = {
    "edit": _edit,
    "deletion": _delete,
    "insertion": _insert,
    "swap": _swap,
    "truncation": _truncate,
}


@cache
def sheet_of(size: int) -> Sheet:
    """The log of that size, made once in a process."""
    return Sheet(size)


def run(size: int, seed: int, count: int, whole: int = 1) -> tuple[Counter[str], list[str]]:
    """So many edits from one seed, the first ``whole`` of them verified twice.

    How many of each kind, and those that were not found where they are.
    """
    random, made, wrong = Random(seed), Counter[str](), list[str]()
    for number in range(count):
        kind, found, should = edited(sheet_of(size), random, number < whole)
        made[kind] += 1
        if found != should:
            wrong.append(f"seed {seed}, edit {number}: {kind} at {should} was found at {found}")
    return made, wrong


def main() -> int:
    """Run both; 1 when anything was missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--edits", type=int, default=10_000)
    arguments.add_argument("--entries", type=int, default=100_000)
    arguments.add_argument("--processes", type=int, default=2)
    given = arguments.parse_args()
    missed = bits()
    print(f"every bit of 200 entries: {missed} not found at their entry", flush=True)
    made, wrong, share, began = Counter[str](), list[str](), 100, time.perf_counter()
    with ProcessPoolExecutor(given.processes, get_context("spawn")) as pool:
        rounds = [(given.entries, seed, share, WHOLE) for seed in range(given.edits // share)]
        for counted, found in pool.map(run, *zip(*rounds, strict=True)):
            made += counted
            wrong += found
            if made.total() % 1_000 == 0:
                print(f"{made.total():,} edits after {time.perf_counter() - began:,.0f} s", flush=True)
    print(
        f"{made.total():,} edits of {given.entries:,} entries, {len(rounds) * WHOLE:,} verified twice:"
        f" {len(wrong)} not found where they are; {dict(sorted(made.items()))}"
    )
    print(*wrong[:20], sep="\n")
    return 1 if missed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
