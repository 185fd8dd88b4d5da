"""Which patterns may share one handle of durable_rules, and in which order a pattern is tested.

The network keeps the comparisons that a fact has met, and that still lead
somewhere, on a stack of 64 entries; beyond that it refuses the fact, and the
session is of no more use. So the patterns of a handle must never lead more than
60 comparisons deep into that stack, **whatever the fact**: ``load_of`` counts
what the worst fact would meet at once. A table whose rows exclude one another
needs one handle for hundreds of rows, a list of rules that may all hold one for
every 60.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app.domain.errors import Invalid, Problem
from app.engine.ranks import HIGHEST, LOWEST, Column, Pattern, Run

MOST_AT_ONCE = 60
MOST_PATTERNS = 500  # a node finds its followers in a table of 512 entries, and hangs when that is full
MOST_ATTRIBUTES = 240  # a fact has room for 255, some of them the engine's own


class Comparison(NamedTuple):
    """One node of the network: ``attribute`` is within ``run``, a single rank or unbounded on one side."""

    attribute: str
    run: Run


class Path(NamedTuple):
    """One pattern of a rule as the network tests it, comparison after comparison."""

    rule: int
    comparisons: tuple[Comparison, ...]


class TooManyFacts(Invalid):
    """One rule tests more facts than the engine can be told of."""


def dealt(patterns: Sequence[tuple[int, Pattern]], columns: Sequence[Column]) -> list[list[Path]]:
    """The numbered patterns of a step as paths, dealt to as few handles as can hold them.

    They are dealt in turn, like cards: neighbouring rows of a table are alike
    and would crowd one handle. Raises ``TooManyFacts``.
    """
    order = _order([pattern for _, pattern in patterns])
    paths = [Path(rule, _comparisons(pattern, order)) for rule, pattern in patterns]
    handles = max(1, -(-len(paths) // MOST_PATTERNS), -(-load_of(paths) // MOST_AT_ONCE))
    while True:
        hands = [paths[i::handles] for i in range(handles)]
        if all(_fits(hand, columns) for hand in hands):
            return hands
        if handles >= len(paths):
            message = f"one rule tests more than {MOST_ATTRIBUTES} facts or values of a list; split it"
            raise TooManyFacts(message, [Problem(message)])
        handles += 1


def load_of(paths: Iterable[Path]) -> int:
    """The most comparisons that one fact can meet at once without one leading to another: an upper bound."""
    root: dict[Any, Any] = {}
    for number, path in enumerate(paths):
        node = root
        for comparison in path.comparisons:
            node = node.setdefault(comparison, {})
        node[number] = {}
    return _load(root)


def _load(node: Mapping[Any, Any]) -> int:
    """Followers on one attribute count together only where their runs meet; different attributes always."""
    ends = 0
    runs: dict[str, list[tuple[Run, int]]] = {}
    for key, below in node.items():
        if isinstance(key, Comparison):
            runs.setdefault(key.attribute, []).append((key.run, _load(below)))
        else:
            ends += 1
    return ends + sum(_at_once(one) for one in runs.values())


def _at_once(runs: Iterable[tuple[Run, int]]) -> int:
    """The greatest sum of weights of runs that share a rank."""
    changes: dict[int, int] = {}
    for (low, high), weight in runs:
        changes[low] = changes.get(low, 0) + weight
        changes[high + 1] = changes.get(high + 1, 0) - weight
    most = current = 0
    for rank in sorted(changes):
        current += changes[rank]
        most = max(most, current)
    return most


def columns_tested(paths: Iterable[Path], columns: Sequence[Column]) -> list[int]:
    """The numbers of the columns that some path tests; a column is told to the engine whole."""
    tested = {one.attribute for path in paths for one in path.comparisons}
    return [i for i, column in enumerate(columns) if not tested.isdisjoint(column.attributes)]


def _fits(paths: Sequence[Path], columns: Sequence[Column]) -> bool:
    if len(paths) > MOST_PATTERNS:
        return False
    if sum(len(columns[i].attributes) for i in columns_tested(paths, columns)) > MOST_ATTRIBUTES:
        return False
    return len(paths) <= MOST_AT_ONCE or load_of(paths) <= MOST_AT_ONCE


def _order(patterns: Sequence[Pattern]) -> dict[str, int]:
    """The attributes, fewest different runs first: where patterns begin alike, there are fewer nodes."""
    runs: dict[str, set[Run]] = {}
    for pattern in patterns:
        for attribute, run in pattern.items():
            runs.setdefault(attribute, set()).add(run)
    return {attribute: i for i, attribute in enumerate(sorted(runs, key=lambda one: len(runs[one])))}


def _comparisons(pattern: Pattern, order: Mapping[str, int]) -> tuple[Comparison, ...]:
    found: list[Comparison] = []
    for attribute in sorted(pattern, key=lambda one: order[one]):
        low, high = pattern[attribute]
        if low == high:
            found.append(Comparison(attribute, (low, high)))
            continue
        if low > LOWEST:
            found.append(Comparison(attribute, (low, HIGHEST)))
        if high < HIGHEST:
            found.append(Comparison(attribute, (LOWEST, high)))
    return tuple(found)
