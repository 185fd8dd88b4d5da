"""A sheet as a PDF: PDF/A-2a and PDF/UA-1, by Typst; the one module that knows it.

The words go in as data, beside the template and not within it, so that no ``#`` or ``$`` in them is read.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import orjson
import typst

from app.rendering import typeface
from app.rendering.characters import words
from app.rendering.sheet import Sheet

_FOLDER = Path(__file__).resolve().parent
_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]


def document(sheet: Sheet, at: datetime) -> bytes:
    """The PDF, dated ``at`` (UTC): the same sheet and instant give the same bytes.

    A character that the typefaces lack is named, such as ``‹U+1F600›``.
    """
    drawable = typeface.drawable()
    given = {**words(sheet, drawable.__contains__), "families": typeface.FAMILIES}
    # A compiler of its own: one is not safe for two threads. The fonts are, and they take the time.
    compiler = typst.Compiler(root=_FOLDER, font_paths=_fonts(), ignore_system_fonts=True)
    made = compiler.compile(
        input=_template(),
        format="pdf",
        sys_inputs={"sheet": orjson.dumps(given).decode()},
        pdf_standards=_STANDARDS,
        timestamp=at.replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


@cache
def _template() -> bytes:
    return (_FOLDER / "sheet.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    folders = list(typeface.folders())
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
