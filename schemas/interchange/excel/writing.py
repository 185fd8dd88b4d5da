"""Writes the tables of a ruleset as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from app.domain.ruleset import Ruleset
from app.domain.values import Kind
from schemas.interchange.excel import (
    ABOUT,
    CHOICES,
    FORMAT,
    HEAD_LINES,
    LABEL_EN,
    LABEL_ZH,
    ROW,
    SOURCE,
    THEN,
    WHEN,
)
from schemas.interchange.sheets import Line, Sheet

LONGEST_TITLE = 31
NARROWEST, WIDEST = 10, 60
HOW_TO = (
    "Edit cells, add, remove and move rows; a row is known by its id. Columns are changed in the text.",
    "可修改单元格，可增、删、移动行；每行以 id 识别。列须在规则文本中修改。",
)
_BOLD, _GREY = Font(bold=True), PatternFill("solid", fgColor="E8ECEF")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def workbook(ruleset: Ruleset, sheets: Sequence[Sheet]) -> bytes:
    """The workbook (xlsx) of ``sheets``, which are the tables of ``ruleset``."""
    book = Workbook()
    about: Any = book.active
    about.title = ABOUT
    titles = _titles(sheets)
    lines = [
        (FORMAT,),
        ("policy", ruleset.policy),
        ("version", ruleset.version),
        ("digest", ruleset.digest),
        *((one,) for one in HOW_TO),
        (),
        ("sheet", "table", "as it was"),
        *((titles[one.table], one.table, one.digest) for one in sheets),
    ]
    for number, line in enumerate(lines, start=1):
        _line(about, number, line)
    about.column_dimensions["A"].width = about.column_dimensions["B"].width = 34
    lists = _Lists(book)
    for one in sheets:
        _sheet(book.create_sheet(titles[one.table]), one, ruleset, lists)
    lists.hide()
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _sheet(page: Any, table: Sheet, ruleset: Ruleset, lists: _Lists) -> None:
    columns = (*table.inputs, *table.outputs)
    labels = {
        **{name: spec.label for name, spec in ruleset.facts.items()},
        **{name: spec.label for name, spec in ruleset.outputs.items()},
        **{step.id: step.label for step in ruleset.steps},
    }
    kinds = [WHEN] * len(table.inputs) + [THEN] * len(table.outputs)
    _line(page, 1, ("table", table.table, "hit policy", table.hit_policy))
    _line(page, 2, ("", *kinds))
    _line(page, 3, (ROW, *columns, SOURCE, LABEL_EN, LABEL_ZH))
    _line(page, 4, ("", *(f"{one.en} {one.zh}" if (one := labels.get(name)) else "" for name in columns)))
    for number in range(1, HEAD_LINES + 1):
        for cell in page[number]:
            cell.font, cell.fill = _BOLD, _GREY
    for number, line in enumerate(table.lines, start=HEAD_LINES + 1):
        _line(page, number, (line.id, *line.when, *line.then, line.source, *(line.label or ())))
    page.freeze_panes = page.cell(HEAD_LINES + 1, 2)
    _widen(page, columns, table.lines)
    last = HEAD_LINES + max(1000, 2 * len(table.lines))
    for place, name in enumerate(columns, start=2):
        words = _words(ruleset, name, tested=place < len(table.inputs) + 2)
        if words:
            lists.offer(page, f"{get_column_letter(place)}{HEAD_LINES + 1}:{get_column_letter(place)}{last}",
                        name, words)  # fmt: skip


def _words(ruleset: Ruleset, name: str, *, tested: bool) -> tuple[str, ...]:
    """What is offered in a column: another text may be typed, such as a parameter or several values."""
    found = ruleset.types.get(name)
    if found is None or found.kind not in (Kind.CHOICE, Kind.YES_NO):
        return ()
    words = found.choices if found.kind is Kind.CHOICE else ("yes", "no")
    return ("-", *words, "unknown") if tested else tuple(words)


def _line(page: Any, number: int, texts: Sequence[str]) -> None:
    for place, text in enumerate(texts, start=1):
        cell = page.cell(number, place)
        cell.value, cell.data_type = text, "s"  # a text that begins with = is no formula here
        cell.number_format, cell.alignment = "@", _WRAPPED


def _widen(page: Any, columns: Sequence[str], lines: Sequence[Line]) -> None:
    for place in range(len(columns) + 4):
        texts = [("", *columns, SOURCE, LABEL_EN, LABEL_ZH)[place]]
        texts += [
            cells[place]
            for one in lines
            if place < len(cells := (one.id, *one.when, *one.then, one.source, *(one.label or ())))
        ]
        width = max(len(text.encode()) if text.isascii() else 2 * len(text) for text in texts) + 2
        page.column_dimensions[get_column_letter(place + 1)].width = min(max(width, NARROWEST), WIDEST)


def _titles(sheets: Sequence[Sheet]) -> Mapping[str, str]:
    """A title for each table: its id, cut and numbered where it is too long for a program."""
    titles: dict[str, str] = {}
    for one in sheets:
        title, number = one.table[:LONGEST_TITLE], 2
        while title in titles.values() or title in (ABOUT, CHOICES):
            tail = f"~{number}"
            title, number = one.table[: LONGEST_TITLE - len(tail)] + tail, number + 1
        titles[one.table] = title
    return titles


class _Lists:
    """The lists to choose from, on a hidden sheet: a list inside a cell's own rule is cut at 255 signs."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._page: Any = book.create_sheet(CHOICES)
        self._columns: dict[tuple[str, ...], str] = {}

    def offer(self, page: Any, cells: str, name: str, words: tuple[str, ...]) -> None:
        """Offer ``words`` in ``cells`` of ``page``."""
        if words not in self._columns:
            place = len(self._columns) + 1
            for number, word in enumerate((name, *words), start=1):
                self._page.cell(number, place).value = word
            letter = get_column_letter(place)
            self._columns[words] = f"{CHOICES}!${letter}$2:${letter}${len(words) + 1}"
        rule = DataValidation(type="list", formula1=self._columns[words], allow_blank=True)
        rule.showErrorMessage = False
        page.add_data_validation(rule)
        rule.add(cells)

    def hide(self) -> None:
        """Put the sheet behind the others, out of sight."""
        self._book.move_sheet(self._page, len(self._book.sheetnames))
        self._page.sheet_state = "hidden"
