"""Imports over HTTP: which there were, what became of their rows, and tables of signals."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Response

from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import told
from app.services.customers.filing import FACTS, SIGNALS, What
from app.services.receivables.importing import KIND
from app.services.services import Services
from app.web.answers import json_answer, query
from app.web.api.customers import given_for_rows, limit_of
from app.web.auth import principal
from app.web.tables import sent
from schemas.constants import listed
from schemas.customer_documents import import_document
from schemas.customer_items import Refusal
from schemas.imports import import_entry, import_with_refusals
from schemas.signal_rows import SignalRows
from schemas.tabular import table_of

KINDS = (FACTS, SIGNALS, KIND)


def routes(services: Services) -> Blueprint:
    """``/v1/imports`` and ``/v1/signals/imports``."""
    api = Blueprint("imports", __name__, url_prefix="/v1")
    stored, files = services.customers.stored.imports, services.customers

    @api.get("/imports")
    def list_imports() -> Response:
        given = query("kind", "after", "limit")
        if given.get("kind", FACTS) not in KINDS:
            raise Invalid(
                "The list cannot be read.",
                [Problem(told("`kind` is one of {kinds}", kinds=listed(list(KINDS))))],
            )
        limit = limit_of(given)
        found = stored.page(given.get("kind"), _id(given["after"]) if "after" in given else None, limit)
        following = str(found[-1].id) if len(found) == limit else None
        return json_answer({"imports": [import_entry(one) for one in found], "next": following})

    @api.get("/imports/<id>")
    def read_import(id: str) -> Response:
        query()
        one = stored.get(_id(id))
        if one is None:
            raise NotFound(told("There is no import {id}.", id=id[:64]))
        return json_answer(import_with_refusals(one, stored.refused(one.id)))

    @api.post("/signals/imports")
    def import_signals() -> Response:
        given = query("as_of", "source", "evidence", "dry_run")
        wished, dry_run = given_for_rows(given)
        content, mapping, name = sent()
        table = table_of(content)
        rows = SignalRows(mapping, table.header, files.rules.kinds, wished, files.filing.today())
        refusals: list[Refusal] = []
        if dry_run:
            report = files.signalling.check(rows.read(table.rows), refusals.append)
        else:
            what = What(SIGNALS, sha256(content).digest(), name)
            report = files.signalling.take(
                rows.read(table.rows), what, by=principal(), refused=refusals.append
            )
        return json_answer(import_document(report, refusals))

    return api


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise NotFound(told("There is no import {id}.", id=written[:64])) from None
