"""The difference of two texts line by line, and the lines of it that no change of a value explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.analysis.comparison.changes import Change, Sort
from app.analysis.comparison.parts import NOWHERE, Lines

AROUND = 3
MOST_MATCHED = 20_000
"""Beyond so many lines that differ, they are not matched: one block is gone, another has come."""

_PUNCTUATION = frozenset("[]{}(), \t\r")
Block = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of either text, by its number (from 1) in the text before and after; None where it is not."""

    before: int | None
    after: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that differ, with up to three on either side that do not."""

    lines: tuple[Line, ...]


def hunks(before: str, after: str) -> tuple[Hunk, ...]:
    """Where two texts differ, in order; no hunk when they are the same."""
    lines = [*_lines(before.split("\n"), after.split("\n"))]
    near: dict[int, None] = {}
    for place, one in enumerate(lines):
        if _differs(one):
            near.update(dict.fromkeys(range(max(0, place - AROUND), min(len(lines), place + AROUND + 1))))
    found: list[list[Line]] = []
    last = None
    for place in sorted(near):
        if last is None or place != last + 1:
            found.append([])
        found[-1].append(lines[place])
        last = place
    return tuple(Hunk(tuple(one)) for one in found)


def unified(found: Sequence[Hunk], before: str, after: str) -> str:
    """Hunks in the unified form that ``diff -u`` writes; ``before`` and ``after`` name the texts."""
    written = [f"--- {before}\n+++ {after}\n"] if found else []
    for hunk in found:
        head = " ".join(
            mark + _range([number for one in hunk.lines if (number := getattr(one, side)) is not None])
            for mark, side in (("-", "before"), ("+", "after"))
        )
        written.append(f"@@ {head} @@\n")
        written += [f"{_mark(one)}{one.text}\n" for one in hunk.lines]
    return "".join(written)


def unexplained(found: Sequence[Hunk], changes: Sequence[Change]) -> tuple[Line, ...]:
    """The lines that differ and hold no value that changed: comments, layout, the order of keys."""
    known_before, known_after = _explained(changes)
    differing = [one for hunk in found for one in hunk.lines if _differs(one)]
    left = [
        one
        for one in differing
        if one.before not in known_before and one.after not in known_after and set(one.text) - _PUNCTUATION
    ] or ([] if changes else differing)
    if all(one.sort is Sort.CHANGED for one in changes):
        return tuple(left)
    # A part moved, and was told: its lines, or those that it passed by, are gone here and come there.
    gone, come = (
        Counter(text for one in differing if getattr(one, side) is None and (text := _content(one)))
        for side in ("after", "before")
    )
    moved = {"gone": gone & come, "come": gone & come}
    return tuple(one for one in left if not _taken(moved["gone" if one.after is None else "come"], one))


def _differs(line: Line) -> bool:
    return line.before is None or line.after is None


def _content(line: Line) -> str:
    """What stands on a line, nothing where that is a comment."""
    text = line.text.strip()
    return "" if text.startswith("#") else text


def _taken(counted: Counter[str], line: Line) -> bool:
    counted[_content(line)] -= 1
    return counted[_content(line)] >= 0


def _explained(changes: Sequence[Change]) -> tuple[set[int], set[int]]:
    before: set[int] = set()
    after: set[int] = set()
    for one in changes:
        before.update(_numbers(one.lines_before if one.before is not None else NOWHERE))
        after.update(_numbers(one.lines_after if one.after is not None else NOWHERE))
    return before, after


def _numbers(lines: Lines) -> range:
    return range(lines.first, lines.last + 1) if lines.first else range(0)


def _blocks(old: list[str], new: list[str]) -> list[Block]:
    """Opcodes as ``difflib`` gives them; what both texts begin and end with is set aside first."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    inner = (old[start : len(old) - end], new[start : len(new) - end])
    if max(map(len, inner)) > MOST_MATCHED:
        found: list[Block] = [("replace", 0, len(inner[0]), 0, len(inner[1]))]
    else:
        found = list(SequenceMatcher(None, *inner).get_opcodes())
    shifted = [(tag, a + start, b + start, c + start, d + start) for tag, a, b, c, d in found]
    head: list[Block] = [("equal", 0, start, 0, start)] if start else []
    tail: list[Block] = [("equal", len(old) - end, len(old), len(new) - end, len(new))] if end else []
    return head + shifted + tail


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    for tag, a, b, c, d in _blocks(old, new):
        if tag == "equal":
            yield from (Line(a + i + 1, c + i + 1, old[a + i]) for i in range(b - a))
        else:
            yield from (Line(i + 1, None, old[i]) for i in range(a, b))
            yield from (Line(None, i + 1, new[i]) for i in range(c, d))


def _range(numbers: Sequence[int]) -> str:
    return f"{numbers[0]},{len(numbers)}" if numbers else "0,0"


def _mark(line: Line) -> str:
    if line.after is None:
        return "-"
    return "+" if line.before is None else " "
