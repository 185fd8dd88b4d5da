"""The tag of a version: given with every answer about it, and asked for where it is changed."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import PreconditionRequired

from app.domain.versions import RulesetVersion


def seen() -> frozenset[str] | None:
    """The tags in ``If-Match``; None where it is not sent, or where any will do."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    return frozenset(request.if_match.as_set())


def demand_seen() -> None:
    """Refuse with 428 who does not say which text they saw: an edit must not undo another's unseen."""
    if "If-Match" not in request.headers:
        raise PreconditionRequired("Send If-Match with the ETag of the version as you read it.")


def tagged(response: Response, version: RulesetVersion) -> Response:
    """``response`` with the tag of ``version``."""
    response.set_etag(version.tag)
    return response
