"""Receivables over HTTP: documents in, what a customer owes, and the reports over all customers."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from flask import Blueprint, Response

from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import told
from app.domain.receivables.documents import DocumentKind
from app.services.assembly import Services
from app.services.customers.filing import What
from app.services.receivables.importing import KIND
from app.web.answers import json_answer, query
from app.web.api.keeping import customer_named
from app.web.auth import principal, visible_to
from app.web.tables import sent
from schemas.constants import day, listed
from schemas.customer_items import Refusal
from schemas.receivables.answers import (
    account_document,
    headroom_document,
    report_document,
    stress_document,
)
from schemas.receivables.imports import import_document
from schemas.receivables.mapping import plain_rows, read_document_mapping
from schemas.tabular import table_of


def routes(services: Services) -> Blueprint:
    """``/v1/receivables`` and ``/v1/customers/<customer>/receivables``."""
    api = Blueprint("receivables", __name__, url_prefix="/v1")
    books = services.receivables
    currency = books.rules.currency

    @api.post("/receivables/imports")
    def import_receivables() -> Response:
        given = query("kind", "dry_run")
        if given.get("dry_run", "yes") != "yes":
            raise Invalid("The query cannot be read.", [Problem("`dry_run` is yes, or left out")])
        content, mapping, name = sent()
        table = table_of(content)
        kinds = [str(kind) for kind in DocumentKind]
        if (mapping is None) is (given.get("kind") not in kinds):
            said = told(
                "the query parameter `kind`, as in imports?kind={first}, is one of {kinds} for a file "
                "without a mapping, and left out with one",
                first=kinds[0],
                kinds=listed(kinds),
            )
            raise Invalid("The query cannot be read.", [Problem(said)])
        if mapping is not None:
            rows = read_document_mapping(mapping, table.header, currency).read(table.rows)
        else:
            rows = plain_rows(DocumentKind(given["kind"]), table.header, currency).read(table.rows)
        importing = books.importing(services.customers.imports, services.customers.filing.today())
        refusals: list[Refusal] = []
        if "dry_run" in given:
            report = importing.check(rows, refusals.append)
        else:
            what = What(KIND, sha256(content).digest(), name)
            report = importing.take(rows, what, by=principal(), refused=refusals.append)
            books.totals.begin(services.customers.filing.today())
        return json_answer(import_document(report, refusals))

    @api.get("/customers/<path:customer>/headroom")
    def read_headroom(customer: str) -> Response:
        name, own, on = customer_named(customer), visible_to(), _as_of(query("as_of"))
        if services.recorder.reaches(own, name):
            found = services.headrooms.of(name, on)
            if any(one is not None for one in found):
                return json_answer(headroom_document(name, on, services.headrooms.currency, found))
        raise NotFound("Neither a limit nor a document of this customer was known on that day.")

    @api.get("/customers/<path:customer>/receivables")
    def read_receivables(customer: str) -> Response:
        found = books.measuring.measured(customer_named(customer), _as_of(query("as_of")))
        if found is None:
            raise NotFound("No document of this customer was known on that day.")
        return json_answer(account_document(found, books.rules))

    @api.get("/receivables/report")
    def report_receivables() -> Response:
        return json_answer(report_document(books.reporting.report(_as_of(query("as_of"))), books.rules))

    @api.get("/receivables/stress")
    def stress_receivables() -> Response:
        on = _as_of(query("as_of"))
        return json_answer(stress_document(on, *books.reporting.stress(on)))

    def _as_of(given: dict[str, str]) -> date:
        try:
            return day(given["as_of"]) if "as_of" in given else services.customers.filing.today()
        except ValueError as error:
            raise Invalid(
                "The query cannot be read.", [Problem(told("`as_of`: {error}", error=error))]
            ) from None

    return api
