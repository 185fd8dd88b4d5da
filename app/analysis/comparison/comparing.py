"""Sets two texts side by side and says what changed, in the order of the newer text.

Parts are found again by kind and name. What is gone and what is new in one group
are taken for one part under another name when all else of them is the same. Of
parts that changed places, as few as possible are said to have moved.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple

from app.analysis.comparison.changes import Change, Sort, plain
from app.analysis.comparison.parts import (
    ANY_VALUE,
    NOTHING_GIVEN,
    NOWHERE,
    Group,
    Lines,
    Part,
    Structure,
    groups_of,
    lines_of,
)

_NAME_KEYS = ("id", "name", "fact", "formula", "table", "rules", "scorecard")
_ORDERED = ("values", "fields")
_TEXTS = ("en", "zh", "source", "version", "policy", "name")
_NUMBER = re.compile(r"(?<![\w.])[0-9][0-9_]*(?:\.[0-9]+)?%?(?![\w.])")
_NO_GROUP = Group("", ())


def changes(before: Structure, after: Structure) -> tuple[Change, ...]:
    """Everything that differs between two texts, whatever it is called."""
    return tuple(_of_groups(groups_of(before), groups_of(after)))


def _of_groups(before: Sequence[Group], after: Sequence[Group]) -> Iterator[Change]:
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    for name in dict.fromkeys((*new, *old)):
        yield from _of_group(old.get(name, _NO_GROUP), new.get(name, _NO_GROUP))


def _of_group(before: Group, after: Group) -> Iterator[Change]:
    old, new = {one.key: one for one in before.parts}, {one.key: one for one in after.parts}
    gone = [one for key, one in old.items() if key not in new]
    come = [one for key, one in new.items() if key not in old]
    renamed = _renamed(gone, come)
    for one in gone:
        if one not in renamed.values():
            yield _whole(Sort.REMOVED, one, plain(one.whole), None, one.lines, NOWHERE)
    pairs = {**{one.key: old[one.key] for one in after.parts if one.key in old}, **renamed}
    moved = _moved([pairs[one.key].place for one in after.parts if one.key in pairs])
    for one in after.parts:
        was = pairs.get(one.key)
        if was is None:
            yield _whole(Sort.ADDED, one, None, plain(one.whole), NOWHERE, one.lines)
            continue
        if was.id != one.id:
            yield _whole(Sort.RENAMED, one, was.id, one.id, was.lines, one.lines)
        if was.place in moved:
            decides = after.decides
            yield _whole(Sort.MOVED, one, str(was.place), str(one.place), was.lines, one.lines, decides)
        if was.id == one.id:
            yield from _inside(was, one)
            yield from _of_groups(was.groups, one.groups)


def _whole(
    sort: Sort, part: Part, before: Any, after: Any, old: Lines, new: Lines, decides: str = ""
) -> Change:
    return Change(sort, part.kind, part.id, part.of, (), before, after, old, new, decides)


def _renamed(gone: Sequence[Part], come: Sequence[Part]) -> dict[tuple[str, str], Part]:
    """The new parts that are old ones under another name: all else of them is the same."""
    left = {_nameless(one): one for one in reversed(gone)}
    twins = ((one, left.pop(_nameless(one), None)) for one in come)
    return {one.key: twin for one, twin in twins if twin is not None}


def _nameless(part: Part) -> tuple[str, str]:
    whole = part.whole
    if isinstance(whole, Mapping):
        whole = {key: value for key, value in whole.items() if not (key in _NAME_KEYS and value == part.id)}
    return part.kind, json.dumps(plain(whole), sort_keys=True)


def _moved(places: Sequence[int]) -> set[int]:
    """The old places of those that moved: all but a longest run that kept its order."""
    ends: list[int] = []
    tails: list[int] = []
    before: list[int | None] = []
    for index, place in enumerate(places):
        at = bisect_left(ends, place)
        before.append(tails[at - 1] if at else None)
        ends[at : at + 1] = [place]
        tails[at : at + 1] = [index]
    kept: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(places[last])
        last = before[last]
    return set(places) - kept


class _Found(NamedTuple):
    """A difference inside a part: the way to it, and both values with the keys they stand under."""

    path: tuple[str, ...]
    before: Any
    after: Any
    keys: tuple[Any, Any] = (None, None)


def _inside(before: Part, after: Part) -> Iterator[Change]:
    old, new = before.body, after.body
    if after.kind == "row":
        old, new = _same_columns(old, new)
    for found in _fields(old, new, ()):
        yield Change(
            Sort.CHANGED,
            after.kind,
            after.id,
            after.of,
            found.path,
            plain(found.before),
            plain(found.after),
            lines_of(found.keys[0], found.before) if found.before is not None else before.lines,
            lines_of(found.keys[1], found.after) if found.after is not None else after.lines,
            same_value=_same_value(found),
        )


def _same_columns(before: Structure, after: Structure) -> tuple[Structure, Structure]:
    """Two rows over the columns of both: a column that a table has not is one that says nothing."""

    def filled(row: Structure, other: Structure) -> Structure:
        missing = {
            key: {**{name: nothing for name in other[key] if name not in row[key]}, **row[key]}
            for key, nothing in (("when", ANY_VALUE), ("then", NOTHING_GIVEN))
        }
        return {**row, **missing}

    return filled(before, after), filled(after, before)


def _fields(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[_Found]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_mappings(before, after, path)
    elif _is_list(before) and _is_list(after) and not (_flat(before) and _flat(after)):
        for place, (old, new) in enumerate(zip_longest(before, after), 1):
            yield from _fields(old, new, (*path, str(place)))
    elif before != after:
        yield _Found(path, before, after)


def _of_mappings(before: Structure, after: Structure, path: tuple[str, ...]) -> Iterator[_Found]:
    keys_before, keys_after = ({str(key): key for key in one} for one in (before, after))
    for key in dict.fromkeys((*keys_before, *keys_after)):
        keys = (keys_before.get(key), keys_after.get(key))
        for found in _fields(before.get(key), after.get(key), (*path, key)):
            direct = found.path == (*path, key)
            yield found._replace(keys=keys) if direct else found
    common = [key for key in keys_before if key in keys_after]
    if path and path[-1] in _ORDERED and common != [key for key in keys_after if key in keys_before]:
        yield _Found(path, list(before), list(after))


def _is_list(written: Any) -> bool:
    return isinstance(written, list | tuple)


def _flat(written: Sequence[Any]) -> bool:
    return all(isinstance(one, str) for one in written)


def _same_value(found: _Found) -> bool:
    """Whether only the writing of numbers or space between words differ; never said of texts for people."""
    both = (found.before, found.after)
    if found.path[-1] in _TEXTS or not all(isinstance(one, str) for one in both):
        return False
    return _canonical(found.before) == _canonical(found.after)


def _canonical(text: str) -> str:
    return _NUMBER.sub(_number, " ".join(text.split()))


def _number(mark: re.Match[str]) -> str:
    digits = mark[0].rstrip("%").replace("_", "")
    number = Decimal(f"{digits}e-2" if mark[0].endswith("%") else digits)
    return f"{number.normalize():f}"
