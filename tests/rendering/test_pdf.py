"""A sheet as a PDF ..."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from app.rendering import pdf, typeface
from app.rendering.sheet import Line, Section, Sheet
from tests.printed import read, text_of

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 21, 12, 30, 15, 123456, tzinfo=UTC)
AGAIN = """
from hashlib import sha256
from tests.rendering.test_pdf import AT, sheet
from app.rendering import pdf
print(sha256(pdf.document(sheet("zh"), AT)).hexdigest())
"""


def sheet(language: str = "en", *, reason: str = "一条理由 and one more", items: int = 1) -> Sheet:
    section = Section("Reasons", items=(reason,) * items, after=("The end.",))
    check = Section("Check", lines=(Line("Digest", ("sha256:" + "0a" * 32,)),), fine_print=True)
    lines = (Line("Customer", ("C-1",)), Line("Lists", ("first", "second")))
    return Sheet(language, "Title", "Subtitle", ("Example",), lines, (section, check), "Foot")


def test_holds_the_part_of_each_typeface_that_it_uses() -> None:
    page = read(pdf.document(sheet(), AT)).pages[0]
    fonts = [one.get_object() for one in page["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].partition("+")[2].split("-")[0] for font in fonts} == {"NotoSans", "NotoSansSC"}
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
        assert "/ToUnicode" in font
    assert len(pdf.document(sheet(), AT)) < 60_000


def test_is_made_to_be_kept_and_to_be_read_aloud() -> None:
    document = pdf.document(sheet("zh"), AT)
    found = read(document)
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("zh")
    metadata = found.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part.{0,3}2", metadata)
    assert re.search(r"pdfaid:conformance.{0,3}A", metadata)
    assert re.search(r"pdfuaid:part.{0,3}1", metadata)
    assert found.metadata.title == "Title: Subtitle"


def test_is_dated_when_it_is_said_to_be() -> None:
    found = read(pdf.document(sheet(), AT)).metadata
    assert found.creation_date == AT.replace(microsecond=0)


def test_is_the_same_in_another_process() -> None:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", AGAIN], cwd="/", env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == sha256(pdf.document(sheet("zh"), AT)).hexdigest()
    assert pdf.document(sheet("zh"), AT + timedelta(days=1)) != pdf.document(sheet("zh"), AT)


def test_goes_on_to_another_page_where_one_does_not_hold_it() -> None:
    found = read(pdf.document(sheet(items=80), AT))
    assert len(found.pages) > 1
    assert all("Foot" in page.extract_text() for page in found.pages)


@pytest.mark.parametrize("word", ["x" * 600, "Ł" * 300, "9‹" * 200])
def test_breaks_a_word_that_no_line_holds_and_adds_nothing_to_it(word: str) -> None:
    document = pdf.document(sheet(reason=word), AT)
    assert word in text_of(document)
    lines = read(document).pages[0].extract_text().splitlines()
    assert max(map(len, lines)) < 130


def test_keeps_a_digest_on_one_line() -> None:
    lines = read(pdf.document(sheet(), AT)).pages[0].extract_text().splitlines()
    assert any("sha256:" + "0a" * 32 in line for line in lines)


def test_names_what_its_typefaces_cannot_draw() -> None:
    assert "‹U+1F600›‹U+0634›ŁЖΩ龘貿" in text_of(pdf.document(sheet(reason="😀شŁЖΩ龘貿"), AT))


def test_draws_every_character_that_it_says_it_can() -> None:
    """PDF/A refuses a character without a glyph, so a wrong table would be an error here."""
    some = sorted(one for one in typeface.drawable() if one.isprintable() and not one.isspace())[::40]
    assert len(some) > 600
    assert pdf.document(sheet(reason="".join(some)), AT)
