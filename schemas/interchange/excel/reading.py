"""Reads a workbook back: its tables as sheets, and what each table was when it was given out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from schemas.interchange.excel import ABOUT, CHOICES, FORMAT, HEAD_LINES, LABEL_ZH, ROW, SOURCE, THEN, WHEN
from schemas.interchange.sheets import Line, Returned, Sheet

MOST_UNPACKED = 50 * 1024 * 1024
MOST_PARTS = 1_000
MOST_LINES, MOST_COLUMNS = 5_000, 200
IRRELEVANT = "-"


def read_workbook(content: bytes) -> Returned:
    """The tables of a workbook that ``workbook`` wrote and a person edited.

    Raises ``Invalid`` with a problem for each cell that cannot be read, by sheet and cell.
    """
    book = _opened(content)
    if ABOUT not in book.sheetnames or _first(book[ABOUT]) != FORMAT:
        raise _unreadable(
            told(
                "its sheet `{about}` does not begin with `{format}`; edit a workbook exported here",
                about=ABOUT,
                format=FORMAT,
            )
        )
    problems: list[Problem] = []
    sheets, made_from, policy = [], {}, ""
    for line in _lines(book[ABOUT]):
        first, second, third = (str(one or "") for one in (*line, "", "")[:3])
        if first == "policy":
            policy = second
        elif third:
            made_from[second] = third
    for title in book.sheetnames:
        if title not in (ABOUT, CHOICES):
            found = _Page(title, _lines(book[title]), problems).sheet()
            sheets += [] if found is None else [found]
    if problems:
        raise Invalid("The workbook cannot be read.", problems)
    return Returned(policy, tuple(sheets), made_from)


def _opened(content: bytes) -> Any:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
                raise _unreadable("unpacked it is far larger than any table")
            for one in parts:
                if one.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(one):
                    raise _unreadable("a document type stands in it, which no spreadsheet program writes")
        return load_workbook(BytesIO(content), read_only=True)
    except BadZipFile:
        raise _unreadable("it is no xlsx file") from None
    except Invalid:
        raise
    except Exception as error:  # whatever a broken file makes the library raise
        raise _unreadable(told("it is broken ({name})", name=type(error).__name__)) from None


def _unreadable(why: str) -> Invalid:
    return Invalid("The workbook cannot be read.", [Problem(f"{why}")])


def _first(page: Any) -> object:
    return next(iter(_lines(page)), ("",))[0]


def _lines(page: Any) -> Sequence[tuple[object, ...]]:
    """The lines of a sheet without what is empty at their ends."""
    lines: list[tuple[object, ...]] = []
    for cells in page.iter_rows(max_row=MOST_LINES + HEAD_LINES + 1, max_col=MOST_COLUMNS):
        lines.append(tuple(_value(cell) for cell in cells) or ("",))
    while lines and not any(one not in (None, "") for one in lines[-1]):
        lines.pop()
    return lines


def _value(cell: Any) -> object:
    """What a cell holds; a number that is shown in percent becomes what is shown."""
    value = cell.value
    if isinstance(value, float | int) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return f"{(Decimal(repr(value)) * 100).normalize():f}%"
    if cell.data_type == "f":
        return _Formula(str(value))
    return value


@dataclass(frozen=True, slots=True)
class _Formula:
    written: str


class _Page:
    """One sheet of a workbook."""

    def __init__(self, title: str, lines: Sequence[tuple[object, ...]], problems: list[Problem]) -> None:
        self._title, self._lines, self._problems = title, lines, problems

    def sheet(self) -> Sheet | None:
        """The table on it; None where its head is not as it was given out."""
        if len(self._lines) < HEAD_LINES or len(self._lines) > MOST_LINES + HEAD_LINES:
            self._note(
                1,
                1,
                told("a table has its four lines of head and at most {most:,} rows below", most=MOST_LINES),
            )
            return None
        table, hit_policy = (self._text(1, place) for place in (2, 4))
        kinds = [self._text(2, place) for place in range(1, len(self._lines[1]) + 1)]
        names = [self._text(3, place) for place in range(1, len(self._lines[2]) + 1)]
        inputs = [names[place] for place, kind in enumerate(kinds[: len(names)]) if kind == WHEN]
        outputs = [names[place] for place, kind in enumerate(kinds[: len(names)]) if kind == THEN]
        width = 1 + len(inputs) + len(outputs)
        if names[:1] != [ROW] or names[width : width + 1] != [SOURCE] or LABEL_ZH not in names:
            self._note(
                3,
                1,
                told(
                    "the head is not as it was exported: {row}, the columns, {source}, the label",
                    row=ROW,
                    source=SOURCE,
                ),
            )
            return None
        lines = tuple(self._rows(len(inputs), len(outputs)))
        return Sheet(table, hit_policy, tuple(inputs), tuple(outputs), lines)

    def _rows(self, inputs: int, outputs: int) -> Iterator[Line]:
        for number in range(HEAD_LINES + 1, len(self._lines) + 1):
            if not any(one not in (None, "") for one in self._lines[number - 1]):
                continue
            id, *cells = (self._text(number, place) for place in range(1, inputs + outputs + 5))
            if not id:
                self._note(number, 1, "a row needs an id of its own: lower-case words joined by -")
                continue
            source, en, zh = cells[inputs + outputs :]
            if bool(en) is not bool(zh):
                self._note(number, inputs + outputs + 3, "a label stands in both languages, or in none")
            if not source:
                self._note(number, inputs + outputs + 2, "a row needs a source")
            yield Line(
                id,
                tuple(one or IRRELEVANT for one in cells[:inputs]),
                tuple(cells[inputs : inputs + outputs]),
                source,
                (en, zh) if en and zh else None,
            )

    def _text(self, number: int, place: int) -> str:
        """A cell as the text that a person meant."""
        line = self._lines[number - 1]
        value = line[place - 1] if place <= len(line) else None
        if isinstance(value, _Formula):
            self._note(
                number,
                place,
                told("`{written}` is a formula; write what it gives", written=value.written[:40]),
            )
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime | date):
            return value.isoformat()[:10]
        if isinstance(value, float | int):
            return f"{Decimal(repr(value)).normalize():f}"
        return "" if value is None else str(value).strip()

    def _note(self, number: int, place: int, message: str) -> None:
        self._problems.append(
            Problem(
                told(
                    "sheet `{title}`, cell {letter}{number}: {message}",
                    title=self._title,
                    letter=get_column_letter(place),
                    number=number,
                    message=message,
                )
            )
        )
