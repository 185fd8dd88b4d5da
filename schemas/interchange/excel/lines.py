"""A workbook's first sheet as rows of text, as a CSV file would hold them; openpyxl is loaded when needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from app.domain.errors import Invalid, Problem
from app.domain.messages import told

MOST_COLUMNS = 1_000
CANNOT = "The workbook cannot be read."


def workbook_rows(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows that are not empty, by number from 1, each as long as the first; raises ``Invalid``.

    Of a formula the value counts that the program which wrote the file left beside it.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        page: Any = book.worksheets[0]
        width = 0
        for number, cells in enumerate(page.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            texts = [_text(cell) for cell in cells]
            while texts and not texts[-1] and (not width or len(texts) > width):
                texts.pop()
            if any(texts):
                width = width or len(texts)
                yield number, texts + [""] * (width - len(texts))
    except (InvalidFileException, BadZipFile, KeyError, IndexError, ValueError, OSError) as error:
        raise Invalid(CANNOT, [Problem(told("it is no workbook (.xlsx): {error}", error=error))]) from None


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
