"""Spreading: one piece of work after the other, by as many processes as there are processors, in order."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing import get_context, parent_process
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

    See ``by_processes``, which is asked for as many as there are processors.
    """
    found = by_processes(work, pieces, min(count, os.cpu_count() or 1), begin, given)
    for done, one in enumerate(found, 1):
        told(done / count)
        yield one


def by_processes(
    work: Callable[[Piece], Found],
    pieces: Iterable[Piece],
    processes: int,
    begin: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
) -> Iterator[Found]:
    """What ``work`` finds in each piece, in their order; by this process alone where ``processes`` is 1.

    ``begin`` is called with ``given`` in each process before its first piece. Pieces are taken as they are
    needed, in this process. Whoever stops reading stops the work.
    """
    if processes < 2:
        if begin is not None:
            begin(*given)
        yield from map(work, pieces)
        return
    rest = iter(pieces)
    with get_context("spawn").Pool(processes, _begun, (begin, given)) as pool:
        waiting = deque(pool.apply_async(work, (one,)) for one in islice(rest, AHEAD * processes))
        while waiting:
            found = waiting.popleft().get()
            waiting += [pool.apply_async(work, (one,)) for one in islice(rest, 1)]
            yield found


def _begun(begin: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the reader started
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*given)


def _end_with_parent() -> None:
    """Who waits for work holds both ends of its pipe, and would never hear that nobody gives any more."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
