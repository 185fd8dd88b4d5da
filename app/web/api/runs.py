"""Runs of the day over HTTP: which there were, what they came to, and whose work they found."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import told
from app.domain.runs import Run
from app.services.runs.worklists import page
from app.services.services import Services
from app.web.answers import json_answer, query
from schemas.run_documents import run_document, worklist_document

MOST, USUAL = 200, 50


def routes(services: Services) -> Blueprint:
    """Everything under ``/v1/runs``."""
    api = Blueprint("runs", __name__, url_prefix="/v1/runs")
    runs = services.runs

    @api.get("")
    def list_runs() -> Response:
        given = query("run", "after", "limit")
        limit = _limit(given)
        after = None if "after" not in given else _id(given["after"])
        found = runs.stored.page(None if "run" not in given else runs.rules(given["run"]).name, after, limit)
        told = [run_document(one, runs.kinds.get(one.name)) for one in found]
        return json_answer({"runs": told, "next": str(found[-1].id) if len(found) == limit else None})

    @api.get("/<id>")
    def read_run(id: str) -> Response:
        query()
        one = _found(id)
        return json_answer(run_document(one, runs.kinds.get(one.name)))

    @api.get("/<id>/worklist")
    def read_run_worklist(id: str) -> Response:
        given = query("owner", "after", "limit")
        one = _found(id)
        rules = runs.rules(one.name)
        some = page(
            runs.stored, one, rules, owner=given.get("owner"), after=given.get("after"), most=_limit(given)
        )
        return json_answer(worklist_document(one, rules, some))

    def _found(id: str) -> Run:
        one = runs.stored.get(_id(id))
        if one is None:
            raise NotFound(told("There is no run {id}.", id=id[:64]))
        return one

    return api


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise NotFound(told("There is no run {id}.", id=written[:64])) from None


def _limit(given: dict[str, str]) -> int:
    written = given.get("limit", str(USUAL))
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= MOST):
        raise Invalid(
            "The list cannot be read.",
            [Problem(told("`limit` is a whole number from 1 to {most}", most=MOST))],
        )
    return int(written)
