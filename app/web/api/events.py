"""The feed of events: from behind a position, and waiting for the next one if asked to."""

from __future__ import annotations

import re

from flask import Blueprint, Response

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.services.assembly import Services
from app.services.log.following import LONGEST_WAIT
from app.web.answers import json_answer, query
from app.web.auth import visible_to
from schemas.referrals import feed_document

MOST, USUAL = 1000, 100
FARTHEST = 2**53 - 1


def routes(services: Services) -> Blueprint:
    """``GET /v1/events``."""
    api = Blueprint("events", __name__, url_prefix="/v1")

    @api.get("/events")
    def follow() -> Response:
        given = query("after", "limit", "wait")
        feed = services.following.feed(
            _whole(given, "after", 0, FARTHEST, 0),
            _whole(given, "limit", 1, MOST, USUAL),
            wait=_whole(given, "wait", 0, LONGEST_WAIT, 0),
            visible_to=services.recorder.visible(visible_to()),
        )
        return json_answer(feed_document(feed))

    return api


def _whole(given: dict[str, str], name: str, least: int, most: int, usual: int) -> int:
    text = given.get(name, str(usual))
    if not re.fullmatch("[0-9]{1,16}", text) or not least <= int(text) <= most:
        message = told(
            "`{name}` is a whole number from {least} to {most:,}", name=name, least=least, most=most
        )
        raise Invalid("The feed cannot be read.", [Problem(message)])
    return int(text)
