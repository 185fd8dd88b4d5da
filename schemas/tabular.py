"""A table of somebody else's, CSV or a workbook, as a header and numbered rows of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.domain.errors import Invalid, Problem
from app.domain.messages import joined, told

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_ROW = 2
"""Rows are counted as a spreadsheet shows them: the header is row 1."""
_ZIP = b"PK\x03\x04"
_OTHERS = {";": "semicolons", "\t": "tabs", "|": "|"}
"""What other programs put between the columns."""


class TabularRows(NamedTuple):
    """The names of the columns, and each row by its number; a row may have more or fewer cells."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[str]]]


def csv_table(lines: Iterable[str]) -> TabularRows:
    """The table in lines of CSV; raises ``Invalid``, and so may its rows."""
    reader = csv.reader(lines, strict=True)
    try:
        header = tuple(name.strip() for name in next(reader, []))
    except (csv.Error, UnicodeDecodeError) as error:
        raise _unreadable(error) from None
    return TabularRows(checked_header(header), _rows(reader))


def table_of(content: bytes) -> TabularRows:
    """The table in a whole file, which its first bytes tell to be CSV or a workbook; raises ``Invalid``."""
    if not content.startswith(_ZIP):
        return csv_table(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=""))
    from schemas.interchange.excel.lines import workbook_rows

    rows = workbook_rows(content)
    _, header = next(rows, (1, ()))
    return TabularRows(checked_header(tuple(name.strip() for name in header)), rows)


def checked_header(header: tuple[str, ...]) -> tuple[str, ...]:
    """The header; raises ``Invalid`` where there is none, no comma separates it, or two names are alike."""
    twice = sorted({name for name in header if header.count(name) > 1})
    between = next((one for one in _OTHERS if len(header) == 1 and one in header[0]), None)
    if between is not None:
        said = told(
            "its columns are separated by {others}, and must be by commas; save it so",
            others=_OTHERS[between],
        )
        raise Invalid("The file cannot be read.", [Problem(said, code="csv")])
    if not any(header):
        raise Invalid("The file cannot be read.", [Problem("its first row names the columns, and is empty")])
    if twice:
        said = told(
            "several columns are named {twice}; names must differ", twice=joined(", ", map(repr, twice))
        )
        raise Invalid("The file cannot be read.", [Problem(said)])
    return header


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    number = FIRST_ROW
    try:
        for cells in reader:
            if cells:
                yield number, cells
            number += 1
    except (csv.Error, UnicodeDecodeError) as error:
        raise _unreadable(error, number) from None


def _unreadable(error: Exception, number: int | None = None) -> Invalid:
    said = (
        "it is not UTF-8"
        if isinstance(error, UnicodeDecodeError)
        else told("it is no CSV: {error}", error=error)
    )
    at = "" if number is None else told(", from row {number} on", number=number)
    return Invalid("The file cannot be read.", [Problem(joined("", (said, at)))])
