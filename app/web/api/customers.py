"""The customer file over HTTP: facts and signals in, what holds and its history out."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response

from app.domain.access import View
from app.domain.customer_file import Source
from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import told
from app.domain.signals import Signal
from app.services.assembly import Services
from app.services.customers.filing import FACTS, What
from app.services.customers.importing import Table
from app.web.answers import json_answer, query, raw_body
from app.web.api.keeping import customer_named
from app.web.auth import own_view, principal, visible_to
from app.web.tables import sent
from schemas.constants import day, listed
from schemas.customer_documents import (
    facts_document,
    file_document,
    history_document,
    import_document,
    signals_document,
)
from schemas.customer_items import SOURCES, Given, Refusal
from schemas.filings import check_all, read_filing, read_signals
from schemas.json_text import MAX_BYTES, read
from schemas.tabular import table_of

PATH = "/v1/customers"
MOST, USUAL = 200, 50


def routes(services: Services) -> Blueprint:
    """Facts, signals, imports and files under ``/v1/customers``. A customer's name may hold a slash."""
    api = Blueprint("customers", __name__, url_prefix=PATH)
    files = services.customers
    filing, stored = files.filing, files.stored

    @api.get("/facts")
    def list_file_facts() -> Response:
        query()
        return json_answer(facts_document(filing.facts()))

    @api.post("/facts")
    def file_facts() -> Response:
        query()
        body = raw_body(most=MAX_BYTES)
        wished, rows = read_filing(read(body), filing.facts(), filing.today())
        check_all(wished, [row for row in rows if isinstance(row, Refusal)])
        refusals: list[Refusal] = []
        if wished.dry_run:
            report = filing.check(rows, refusals.append)
        else:
            what = What(FACTS, sha256(body).digest())
            report = filing.file(rows, what, by=principal(), refused=refusals.append)
        return json_answer(import_document(report, refusals))

    @api.post("/imports")
    def import_customers() -> Response:
        given = query("as_of", "source", "evidence", "dry_run")
        wished, dry_run = given_for_rows(given)
        content, mapping, name = sent()
        table = Table(table_of(content), sha256(content).digest(), wished, mapping, name)
        refusals: list[Refusal] = []
        if dry_run:
            report = files.importing.check(table, refusals.append)
        else:
            report = files.importing.run(table, by=principal(), refused=refusals.append)
        return json_answer(import_document(report, refusals))

    @api.get("")
    def list_filed_customers() -> Response:
        given = query("prefix", "after", "limit")
        limit = limit_of(given)
        own = visible_to()
        found = stored.page(
            given.get("prefix", ""),
            after=given.get("after"),
            limit=limit,
            among=None if own is None else _names(services, own),
        )
        following = found[-1].customer if len(found) == limit else None
        rows = [
            {
                "customer": one.customer,
                "facts": one.facts,
                "newest": None if one.newest is None else one.newest.isoformat(),
            }
            for one in found
        ]
        response = json_answer({"customers": rows, "next": following})
        if following:
            response.headers["Link"] = f'<{PATH}?{urlencode({**given, "after": following})}>; rel="next"'
        return response

    @api.get("/<path:customer>/file")
    def read_file(customer: str) -> Response:
        given = query("as_of")
        name = _reached(customer)
        facts = filing.facts()
        on = _day("as_of", given) or filing.today()
        hidden = facts.sensitive if own_view() is View.SALES else ()
        return json_answer(file_document(name, stored.held(name, on), facts, on, hidden))

    @api.get("/<path:customer>/facts/<fact>")
    def read_fact_history(customer: str, fact: str) -> Response:
        query()
        name = _reached(customer)
        if own_view() is View.SALES and fact in filing.facts().sensitive:
            raise NotFound("There is no such fact in this file.")
        return json_answer(history_document(name, fact, stored.filings(name, date.max)))

    @api.post("/<path:customer>/signals")
    def file_signals(customer: str) -> Response:
        query()
        name, body = customer_named(customer), raw_body()
        wished, read_ones = read_signals(read(body), name, files.rules.kinds, filing.today())
        refusals = [one for _, one in read_ones if isinstance(one, Refusal)]
        signals = [one for _, one in read_ones if isinstance(one, Signal)]
        check_all(wished, refusals)
        if wished.dry_run:
            report = files.signalling.counted(signals, refusals)
        else:
            report = files.signalling.file(signals, refusals, sha256(body).digest(), by=principal())
        return json_answer(import_document(report, refusals))

    @api.get("/<path:customer>/signals")
    def list_signals(customer: str) -> Response:
        query()
        name = customer_named(customer)
        return json_answer(signals_document(name, stored.signals(name, date.max)))

    def _reached(customer: str) -> str:
        """The customer, where it is within reach; raises ``NotFound`` alike where it is not, or not there."""
        name, own = customer_named(customer), visible_to()
        if not services.recorder.reaches(own, name) or not stored.is_filed(name):
            raise NotFound("Nothing is filed about this customer.")
        return name

    return api


def _names(services: Services, person: str) -> list[str]:
    """The customers that a person looks after, by name; an erased one has none any more."""
    return [one.name for one in services.portfolios.of(UUID(person)) if one.name is not None]


def given_for_rows(given: dict[str, str]) -> tuple[Given, bool]:
    """What the query says of rows that do not, and whether nothing is to be written."""
    return Given(_day("as_of", given), _source(given), given.get("evidence")), _yes("dry_run", given)


def _source(given: dict[str, str]) -> Source | None:
    named = given.get("source")
    if named is not None and named not in SOURCES:
        raise Invalid(
            "The query cannot be read.",
            [Problem(told("`source` is one of {sources}", sources=listed(list(SOURCES))))],
        )
    return None if named is None else SOURCES[named]


def _day(name: str, given: dict[str, str]) -> date | None:
    try:
        return day(given[name]) if name in given else None
    except ValueError as error:
        raise Invalid("The query cannot be read.", [Problem(f"`{name}`: {error}")]) from None


def _yes(name: str, given: dict[str, str]) -> bool:
    if given.get(name, "yes") != "yes":
        raise Invalid("The query cannot be read.", [Problem(told("`{name}` is yes, or left out", name=name))])
    return name in given


def limit_of(given: dict[str, str]) -> int:
    """How many of a list; raises ``Invalid``."""
    written = given.get("limit", str(USUAL))
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= MOST):
        raise Invalid(
            "The list cannot be read.",
            [Problem(told("`limit` is a whole number from 1 to {most}", most=MOST))],
        )
    return int(written)
