"""Few decisions that between them touch many sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.analysis.cases.seeing import Seen
from app.analysis.cases.threshold import Side


def chosen(touched: Mapping[Seen, Sequence[Side]]) -> dict[Seen, tuple[Side, ...]]:
    """Of these decisions some that touch whatever all of them do, each with the sides that it is there for.

    The one that touches most of what is left goes first, of equals the earlier; they
    come back in their order.
    """
    left = {side for sides in touched.values() for side in sides}
    taken: dict[Seen, tuple[Side, ...]] = {}
    while left:
        best = max(touched, key=lambda one: sum(side in left for side in touched[one]))
        taken[best] = tuple(side for side in touched[best] if side in left)
        left.difference_update(taken[best])
    return {one: taken[one] for one in touched if one in taken}
