"""Keeping over HTTP: erasures and legal holds of a customer, and the retention table."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from app.domain.errors import Invalid, NotFound, Problem
from app.domain.instants import utc_text
from app.services.assembly import Services
from app.services.keeping.erasing import Erasure
from app.services.keeping.holds import Standing
from app.web.answers import json_answer, query, raw_body
from app.web.auth import principal
from schemas.json_text import read
from schemas.keeping import read_erasure, read_hold, read_retention, rule_document
from schemas.requests import NAME_PATTERN, matches


def routes(services: Services) -> Blueprint:
    """Everything under ``/v1/customers``, and ``/v1/retention``. A customer's name may hold a slash."""
    api = Blueprint("keeping", __name__, url_prefix="/v1")
    erasing, holds = services.keeping.erasing, services.keeping.holds
    retention = services.keeping.retention

    @api.post("/customers/<path:customer>/erasure")
    def erase_customer(customer: str) -> Response:
        query()
        reason, note = read_erasure(read(raw_body()))
        return json_answer(_erasure(erasing.erase(customer_named(customer), reason, note, by=principal())))

    @api.get("/customers/<path:customer>/hold")
    def read_hold_of(customer: str) -> Response:
        query()
        return json_answer(_hold(holds.standing(customer_named(customer))))

    @api.put("/customers/<path:customer>/hold")
    def place_hold(customer: str) -> Response:
        query()
        reason = read_hold(read(raw_body()))
        return json_answer(_hold(holds.place(customer_named(customer), reason, by=principal())))

    @api.delete("/customers/<path:customer>/hold")
    def release_hold(customer: str) -> Response:
        query()
        reason = read_hold(read(raw_body()))
        return json_answer(_hold(holds.release(customer_named(customer), reason, by=principal())))

    @api.get("/retention")
    def read_table() -> Response:
        given = query("history")
        if given.get("history", "yes") != "yes":
            raise Invalid("The table cannot be read so.", [Problem("`history` is yes, or left out")])
        return _table(given)

    @api.put("/retention")
    def set_rule() -> Response:
        query()
        retention.set(*read_retention(read(raw_body())), by=principal())
        return _table({})

    def _table(given: dict[str, str]) -> Response:
        rules = retention.history() if given else retention.rules()
        return json_answer({"rules": [rule_document(one) for one in rules]})

    return api


def customer_named(named: str) -> str:
    """A customer from a path; what no customer can be called is not there."""
    if named != named.strip() or not matches(NAME_PATTERN, named):
        raise NotFound("There is no customer of that name: it is a line of 1 to 200 characters.")
    return named


def _erasure(made: Erasure) -> dict[str, Any]:
    return {
        "entry": str(made.id),
        "erased_at": utc_text(made.at),
        "reason": made.reason.value,
        "keys": list(map(str, made.keys)),
        "decisions": made.decisions,
    }


def _hold(found: Standing) -> dict[str, Any]:
    event = found.event
    return {
        "held": found.held,
        "last": None if event is None else event.state.value,
        "at": None if event is None else utc_text(event.at),
        "by": None if event is None else event.by,
        "reason": found.reason,
        "entry": None if event is None else str(event.id),
    }
