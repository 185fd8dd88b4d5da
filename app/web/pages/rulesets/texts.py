"""The text of a version, line by line, and as the file that it is.

So many lines stand on one page as it can carry; ``?line=`` opens the page on which that line stands.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from flask import Blueprint, Response, request
from markupsafe import escape

from app.domain.access import Action
from app.services.assembly import Services
from app.web.answers import policy_name
from app.web.pages.answering import page
from app.web.pages.page import Page
from app.web.pages.rulesets.reading import heading, opened, whole

_ONE = "/rulesets/{policy}/{version}"
PAGES = (
    Page(f"GET {_ONE}/text", Action.READ_VERSION),
    Page(f"GET {_ONE}/file", Action.READ_VERSION),
)
MOST_BYTES = 60_000
"""Of the lines on one page, so that it stays below 100 KB with its style sheet and script."""
_AROUND = len('<li id="L12345">\n')


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/<version>/text`` and ``/file``."""
    pages = Blueprint("texts", __name__, url_prefix="/rulesets/<policy>/<version>")

    @pages.get("/text")
    def show(policy: str, version: str) -> Response:
        one = opened(services, policy, version)
        lines = services.versions.text(one.version).decode().split("\n")
        if not lines[-1]:
            lines.pop()
        wanted = min(max(whole(request.args.get("line")), 1), max(len(lines), 1))
        begins = _parts(lines)
        part = bisect_right(begins, wanted) - 1
        first, end = begins[part], [*begins[1:], len(lines) + 1][part]
        return page(
            "rulesets/text.html",
            **heading(one, "text"),
            lines=lines[first - 1 : end - 1],
            first=first,
            parts=begins,
            number=len(lines),
        )

    @pages.get("/file")
    def give(policy: str, version: str) -> Response:
        found = services.versions.one(policy_name(policy), version)
        response = Response(services.versions.text(found), content_type="application/yaml; charset=utf-8")
        name = f"{found.policy}-{found.version}.yaml"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    return pages


def _parts(lines: Sequence[str]) -> list[int]:
    """The numbers of the lines with which a page begins; a line too long for any page has one alone."""
    begins, carried = [1], 0
    for number, line in enumerate(lines, 1):
        size = len(escape(line).encode()) + _AROUND
        if carried + size > MOST_BYTES and carried:
            begins.append(number)
            carried = 0
        carried += size
    return begins
