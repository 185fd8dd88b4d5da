"""The direct matcher: per column, a value selects the rows it satisfies; the AND of these is the answer.

It works on the exact typed values, cutting each column where the truth of some
row changes. It shares nothing with the encoding of ``app.engine.durable``, so
that a mistake in one does not repeat in the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from app.domain.rules import MatchStep
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import Compare, ContainsAll, IsKnown, IsUnknown, Range, UnaryTest
from app.domain.values import Kind, Value, Values

Rows = int  # a set of rows: bit i is row i
Cut = tuple[Value, bool]  # a value, and whether the cut lies after it rather than before
Span = tuple[Cut | None, Cut | None]  # from the first cut to the second; None is without bound
Cell = tuple[Rows, UnaryTest]  # one row's bit, and what it says about the column
Look = tuple[str, Callable[[Value, Rows], Rows], Rows]  # the members of a column that matching needs


class Column(NamedTuple):
    """``rows`` gives those that a value of ``name`` satisfies; ``kept`` is how many that is on average.

    It is called with ``otherwise``: the rows of a value that it does not know, as a dict's ``get`` is.
    """

    name: str
    rows: Callable[[Value, Rows], Rows]
    otherwise: Rows
    kept: int


class DirectMatcher:
    """Matches the steps of one ruleset; holds no state between calls, so threads may share it."""

    __slots__ = ("_steps",)

    def __init__(self, ruleset: Ruleset) -> None:
        kinds = {name: value_type.kind for name, value_type in ruleset.types.items()}
        self._steps = [_step(step, kinds) for step in ruleset.match_steps]

    def holding(self, step: int, values: Values) -> int:
        """The rules of match step number ``step`` that hold, as a mask."""
        mask, columns = self._steps[step]
        for name, rows, otherwise in columns:
            mask &= rows(values[name], otherwise)
            if not mask:
                break
        return mask


def _step(step: MatchStep, kinds: Mapping[str, Kind]) -> tuple[Rows, list[Look]]:
    """All rows of the step and its columns, those that keep fewest rows first.

    A rule that tests a name twice has its second test in a column of its own.
    """
    every = (1 << len(step.rules)) - 1
    cells: dict[tuple[str, int], list[Cell]] = {}
    for number, rule in enumerate(step.rules):
        seen: list[str] = []
        for name, test in ((one.name, one.test) for one in rule.when if not _says_nothing(one.test)):
            cells.setdefault((name, seen.count(name)), []).append((1 << number, test))
            seen.append(name)
    columns = [_column(name, kinds[name], every, column) for (name, _), column in cells.items()]
    columns.sort(key=lambda column: column.kept)
    return every, [(column.name, column.rows, column.otherwise) for column in columns]


def _says_nothing(test: UnaryTest) -> bool:
    return len(test.alternatives) == 0


def _column(name: str, kind: Kind, every: Rows, cells: Sequence[Cell]) -> Column:
    free = every  # rows that say nothing about this column
    for row, _ in cells:
        free &= ~row
    unknown = free
    for row, test in cells:
        if not test.negated and any(isinstance(one, IsUnknown) for one in test.alternatives):
            unknown |= row
    if kind is Kind.CHOICES:
        return Column(name, _list_rows(free, cells), unknown, every.bit_count())
    if kind in (Kind.CHOICE, Kind.YES_NO):
        rows, other = _choice_rows(free, cells)
        kept = [*rows.values(), other]
        rows[None] = unknown
        return Column(name, rows.get, other, _average(kept))
    before, behind, masks = _intervals(free, cells)

    def interval(value: Value, unknown: Rows) -> Rows:
        return unknown if value is None else masks[bisect_right(before, value) + bisect_left(behind, value)]

    def starts_at(value: Value, unknown: Rows) -> Rows:  # as of bands, whose cuts all lie before a value
        return unknown if value is None else masks[bisect_right(before, value)]

    return Column(name, interval if behind else starts_at, unknown, _average(masks))


def _average(masks: Sequence[Rows]) -> int:
    return sum(mask.bit_count() for mask in masks) // len(masks)


def _choice_rows(free: Rows, cells: Sequence[Cell]) -> tuple[dict[Value, Rows], Rows]:
    """The rows of each value that some cell names, and of any other value."""
    named = [
        {one.endpoint.value for one in test.alternatives if isinstance(one, Compare)} for _, test in cells
    ]
    rows: dict[Value, Rows] = dict.fromkeys(set[Value]().union(*named), free)
    other = free
    for (row, test), words in zip(cells, named, strict=True):
        any_value = any(isinstance(one, IsKnown) for one in test.alternatives)
        for value in rows:
            if (any_value or value in words) is not test.negated:
                rows[value] |= row
        if any_value is not test.negated:
            other |= row
    return rows, other


def _list_rows(free: Rows, cells: Sequence[Cell]) -> Callable[[Value, Rows], Rows]:
    tests = []
    for row, test in cells:
        wanted = [
            frozenset(one.values) if isinstance(one, ContainsAll) else frozenset((one.endpoint.value,))
            for one in test.alternatives
            if isinstance(one, Compare | ContainsAll)
        ]
        always = any(isinstance(one, IsKnown) for one in test.alternatives)
        tests.append((row, wanted, always, test.negated))

    def rows(value: Value, unknown: Rows) -> Rows:
        if value is None:
            return unknown
        chosen = frozenset(value)
        mask = free
        for row, wanted, always, negated in tests:
            if (always or any(group <= chosen for group in wanted)) is not negated:
                mask |= row
        return mask

    return rows


def _intervals(free: Rows, cells: Sequence[Cell]) -> tuple[list[Value], list[Value], list[Rows]]:
    """The cuts that lie before their value, those that lie behind it, and the rows of each interval.

    The number of cuts below a value is the number of its interval.
    """
    spans = [(row, _spans(test), test.negated) for row, test in cells]
    cuts = sorted({cut for _, pieces, _ in spans for piece in pieces for cut in piece if cut is not None})
    position = {cut: i + 1 for i, cut in enumerate(cuts)}
    intervals = len(cuts) + 1
    opening, closing = [0] * (intervals + 1), [0] * (intervals + 1)
    turned = 0  # the rows whose test is negated
    for row, pieces, negated in spans:
        stretches = [
            (0 if low is None else position[low], intervals if high is None else position[high])
            for low, high in pieces
        ]
        for start, stop in _united(stretches):
            opening[start] |= row
            closing[stop] |= row
        turned |= row if negated else 0
    masks, inside = [], 0
    for i in range(intervals):
        inside = inside & ~closing[i] | opening[i]
        masks.append(free | (inside ^ turned))
    before = [value for value, after in cuts if not after]
    behind = [value for value, after in cuts if after]
    return before, behind, masks


def _united(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same intervals in stretches that neither overlap nor are empty."""
    apart: list[tuple[int, int]] = []
    for start, stop in sorted(stretches):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(stop, apart[-1][1]))
        elif start < stop:
            apart.append((start, stop))
    return apart


def _spans(test: UnaryTest) -> list[Span]:
    spans: list[Span] = []
    for one in test.alternatives:
        match one:
            case Compare("=", endpoint):
                spans.append(((endpoint.value, False), (endpoint.value, True)))
            case Compare("<", endpoint):
                spans.append((None, (endpoint.value, False)))
            case Compare("<=", endpoint):
                spans.append((None, (endpoint.value, True)))
            case Compare(">", endpoint):
                spans.append(((endpoint.value, True), None))
            case Compare(">=", endpoint):
                spans.append(((endpoint.value, False), None))
            case Range(low, low_included, high, high_included):
                spans.append(((low.value, not low_included), (high.value, high_included)))
            case IsKnown():
                spans.append((None, None))
    return spans
