"""Weeks as bars, and how many of them: a quarter, or a year where the reader asks for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask import request

from app.web.pages.language import N_

WIDTH, HEIGHT = 480, 120
SPANS = {13: N_("a quarter"), 52: N_("a year")}
"""Weeks that may be asked for, in words."""


class Part(NamedTuple):
    """A piece of a week's bar; ``kind`` is that of an outcome, or empty."""

    x: int
    y: int
    width: int
    height: int
    kind: str


def asked() -> int:
    """The weeks that the address asks for, a quarter where it does not."""
    wanted = request.args.get("weeks", "")
    return next((one for one in SPANS if str(one) == wanted), 13)


def bars(weeks: Sequence[Sequence[tuple[str, int]]]) -> Iterator[Part]:
    """The bars of all weeks, oldest first; each week is its pieces from the ground up, with how many."""
    highest = max((sum(number for _, number in week) for week in weeks), default=0) or 1
    step = WIDTH // max(len(weeks), 1)
    for place, week in enumerate(weeks):
        y = HEIGHT
        for kind, number in week:
            height = max(1, round(number * HEIGHT / highest)) if number else 0
            if height:
                y -= height
                yield Part(place * step, y, step - step // 6 - 1, height, kind)
