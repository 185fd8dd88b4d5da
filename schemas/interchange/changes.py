"""What a merge changed in a text: single cells, and whole rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What became another."""

    CELL = "cell"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell, or one row; ``column`` is an input, an output, ``source`` or ``label``."""

    kind: ChangeKind
    table: str
    row: str
    column: str = ""
    before: str = ""
    after: str = ""


def row_changes(table: str, before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """Rows that came, went, and as few as can be that moved: the others kept their order."""
    came = [Change(ChangeKind.ADDED, table, id) for id in after if id not in before]
    went = [Change(ChangeKind.REMOVED, table, id) for id in before if id not in after]
    places = {id: place for place, id in enumerate(before)}
    there = [id for id in after if id in places]
    kept = _longest_rising([places[id] for id in there])
    return [*came, *went, *(Change(ChangeKind.MOVED, table, id) for id in there if places[id] not in kept)]


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The members of a longest rising part of different numbers (patience sorting)."""
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        pile = bisect_left(tops, number)
        before[number] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [number]
    found: set[int] = set()
    at = tops[-1] if tops else None
    while at is not None:
        found.add(at)
        at = before[at]
    return found
