"""Lettering: the letters of recorded decisions, by several processes, each with services of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from app.services.assembly import open_services
from app.services.log.spreading import by_processes
from app.services.services import Services
from app.settings import Settings

AT_ONCE = 100
_opened: list[Services] = []
"""The services of this process, once it has begun."""


def lettered(settings: Settings, decisions: Iterable[UUID], processes: int) -> Iterator[dict[str, Any]]:
    """Each letter, ready to send in both languages, in the order of ``decisions``."""
    rest = iter(decisions)
    pieces = iter(lambda: list(islice(rest, AT_ONCE)), [])
    try:
        for some in by_processes(_letters, pieces, processes, _begin, (settings,)):
            yield from some
    finally:
        while _opened:  # those of this process, where it was not worth another
            _opened.pop().close()


def _begin(settings: Settings) -> None:
    _opened.append(open_services(settings, writing=False))


def _letters(decisions: Sequence[UUID]) -> list[dict[str, Any]]:
    auditing = _opened[-1].auditing
    return [
        {
            "decision": str(id),
            "letter": one.id,
            "to": one.to,
            "subject": {"en": one.subject.en, "zh": one.subject.zh},
            "body": {"en": one.body.en, "zh": one.body.zh},
        }
        for id in decisions
        for one in auditing.letters(id)
    ]
