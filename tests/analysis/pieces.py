"""Tables that are complete and free of overlaps by how they are made: a whole space, cut in pieces."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from app.domain.unary_tests import ANYTHING, Compare, Endpoint, Range, UnaryTest

Piece = dict[str, tuple[int, int]]
"""The bounds, from (included) to (excluded), of the columns in which it is not the whole."""


def divided(rnd: Random, rows: int, columns: int) -> list[Piece]:
    """The whole of so many columns cut in two, at random places, until there are so many pieces."""
    found: list[Piece] = [{}]
    while len(found) < rows:
        piece = found.pop(rnd.randrange(len(found)))
        name = f"column_{rnd.randrange(columns)}"
        low, high = piece.get(name, (0, 10_000))
        if high - low < 3:
            found.append(piece)
            continue
        cut = rnd.randint(low + 1, high - 1)
        found += [{**piece, name: (low, cut)}, {**piece, name: (cut, high)}]
    return found


def cell(piece: Piece, name: str) -> UnaryTest:
    """What a piece asks of a column."""
    if name not in piece:
        return ANYTHING
    low, high = (Endpoint(Decimal(end)) for end in piece[name])
    if low.value == 0:
        return UnaryTest((Compare("<", high),), text=f"< {high.value}")
    if high.value == 10_000:
        return UnaryTest((Compare(">=", low),), text=f">= {low.value}")
    return UnaryTest((Range(low, True, high, False),), text=f"[{low.value}..{high.value})")
