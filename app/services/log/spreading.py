"""Spreading: one piece of work after the other, by as many processes as there are processors, in order."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing import get_context
from typing import Any, TypeAlias, TypeVar

Piece = TypeVar("Piece")
Found = TypeVar("Found")
Told: TypeAlias = Callable[[float], object]
AHEAD = 4
"""Pieces that wait for each process, so that none is idle and a long log is not in memory at once."""


def spread(
    work: Callable[[Piece], Found],
    pieces: Iterable[Piece],
    count: int,
    told: Told,
    begin: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
) -> Iterator[Found]:
    """What ``work`` finds in each of ``count`` pieces, in their order; ``told`` hears the share done.

    ``begin`` is called with ``given`` in each process before its first piece. Whoever stops reading stops
    the work.
    """
    processes = min(count, os.cpu_count() or 1)
    if processes < 2:
        if begin is not None:
            begin(*given)
        yield from map(work, pieces)
        return
    rest = iter(pieces)
    with get_context("spawn").Pool(processes, _begun, (begin, given)) as pool:
        waiting = [pool.apply_async(work, (one,)) for one in islice(rest, AHEAD * processes)]
        done = 0
        while waiting:
            found = waiting.pop(0).get()
            waiting += [pool.apply_async(work, (one,)) for one in islice(rest, 1)]
            done += 1
            told(done / count)
            yield found


def _begun(begin: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the reader started
    if begin is not None:
        begin(*given)
