"""The log over HTTP: its entries in order, its signed head, proofs, and the whole of it as an export."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.services.assembly import Services
from app.services.log import asking
from app.web.answers import identifier, json_answer, query
from app.web.api.batches import NDJSON
from app.web.auth import principal
from schemas.proofs import consistency_document, entry_document, proof_document

MOST, USUAL = 1000, 100
ORDERS = ("oldest", "newest")
FARTHEST = 2**53 - 1


def routes(services: Services) -> Blueprint:
    """``/v1/decisions/<id>/proof`` and everything under ``/v1/audit``."""
    api = Blueprint("audit", __name__, url_prefix="/v1")

    @api.get("/decisions/<id>/proof")
    def read_proof(id: str) -> Response:
        query()
        return json_answer(proof_document(services.attesting.proof(identifier(id))))

    @api.get("/audit/checkpoint")
    def read_checkpoint() -> Response:
        given = query("from")
        head = services.attesting.head()
        body: dict[str, Any] = {"size": head.size, "checkpoint": head.note, "key": head.key}
        if "from" in given:
            first = _whole(given, "from", 1, FARTHEST, 1)
            body["consistency"] = consistency_document(services.attesting.consistency(first, head.size))
        return json_answer(body)

    @api.get("/audit/entries")
    def list_entries() -> Response:
        given = query(*asking.FILTERS, "order", "after", "limit")
        sought, limit = asking.read(given, services.people.find), _whole(given, "limit", 1, MOST, USUAL)
        after = _whole(given, "after", 0, FARTHEST, 0) if "after" in given else None
        found = services.entries.page(sought, limit, after=after, newest=_newest(given))
        entries = [entry_document(one.placed, one.by) for one in found.entries]
        response = json_answer({"entries": entries, "size": found.size, "next": found.next})
        if found.next is not None:
            following = urlencode({**given, "after": found.next, "limit": limit})
            response.headers["Link"] = f'</v1/audit/entries?{following}>; rel="next"'
        return response

    @api.get("/audit/export")
    def export_log() -> Response:
        query()
        lines = services.exporting.recorded(principal().id)
        return Response(lines, content_type=NDJSON[0])

    return api


def _newest(given: dict[str, str]) -> bool:
    order = given.get("order", "oldest")
    if order not in ORDERS:
        message = told("`order` is {orders}, not {order}", orders=" or ".join(ORDERS), order=order[:40])
        raise Invalid("The log cannot be read so.", [Problem(message)])
    return order == "newest"


def _whole(given: dict[str, str], name: str, least: int, most: int, usual: int) -> int:
    text = given.get(name, str(usual))
    if not re.fullmatch("[0-9]{1,16}", text) or not least <= int(text) <= most:
        message = told(
            "`{name}` is a whole number from {least} to {most:,}", name=name, least=least, most=most
        )
        raise Invalid("The log cannot be read so.", [Problem(message)])
    return int(text)
