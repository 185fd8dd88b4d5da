"""A table of a draft as a sheet of cells.

With JavaScript the cells come as one JSON text, to be shown as a grid, and go back as one (``rows``: lists of
id, conditions, contributions, source). Without it a smaller table is a form with a field for each cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import told
from app.web.pages.editing.desk import MOST_BYTES, TABLES, Desk, Draft
from app.web.pages.editing.spelling import NUMERIC, meant, shown
from app.web.pages.language import _, said
from app.web.pages.page import Page
from schemas.interchange.merging import merge
from schemas.interchange.outline import Outline
from schemas.interchange.sheets import Line, Sheet
from schemas.ruleset.words import UNKNOWN

PAGES = (
    Page("GET /rulesets/{policy}/{version}/edit", Action.EDIT_VERSION),
    Page("POST /rulesets/{policy}/{version}/edit", Action.EDIT_VERSION, most=MOST_BYTES),
)
MOST_FIELDS = 400
"""The largest table, in cells, that is shown as a form where there is no JavaScript."""


def add(pages: Blueprint, desk: Desk) -> None:
    """``/`` of the editor."""

    @pages.get("")
    def show_table(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        sheet = _sheet(draft, request.args.get("table", ""))
        table = "" if sheet is None else sheet.table
        return desk.show(TABLES, draft, table=table, **_shown(draft, sheet))

    @pages.post("")
    def take_table(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        before = _sheet(draft, request.form.get("table", ""))
        if before is None or draft.outline is None:
            return desk.show(TABLES, draft, 422)
        after = _given(before, _columns(draft.outline, before))
        return desk.take(
            TABLES,
            draft,
            lambda text: merge(text, (after,)).text,
            table=after.table,
            back=f"?table={after.table}",
            **_shown(draft, after),
        )


def _sheet(draft: Draft, name: str) -> Sheet | None:
    """The table of that name, the first one where none is named; None where the text has none to show."""
    if draft.outline is None:
        return None
    tables = draft.outline.tables()
    if not name and tables:
        name = tables[0][0].name
    found = draft.outline.table(name)
    if found is None and name:
        raise NotFound(told("This text has no table {name}.", name=name[:64]))
    return found


def _shown(draft: Draft, sheet: Sheet | None) -> dict[str, Any]:
    if sheet is None or draft.outline is None:
        return {"sheet": None, "columns": [], "cells": "", "rows": [], "as_form": False}
    columns = _columns(draft.outline, sheet)
    rows = [_cells(one) for one in sheet.lines]
    return {
        "sheet": sheet,
        "columns": columns,
        "rows": rows,
        "as_form": len(rows) * len(columns) <= MOST_FIELDS,
        "cells": orjson.dumps({"columns": columns, "rows": rows}).decode().replace("<", "\\u003c"),
    }


def _cells(line: Line) -> list[str]:
    return [line.id, *line.when, *line.then, line.source]


def _columns(outline: Outline, sheet: Sheet) -> list[dict[str, Any]]:
    """Each column: its name, what it is called, its part (id, when, then, source), its type, its choices."""
    found = [_column("id", _("Row"), "id")]
    for part, names in (("when", sheet.inputs), ("then", sheet.outputs)):
        for name in names:
            one = outline.named(name)
            choices = {code: said(label) for code, label in one.choices.items()}
            found.append(_column(name, said(one.label), part, one.type, choices))
    return [*found, _column("source", _("Source"), "source")]


def _column(
    name: str, label: str, part: str, kind: str = "", choices: Mapping[str, str] | None = None
) -> dict[str, Any]:
    hint = f"{name}: {kind}" if kind else name
    numeric = kind in NUMERIC
    return {
        "name": name,
        "label": label,
        "part": part,
        "hint": hint,
        "type": kind,
        "numeric": numeric,
        "choices": choices or {},
        "words": {**(choices or {}), UNKNOWN: _("not known")},
    }


def _given(before: Sheet, columns: Sequence[Mapping[str, Any]]) -> Sheet:
    """The table that a form holds; a row keeps its label as long as it keeps its id. Raises ``Invalid``."""
    rows = _from_json(request.form["rows"]) if "rows" in request.form else _from_fields(_width(before))
    labels = {one.id: one.label for one in before.lines}
    were = {one.id: _cells(one) for one in before.lines}
    inputs = len(before.inputs)
    lines = []
    for row in rows:
        if len(row) != _width(before):
            raise Invalid("A row has too few or too many cells.", [Problem("load the page again")])
        row = _meant(row, were.get(row[0]), columns)
        id, when, then, source = row[0], row[1 : 1 + inputs], row[1 + inputs : -1], row[-1]
        lines.append(Line(id, tuple(when), tuple(then), source, labels.get(id)))
    return Sheet(before.table, before.hit_policy, before.inputs, before.outputs, tuple(lines))


def _meant(
    row: Sequence[str], was: Sequence[str] | None, columns: Sequence[Mapping[str, Any]]
) -> Sequence[str]:
    """The cells of a row as the text has them; a cell in which nothing was changed keeps its spelling."""
    before: Sequence[str | None] = was or [None] * len(row)
    return [
        old if old is not None and cell in (old, shown(old, one["type"])) else meant(cell, one["type"])
        for cell, old, one in zip(row, before, columns, strict=True)
    ]


def _width(sheet: Sheet) -> int:
    return 2 + len(sheet.inputs) + len(sheet.outputs)


def _from_json(written: str) -> Sequence[Sequence[str]]:
    try:
        rows = orjson.loads(written)
    except orjson.JSONDecodeError:
        rows = None
    if not isinstance(rows, list) or not all(
        isinstance(row, list) and row and all(isinstance(cell, str) for cell in row) for row in rows
    ):
        again = Problem("load the page again, then make the change once more")
        raise Invalid("The rows cannot be read.", [again])
    return [[cell.strip() for cell in row] for row in rows]


def _from_fields(width: int) -> Sequence[Sequence[str]]:
    """Fields ``cell`` by row and column; rows without an id, and those to remove, are left out."""
    cells = [one.strip() for one in request.form.getlist("cell")]
    rows = [cells[at : at + width] for at in range(0, len(cells), width)]
    removed = frozenset(request.form.getlist("remove"))
    return [row for row in rows if row[0] and row[0] not in removed]
