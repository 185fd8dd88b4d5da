"""Lists a page at a time: ``after`` and ``limit`` in, a ``Link`` to the next page out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response

from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import told
from app.web.answers import identifier, json_answer

MOST, USUAL = 200, 50


def paged(given: Mapping[str, str]) -> tuple[UUID | None, int]:
    """Behind which id the page begins, and how long it is at most; raises ``Invalid``."""
    limit = given.get("limit", str(USUAL))
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST:
        raise _unreadable(told("`limit` is a whole number from 1 to {most}", most=MOST))
    try:
        return identifier(given["after"]) if "after" in given else None, int(limit)
    except NotFound:
        raise _unreadable("`after` is the `next` of the page before") from None


def page_answer(
    path: str, name: str, found: Sequence[Mapping[str, Any]], given: Mapping[str, str], limit: int
) -> Response:
    """A page of ``found`` under ``name``; one that is full says where the next begins."""
    following = str(found[-1]["id"]) if len(found) == limit else None
    response = json_answer({name: list(found), "next": following})
    if following:
        response.headers["Link"] = f'<{path}?{urlencode({**given, "after": following})}>; rel="next"'
    return response


def _unreadable(message: str) -> Invalid:
    return Invalid("The list cannot be read.", [Problem(message)])
