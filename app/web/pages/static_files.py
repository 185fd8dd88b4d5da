"""Style sheet and scripts, under an address that names their content.

One digest stands for all of them. What was changed has another address; what has an address never changes and
is kept by browsers for good. A script is given with what it imports put in its place (``import { one } from
"./other.js";``), so that a page needs one request for all of its scripts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response

from app.domain.access import Action
from app.domain.errors import NotFound
from app.web.pages.page import Page

FOLDER = Path(__file__).resolve().parent / "static"
KEPT = "public, max-age=31536000, immutable"
_MEDIA = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_IMPORT = re.compile(r'^import (\{[^}]+\}) from "\./(\w+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)

PAGES = (Page("GET /static/{digest}/{name}", Action.READ_DOCUMENT, places=None),)


class Files(NamedTuple):
    """The digest that stands for all files, and their contents by name."""

    digest: str
    contents: Mapping[str, bytes]


def address(name: str) -> str:
    """Where a file is found now; raises ``KeyError`` for one that is not there."""
    found = files()
    return f"/static/{found.digest}/{name}" if found.contents[name] else ""


@cache
def files() -> Files:
    """All files, read once."""
    contents = {path.name: _whole(path) for path in sorted(FOLDER.iterdir()) if path.suffix in _MEDIA}
    named = b"".join(name.encode() + sha256(content).digest() for name, content in contents.items())
    return Files(sha256(named).hexdigest()[:16], contents)


def _whole(path: Path) -> bytes:
    text = path.read_text("utf-8")
    return (_joined(text) if path.suffix == ".js" else text).encode()


def _joined(script: str) -> str:
    """``script`` with every script that it imports in its place, in a scope of its own."""

    def in_place(found: re.Match[str]) -> str:
        other = (FOLDER / found[2]).read_text("utf-8")
        names, body = ", ".join(_EXPORT.findall(other)), _EXPORT.sub("", _joined(other))
        return f"const {found[1]} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();"

    return _IMPORT.sub(in_place, script)


def routes() -> Blueprint:
    """``/static``."""
    static = Blueprint("static", __name__)

    @static.get("/static/<digest>/<name>")
    def give(digest: str, name: str) -> Response:
        found = files()
        if digest != found.digest or name not in found.contents:
            raise NotFound("There is no such file, or not any more: load the page again.")
        response = Response(found.contents[name], content_type=_MEDIA[Path(name).suffix])
        response.headers["Cache-Control"] = KEPT
        return response

    return static
