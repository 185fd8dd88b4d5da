"""A line of a CSV file as a request: columns are facts by name, beside those of the request's envelope.

Cells are written as people write them: ``80000.00``, ``30%``, ``yes`` and
``2026-01-31``, lists as ``A;B``; an empty cell is unknown. A record is one line:
a cell with a line break in it would make every later line doubtful.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.declarations import FactSpec
from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.requests import DecisionRequest
from app.domain.ruleset import Ruleset
from app.domain.values import Kind
from schemas.constants import constant, constants, nearest
from schemas.facts import pointer_to, shortened
from schemas.json_text import plain_text
from schemas.json_values import json_value
from schemas.requests import read_line

ENVELOPE = ("id", "idempotency_key", "customer", "reference", "as_of", "currency", "on_behalf_of")
LIST_SEPARATOR = ";"
LONGEST_CELL = 4000
MOST_HINTED = 300
_BOM = b"\xef\xbb\xbf"


def cells_of(line: bytes, what: str) -> list[str]:
    """The cells of one line, spaces around them dropped; raises ``Invalid``."""
    text = plain_text(line.removeprefix(_BOM), what)
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error as error:
        message = told("it is no line of CSV: {error}; a cell may not hold a line break", error=error)
        raise Invalid(
            told("{what} cannot be read: {why}.", what=told(what), why=message),
            [Problem(message, code="csv")],
        ) from None
    return [cell.strip() for cell in rows[0]] if rows else []


def header_of(ruleset: Ruleset, line: bytes) -> list[str]:
    """The names of the columns; raises ``Invalid`` for one that is empty, strange, or there twice."""
    names = cells_of(line, "The header")
    known = [*ruleset.facts, *ENVELOPE]
    seen: set[str] = set()
    problems = []
    for place, name in enumerate(names, 1):
        if name not in known:
            hint = nearest(name, known) if place <= MOST_HINTED and len(name) <= 64 else ""
            message = told(
                "column {place}: `{name}` is no fact of {policy}{hint}",
                place=place,
                name=name[:64],
                policy=ruleset.policy,
                hint=hint,
            )
            problems.append(Problem(message, code="unknown-fact"))
        elif name in seen:
            problems.append(Problem(told("column {place}: `{name}` stands twice", place=place, name=name)))
        seen.add(name)
    if problems:
        raise Invalid("The header cannot be read.", shortened(problems))
    return names


def row_of(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by column; raises ``Invalid`` when there are more or fewer of them than columns."""
    if len(cells) != len(header):
        message = told(
            "the line has {cells} cells, and the header {width}", cells=len(cells), width=len(header)
        )
        raise Invalid(
            told("The line cannot be read: {message}.", message=message), [Problem(message, code="csv")]
        )
    return dict(zip(header, cells, strict=True))


def line_from_row(ruleset: Ruleset, row: Mapping[str, str]) -> tuple[DecisionRequest, str | None]:
    """The request in one row and its idempotency key, if any; raises ``Invalid`` with one problem a cell.

    A column that is a fact is that fact, whatever else it could be. An empty cell is as no column at all.
    """
    problems: list[Problem] = []
    facts: dict[str, Any] = {}
    envelope: dict[str, Any] = {}
    for column, cell in row.items():
        try:
            if not cell:
                continue
            if column in ruleset.facts:
                facts[column] = fact_from_cell(cell, ruleset.facts[column])
            else:
                envelope[column] = cell
        except ValueError as error:
            problems.append(
                Problem(
                    told("column {column}: {error}", column=column, error=error), pointer_to("/facts", column)
                )
            )
    if problems:
        raise Invalid(
            told(
                "{number} cell{plural} cannot be read.",
                number=len(problems),
                plural="s" * (len(problems) > 1),
            ),
            problems,
        )
    return read_line({"facts": facts, **envelope})


def fact_from_cell(cell: str, spec: FactSpec) -> Any:
    """The JSON form of one cell; raises ``ValueError``."""
    if len(cell) > LONGEST_CELL:
        raise ValueError(told("the cell has more than {most:,} characters", most=LONGEST_CELL))
    if spec.type.kind is Kind.CHOICES:
        words = [word.strip() for word in cell.split(LIST_SEPARATOR) if word.strip()]
        return json_value(constants(words, spec.type))
    return json_value(constant(cell, spec.type))
