"""Merges one sheet into the table that it is of: which parts of the text are replaced by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from schemas.interchange.changes import Change, ChangeKind, row_changes
from schemas.interchange.rows_text import (
    Replaced,
    condition,
    contribution,
    indent_of,
    label_edits,
    replaced,
    row_text,
    scalar,
    spans,
)
from schemas.interchange.sheets import Line, Sheet, cell_text, label_of
from schemas.text import Block


class TableMerge:
    """``pieces`` of the text to replace, and the ``changes`` that they are. The sheet fits the table."""

    def __init__(self, item: Block, written: str, given: Sheet) -> None:
        self._written, self._given = written, given
        self._item = item
        self._by_id = {str(row["id"]): row for row in item["rows"]}
        self.changes: list[Change] = []
        self.pieces: list[Replaced] = []
        edits = {
            line.id: list(self._edits(self._by_id[line.id], line))
            for line in given.lines
            if line.id in self._by_id
        }
        before, after = list(self._by_id), [line.id for line in given.lines]
        if before == after:
            self.pieces += [one for several in edits.values() for one in several]
        else:
            self.changes += row_changes(given.table, before, after)
            self.pieces.append(self._anew(edits))

    def _anew(self, edits: Mapping[str, Sequence[Replaced]]) -> Replaced:
        """All rows in their new order, each with its own lines and the comments right above it."""
        several = spans(self._item, self._written)
        places = dict(zip(self._by_id, several, strict=True))
        indent = indent_of(self._item, self._written)
        lines = [
            replaced(self._written, *places[line.id], edits[line.id])
            if line.id in places
            else row_text(line, indent)
            for line in self._given.lines
        ]
        ended = [one if one.endswith("\n") else f"{one}\n" for one in lines]
        return several[0][0], several[-1][1], "".join(ended)

    def _edits(self, row: Block, line: Line) -> Iterator[Replaced]:
        names = (*self._given.inputs, *self._given.outputs, "source")
        cells = (*row["when"], *row["then"], row["source"])
        wanted = (*line.when, *line.then, line.source)
        for place, (column, now, after) in enumerate(zip(names, cells, wanted, strict=True)):
            before = cell_text(now, self._written)
            if before != after:
                self._note(line, column, before, after)
                yield now.begin, now.end, self._written_anew(after, place)
        before_label = label_of(row)
        if before_label != line.label:
            self._note(line, "label", " / ".join(before_label or ()), " / ".join(line.label or ()))
            yield from label_edits(row, self._written, line.label)

    def _written_anew(self, cell: str, place: int) -> str:
        inputs, outputs = len(self._given.inputs), len(self._given.outputs)
        if place < inputs:
            return condition(cell, inputs)
        return contribution(cell) if place < inputs + outputs else scalar(cell)

    def _note(self, line: Line, column: str, before: str, after: str) -> None:
        self.changes.append(Change(ChangeKind.CELL, self._given.table, line.id, column, before, after))
