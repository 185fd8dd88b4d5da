"""Cells of a CSV file that a spreadsheet opens: text, and never a formula that somebody else wrote."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO
from typing import Any

import orjson

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def line(cells: Iterable[Any]) -> str:
    """One line with its end; values in their JSON form become cells."""
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerow([cell(one) for one in cells])
    return written.getvalue()


def cell(value: Any) -> str:
    """A value as a cell: yes or no, lists between semicolons, records as JSON, unknown as nothing.

    Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
    """
    text = _text(value)
    if text.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return ";".join(value)
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    return "" if value is None else str(value)
