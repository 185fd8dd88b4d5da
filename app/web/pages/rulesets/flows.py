"""Pictures of a rehearsal: who goes from which answer to which, as bands between two columns of answers.

Coordinates are whole numbers within ``WIDTH``; the numbers behind them stand in a table beside the picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.domain.ruleset import Ruleset

WIDTH, HEIGHT, GAP, COLUMN = 480, 180, 22, 10
_LEFT, _RIGHT = 0, WIDTH - COLUMN


class Bar(NamedTuple):
    """An answer on one side: where it stands, how high it is, and how many it stands for."""

    outcome: str
    x: int
    y: int
    height: int
    decisions: int


class Band(NamedTuple):
    """Decisions from one answer to another; ``kind`` is ``same``, ``milder`` or ``stricter``."""

    path: str
    width: int
    kind: str
    before: str
    after: str
    decisions: int


class Picture(NamedTuple):
    """Bars, bands, and how high it is."""

    bars: Sequence[Bar]
    bands: Sequence[Band]
    height: int


def picture(flows: Sequence[Mapping[str, Any]], ruleset: Ruleset) -> Picture:
    """The picture of ``flows`` as a rehearsal's document has them."""
    order = {one.id: place for place, one in enumerate(ruleset.outcomes)}
    total = sum(one["decisions"] for one in flows) or 1
    before = _column(flows, "from", _LEFT, order, total)
    after = _column(flows, "to", _RIGHT, order, total)
    used: Counter[tuple[str, int]] = Counter()  # how far the bands go down along each bar already
    bands = []
    for one in sorted(flows, key=lambda one: (_place(one["from"], order), _place(one["to"], order))):
        width = _high(one["decisions"], total)
        start, end = before[one["from"]], after[one["to"]]
        y, z = start.y + used[start.outcome, 0] + width // 2, end.y + used[end.outcome, 1] + width // 2
        used[start.outcome, 0] += width
        used[end.outcome, 1] += width
        path = f"M{COLUMN} {y}C{WIDTH // 2} {y} {WIDTH // 2} {z} {_RIGHT} {z}"
        kind = _kind(order.get(one["from"]), order.get(one["to"]), one["from"] == one["to"])
        bands.append(Band(path, width, kind, one["from"], one["to"], one["decisions"]))
    bars = (*before.values(), *after.values())
    lowest = max((one.y + one.height for one in bars), default=0)
    return Picture(bars, sorted(bands, key=lambda one: one.kind != "same"), lowest + GAP)


def _column(
    flows: Sequence[Mapping[str, Any]], side: str, x: int, order: Mapping[str, int], total: int
) -> dict[str, Bar]:
    parts: dict[str, list[int]] = {}
    for one in flows:
        parts.setdefault(one[side], []).append(one["decisions"])
    found, y = {}, GAP
    for outcome in sorted(parts, key=lambda one: _place(one, order)):
        height = sum(_high(one, total) for one in parts[outcome])
        found[outcome] = Bar(outcome, x, y, height, sum(parts[outcome]))
        y += height + GAP
    return found


def _high(decisions: int, total: int) -> int:
    return max(2, round(decisions * HEIGHT / total))


def _place(outcome: str, order: Mapping[str, int]) -> tuple[int, str]:
    return order.get(outcome, len(order)), outcome


def _kind(before: int | None, after: int | None, same: bool) -> str:
    """Towards which side it goes; an answer that only the other version knows counts as stricter."""
    if same:
        return "same"
    return "milder" if before is not None and after is not None and after < before else "stricter"
