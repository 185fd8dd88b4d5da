"""The text of a draft itself, in one field: a long one in parts, so that a page stays small.

A part is known by where it begins and ends in the text that the form was made of (its tag), in characters and
at the ends of lines. What is sent takes its place there. The whole of a text can be asked for as one part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, Problem
from app.web.pages.editing.desk import MOST_BYTES, TEXT, Desk
from app.web.pages.page import Page

PAGES = (
    Page("GET /rulesets/{policy}/{version}/edit/text", Action.EDIT_VERSION),
    Page("POST /rulesets/{policy}/{version}/edit/text", Action.EDIT_VERSION, most=MOST_BYTES),
)
MOST_SHOWN = 26_000
"""Characters of one part, as far as the text can be cut: before a key, a step or a row of a step."""
_BEGINS = re.compile(r"^ {0,4}[\w\"'-]", re.MULTILINE)


class Part(NamedTuple):
    """Characters of a text from ``begin`` to before ``end``, and the lines (1-based) that these are."""

    begin: int
    end: int
    first: int
    last: int


def add(pages: Blueprint, desk: Desk) -> None:
    """``/text`` of the editor."""

    @pages.get("/text")
    def show_text(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        text = draft.text.decode()
        part = _asked(text) or _at_line(text, request.args.get("line", ""))
        return desk.show(TEXT, draft, **_shown(text, part))

    @pages.post("/text")
    def take_text(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        before = draft.text.decode()
        part = _sent(before)
        written = _written(before, part)
        text = before[: part.begin] + written + before[part.end :]
        if request.form.get("do") == "download":
            name = f"{draft.version.policy}-{draft.version.version}.yaml"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(text, headers=headers, content_type="application/yaml")
        end = part.begin + len(written)
        return desk.take(
            TEXT,
            draft,
            lambda _before: text.encode(),
            back=f"?begin={part.begin}&end={end}",
            **_shown(before, part) | {"text": written},
        )


def _shown(text: str, part: Part) -> dict[str, Any]:
    return {"text": text[part.begin : part.end], "part": part, "parts": list(_parts(text)), "size": len(text)}


def _asked(text: str) -> Part | None:
    """The part that an address or a form names, None where it names none that the text has."""
    written = [request.values.get(name, "") for name in ("begin", "end")]
    if not all(one.isdecimal() and len(one) < 9 for one in written):
        return None
    begin, end = map(int, written)
    whole_lines = begin in (0, len(text)) or text[begin - 1 : begin] == "\n"
    if not (begin <= end <= len(text) and whole_lines and (end == len(text) or text[end - 1 : end] == "\n")):
        return None
    return _part(text, begin, end)


def _sent(text: str) -> Part:
    """The part that a form holds, all where it names none. Raises ``Invalid`` for one that is none."""
    part = _asked(text) if "begin" in request.form else _part(text, 0, len(text))
    if part is None:
        again = Problem("load the page again, then make the change once more")
        raise Invalid("It is not said which text was changed.", [again])
    return part


def _at_line(text: str, line: str) -> Part:
    """The part that holds a line, the first where none is named."""
    parts = list(_parts(text))
    wanted = int(line) if line.isdecimal() and len(line) < 9 else 1
    return next((one for one in parts if wanted <= one.last), parts[-1])


def _parts(text: str) -> Iterator[Part]:
    """The text cut into parts that follow each other: as few as are short enough."""
    begin, last = 0, 0
    for place in [*(one.start() for one in _BEGINS.finditer(text)), len(text)]:
        if place - begin > MOST_SHOWN and last > begin:
            yield _part(text, begin, last)
            begin = last
        last = place
    yield _part(text, begin, len(text))


def _part(text: str, begin: int, end: int) -> Part:
    first = text.count("\n", 0, begin) + 1
    return Part(begin, end, first, first + text.count("\n", begin, max(end - 1, begin)))


def _written(before: str, part: Part) -> str:
    """The text of the form with the line ends of the text before: browsers send ``\\r\\n`` for each."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if part.end < len(before) and text and not text.endswith("\n"):
        text += "\n"  # what follows begins on a line of its own
    return text.replace("\n", "\r\n") if "\r\n" in before else text
