"""Changes: what was added, removed, renamed, moved or written anew, and where it stands in both texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from app.analysis.comparison.parts import NOWHERE, Lines

Written: TypeAlias = "str | list[Written] | dict[str, Written] | None"


class Sort(StrEnum):
    """What became of a part or of one of its values."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``field`` leads to the value inside the part, as its keys are written.

    ``before`` and ``after`` are as the texts write them; places (from 1) for what moved, names for what was
    renamed; None where there is nothing. ``decides`` says by what the order counts where something moved,
    empty where it is only display. ``same_value`` marks what is written differently and is the same.
    """

    sort: Sort
    kind: str
    id: str
    of: str = ""
    field: tuple[str, ...] = ()
    before: Written = None
    after: Written = None
    lines_before: Lines = NOWHERE
    lines_after: Lines = NOWHERE
    decides: str = ""
    same_value: bool = False


class Follows(StrEnum):
    """What a changed value does elsewhere."""

    FIRES = "fires"
    GIVES = "gives"
    POINTS = "points"
    CALCULATES = "calculates"
    SAYS = "says"


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows from a change for something whose own text may be the same.

    ``kind`` and ``id`` name the rule, formula, reason or letter, ``of`` its step; ``name`` is the fact that
    is tested or the output that is given; ``before`` and ``after`` are in words, by language. ``causes`` are
    the names that changed; ``readers`` those that read a formula, directly or through others. ``alone``
    tells that the rule has no other condition.
    """

    follows: Follows
    kind: str
    id: str
    of: str
    name: str
    causes: tuple[str, ...]
    before: Mapping[str, str] = field(default_factory=dict, hash=False)
    after: Mapping[str, str] = field(default_factory=dict, hash=False)
    readers: tuple[str, ...] = ()
    alone: bool = True


def plain(written: Any) -> Written:
    """A part of a text as plain strings, lists and mappings."""
    if written is None:
        return None
    if isinstance(written, Mapping):
        return {str(key): plain(value) for key, value in written.items()}
    if isinstance(written, list | tuple):
        return [plain(one) for one in written]
    return str(written)
