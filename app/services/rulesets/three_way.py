"""Three texts: the one that two people began from, and what each made of it; by lines, as people read it."""

from __future__ import annotations

from difflib import SequenceMatcher, unified_diff
from typing import NamedTuple

AROUND = 2


class Line(NamedTuple):
    """One line of a difference: ``sign`` is ``+``, ``-``, a space, or ``@`` where lines were left out."""

    sign: str
    text: str


class _Hunk(NamedTuple):
    begin: int
    end: int
    lines: list[str]


def difference(before: str, after: str) -> list[Line]:
    """What became another, with the lines around it."""
    told = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=AROUND)
    return [Line(line[0], line if line[0] == "@" else line[1:]) for line in told][2:]


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Both changes together; None where they touch the same lines, or lines next to each other."""
    before = base.splitlines(keepends=True)
    ours, others = _hunks(before, mine), _hunks(before, theirs)
    others = [one for one in others if one not in ours]
    if any(one.begin <= other.end and other.begin <= one.end for one in ours for other in others):
        return None
    parts, at = [], 0
    for hunk in sorted([*ours, *others]):
        parts += [*before[at : hunk.begin], *hunk.lines]
        at = hunk.end
    return "".join([*parts, *before[at:]])


def _hunks(before: list[str], after: str) -> list[_Hunk]:
    lines = after.splitlines(keepends=True)
    steps = SequenceMatcher(None, before, lines, autojunk=False).get_opcodes()
    return [_Hunk(a, b, lines[c:d]) for kind, a, b, c, d in steps if kind != "equal"]
