"""A ruleset's text taken apart into what is compared: facts, parameters, steps, rows, cases and the rest.

A structure is the text as mappings, lists and strings. Strings may know the
lines they stand on (``line``, ``last``); one that does not stands on line 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Structure = Mapping[str, Any]

HEAD = "ruleset"
STEPS = {"formula": "formula", "table": "table", "rules": "rules", "scorecard": "scorecard"}
_NAMED = {"facts": "fact", "parameters": "parameter", "outputs": "output", "reasons": "reason"}
_LISTED = {"outcomes": ("outcome", "id"), "letters": ("letter", "id"), "cases": ("case", "name")}
_INSIDE = {"table": ("rows", "row"), "rules": ("list", "rule")}
ANY_VALUE, NOTHING_GIVEN = "-", ""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines from ``first`` to ``last``, both included; 0 where nothing is known."""

    first: int = 0
    last: int = 0


NOWHERE = Lines()


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that has a name: ``kind`` says what it is, ``of`` the step that holds it.

    ``place`` counts from 1 among its like. ``body`` is what is compared key by key; ``whole`` is all of it,
    with what has names of its own inside. ``named`` is its name where that stands as a key before it.
    """

    kind: str
    id: str
    of: str
    place: int
    body: Structure
    whole: Any
    groups: tuple[Group, ...] = ()
    named: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What it is found by in the other version."""
        return (self.kind, self.id)

    @property
    def lines(self) -> Lines:
        """Where it stands."""
        return lines_of(self.named, self.whole)


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that stand in one order; ``name`` finds the group in the other version.

    ``decides`` says by what the order counts: a hit policy, ``steps`` or ``severity``; empty where it is
    only the order of display.
    """

    name: str
    parts: tuple[Part, ...]
    decides: str = field(default="", compare=False)


def groups_of(structure: Structure) -> tuple[Group, ...]:
    """The text as groups of parts, the head (all that has no name of its own) last."""
    found = [
        *(_named(structure, key, kind) for key, kind in _NAMED.items()),
        *(_listed(structure.get(key, ()), key, kind, name) for key, (kind, name) in _LISTED.items()),
        Group("steps", tuple(_steps(structure.get("steps", ()))), "steps"),
    ]
    taken = {*_NAMED, *_LISTED, "steps"}
    rest = {key: value for key, value in structure.items() if key not in taken}
    return (*found, Group(HEAD, (Part(HEAD, "", "", 1, rest, rest),)))


def lines_of(*written: Any) -> Lines:
    """The lines that parts of a text stand on."""
    spans = [(first, last) for one in written for first, last in _spans(one) if first]
    return Lines(min(first for first, _ in spans), max(last for _, last in spans)) if spans else NOWHERE


def _spans(written: Any) -> Iterator[tuple[int, int]]:
    first = getattr(written, "line", 0)
    yield first, getattr(written, "last", first)
    if isinstance(written, Mapping):
        for key, value in written.items():
            yield from _spans(key)
            yield from _spans(value)
    elif isinstance(written, list | tuple):
        for one in written:
            yield from _spans(one)


def _named(structure: Structure, key: str, kind: str) -> Group:
    block = structure.get(key, {})
    parts = (
        Part(kind, str(name), "", place, body, body, named=name)
        for place, (name, body) in enumerate(block.items(), 1)
    )
    return Group(key, tuple(parts))


def _listed(items: Sequence[Structure], key: str, kind: str, name: str, of: str = "") -> Group:
    parts = (Part(kind, str(item[name]), of, place, item, item) for place, item in enumerate(items, 1))
    return Group(key, tuple(parts), "severity" if kind == "outcome" else "")


def _steps(items: Sequence[Structure]) -> Iterator[Part]:
    for place, item in enumerate(items, 1):
        kind = next(word for word in STEPS if word in item)
        name = str(item[kind])
        inside: tuple[Group, ...] = ()
        body = item
        if kind in _INSIDE:
            key, called = _INSIDE[kind]
            body = _without(item, key)
            parts = tuple(_rules(item, item[key], called, name))
            inside = (Group(key, parts, str(item["hit_policy"])),)
        elif kind == "scorecard":
            body = _without(item, "characteristics")
            inside = (Group("characteristics", tuple(_characteristics(item["characteristics"], name))),)
        yield Part(kind, name, "", place, body, item, inside)


def _rules(step: Structure, items: Sequence[Structure], kind: str, of: str) -> Iterator[Part]:
    for place, item in enumerate(items, 1):
        body = item
        if kind == "row":
            when = dict(zip(step["inputs"], item["when"], strict=True))
            then = dict(zip(step["outputs"], item["then"], strict=True))
            body = {**item, "when": when, "then": then}
        yield Part(kind, str(item["id"]), of, place, body, item)


def _characteristics(items: Sequence[Structure], of: str) -> Iterator[Part]:
    for place, item in enumerate(items, 1):
        bands = _listed(item["bands"], "bands", "band", "id", of)
        name, body = str(item["fact"]), _without(item, "bands")
        yield Part("characteristic", name, of, place, body, item, (bands,))


def _without(item: Structure, key: str) -> Structure:
    return {name: value for name, value in item.items() if name != key}
