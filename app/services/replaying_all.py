"""The whole log replayed: by all processors, each with services of its own, up to the first difference."""

from __future__ import annotations

from app.services.assembly import Services, open_services
from app.services.log.replaying import Replayed, runs
from app.services.log.spreading import Told, spread
from app.settings import Settings

ENTRIES_IN_A_RUN = 200
_opened: list[Services] = []
"""The services of this process, once it has begun."""


def replay_database(settings: Settings, start: int, end: int, told: Told) -> Replayed:
    """Replay what the database holds from index ``start`` up to ``end``; ``told`` hears the share done."""
    found, pieces = Replayed(), runs(start, end, ENTRIES_IN_A_RUN)
    try:
        for one in spread(_run, pieces, len(pieces), told, _begin, (settings,)):
            found.add(one)
            if one.different is not None:
                break
    finally:
        while _opened:  # those of this process, where it was not worth another
            _opened.pop().close()
    return found


def _begin(settings: Settings) -> None:
    _opened.append(open_services(settings, writing=False))


def _run(piece: tuple[int, int]) -> Replayed:
    return _opened[-1].replaying.run(*piece)
