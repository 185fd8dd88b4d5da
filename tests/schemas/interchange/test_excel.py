"""A workbook holds the tables of a ruleset, and comes back as a person edited it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from app.domain.errors import Invalid
from schemas.interchange.excel.reading import read_workbook
from schemas.interchange.excel.writing import workbook
from schemas.interchange.merging import merge
from schemas.interchange.sheets import sheets_of
from schemas.ruleset import load

SHIPPED = sorted(Path("rulesets").glob("*/1.0.0.yaml"))
RAW = Path("rulesets/payment-terms/1.0.0.yaml").read_bytes()
BOOK = workbook(load(RAW), sheets_of(RAW))


def edited(change: Callable[[Any], object]) -> bytes:
    """The workbook after a person changed something in it and saved it."""
    book = load_workbook(BytesIO(BOOK))
    change(book)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def cell(place: str, value: Any, form: str | None = None) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        found = book["base-terms"][place]
        found.value = value
        if form:
            found.number_format = form

    return change


def after(content: bytes) -> bytes:
    found = read_workbook(content)
    return merge(RAW, found.sheets, found.made_from).text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_shipped_table_goes_out_and_comes_back_without_loss(path: Path) -> None:
    raw = path.read_bytes()
    found = read_workbook(workbook(load(raw), sheets_of(raw)))
    assert found.sheets == sheets_of(raw)
    assert found.policy == path.parent.name


@pytest.mark.parametrize(
    ("typed", "form", "written"),
    [
        ("60", None, "60"),
        (60, "General", "60"),
        (60.0, "0", "60"),
        (0.35, "0%", "35%"),
        (0.125, "0.0%", "12.5%"),
        (1e-7, "General", "0.0000001"),
        (date(2026, 1, 31), "yyyy-mm-dd", "2026-01-31"),
        (True, "General", "yes"),
        (" 60 ", None, "60"),
    ],
)
def test_a_number_a_day_or_a_tick_is_read_as_it_is_shown(typed: Any, form: str | None, written: str) -> None:
    text = after(edited(cell("E6", typed, form)))
    assert text == RAW.replace(b"then: [max_balance_days, 0%],      source: \"S4:L35\"}",
                               f"then: [{written}, 0%],      source: \"S4:L35\"}}".encode(), 1)  # fmt: skip


def test_an_empty_condition_is_one_that_does_not_matter() -> None:
    (found,) = (one for one in read_workbook(edited(cell("B6", None))).sheets if one.table == "base-terms")
    assert found.lines[1].when == ("-", "-", "-")


def test_a_text_that_begins_like_a_formula_stays_a_text() -> None:
    raw = RAW.replace(b'source: "S0:L7"', b'source: "=1+1"')
    book = load_workbook(BytesIO(workbook(load(raw), sheets_of(raw))))
    assert [
        one.data_type for row in book["base-terms"].iter_rows() for one in row if one.value == "=1+1"
    ] == ["s"]
    assert read_workbook(workbook(load(raw), sheets_of(raw))).sheets == sheets_of(raw)


def test_choices_are_offered_and_other_words_may_be_typed() -> None:
    book = load_workbook(BytesIO(BOOK))
    rules = book["base-terms"].data_validations.dataValidation
    assert any("B5" in str(one.sqref) and not one.showErrorMessage for one in rules)
    offered = {str(one.value) for row in book["choices"].iter_rows(min_row=2) for one in row if one.value}
    assert {"A", "B", "yes", "no", "unknown"} <= offered
    assert book["choices"].sheet_state == "hidden"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (cell("E6", "=30+30"), "sheet `base-terms`, cell E6: `=30+30` is a formula; write what it gives"),
        (cell("A6", None), "sheet `base-terms`, cell A6: a row needs an id of its own"),
        (cell("G6", ""), "sheet `base-terms`, cell G6: a row needs a source"),
        (cell("H6", "Best"), "sheet `base-terms`, cell H6: a label stands in both languages"),
        (cell("A3", "id"), "sheet `base-terms`, cell A3: the head is not as it was exported"),
        (lambda book: book.remove(book["about"]), "its sheet `about` does not begin with"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(change: Callable[[Any], object], message: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_workbook(edited(change))
    assert message in " ".join(one.message for one in refused.value.problems)


def _packed(**parts: bytes) -> bytes:
    saved = BytesIO()
    with ZipFile(saved, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("_", "."), content)
    return saved.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no workbook",
        BOOK[: len(BOOK) // 2],
        _packed(x_xml=b"<a/>"),
        _packed(x_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        _packed(x_bin=bytes(51 * 1024 * 1024)),
    ],
    ids=["empty", "text", "cut", "other", "entities", "bomb"],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        read_workbook(content)
