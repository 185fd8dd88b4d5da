"""A sheet as a page of HTML, by Jinja: whole in itself, with its one style sheet, asking for nothing else."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from app.rendering.characters import words
from app.rendering.sheet import Sheet

_FOLDER = Path(__file__).resolve().parent
_LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}


def page(sheet: Sheet) -> bytes:
    """The page in UTF-8; the same sheet gives the same bytes. Whatever somebody wrote is escaped."""
    tag = _LANGUAGE_TAGS[sheet.language]
    return _template().render(**words(sheet), tag=tag, style=_style()).encode()


@cache
def policy() -> str:
    """The Content-Security-Policy to send with a page: nothing is loaded and nothing runs but its style."""
    allowed = b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    return (_FOLDER / "sheet.css").read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template("sheet.html")
