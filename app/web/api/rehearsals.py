"""Rehearsals: what a version would have answered, over recorded decisions or a portfolio that is sent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, request

from app.domain.errors import Invalid, NotFound, Problem, TermwiseError
from app.domain.messages import told
from app.domain.requests import DecisionRequest
from app.services.assembly import Services
from app.services.comparing.rehearsal_document import csv_lines, rehearsal_document
from app.services.comparing.rehearsed import Filters, Rehearsal, Row, check_where, manner, of_both
from app.services.policies import Ready
from app.web.answers import JSON, check_media_type, identifier, json_answer, policy_name, query, raw_body
from app.web.api.batches import CSV, NDJSON, Line, csv_items, json_items
from app.web.auth import caller
from app.web.spooling import received
from schemas.instants import WANTED, instant
from schemas.json_text import read
from schemas.rehearsals import MOST_NAMES, read_rehearsal

PAUSE = 0.0005
"""Seconds between two decisions in which others work; without it every answer beside would wait its turn."""

_NAMES = ("by", "sum")


class _Chosen(NamedTuple):
    """The version that is rehearsed, its baseline, and whether that one was asked for by name."""

    ready: Ready
    baseline: Ready
    named: bool


def routes(services: Services) -> Blueprint:
    """``POST /v1/rulesets/<policy>/versions/<version>/rehearsal``."""
    api = Blueprint("rehearsals", __name__, url_prefix="/v1/rulesets")

    @api.post("/<policy>/versions/<version>/rehearsal")
    def rehearse(policy: str, version: str) -> Response:
        check_media_type(JSON, CSV, *NDJSON)
        if request.mimetype == JSON:
            query()
            made = _of_decisions(services, policy_name(policy), version, read_rehearsal(read(raw_body())))
        else:
            made = _of_portfolio(services, policy_name(policy), version, query("against", *_NAMES))
        if request.accept_mimetypes.best_match([JSON, CSV]) == CSV:
            return Response("".join(csv_lines(made)), content_type=f"{CSV}; charset=utf-8")
        return json_answer(rehearsal_document(made))

    return api


def _of_decisions(services: Services, policy: str, version: str, asked: dict[str, Any]) -> Rehearsal:
    chosen = _chosen(services, policy, version, asked["against"])
    ready, baseline = chosen.ready, chosen.baseline
    how = manner(ready.ruleset, baseline.ruleset, asked["by"] or (), asked["sum"] or ())
    filters = _filters(asked)
    check_where(filters.where, ready.ruleset, baseline.ruleset)
    against = baseline if chosen.named else None
    return services.rehearsing.decisions(ready, filters, how, caller(), against=against, between=pause)


def _of_portfolio(services: Services, policy: str, version: str, given: dict[str, str]) -> Rehearsal:
    ready, baseline, _ = _chosen(services, policy, version, given.get("against"))
    by, sums = (_listed(given, name) for name in _NAMES)
    how = manner(ready.ruleset, baseline.ruleset, by, sums)
    body = received()
    try:
        if request.mimetype == CSV:
            lines = csv_items(body, of_both(ready.ruleset, baseline.ruleset), _wanted)
        else:
            lines = json_items(body, _wanted)
        rows = _rows(lines)
        return services.rehearsing.portfolio(ready, rows, how, caller(), against=baseline, between=pause)
    finally:
        body.close()


def _chosen(services: Services, policy: str, version: str, against: str | None) -> _Chosen:
    ready = services.policies.version(policy, version)
    if against is None:
        return _Chosen(ready, services.policies.in_force(policy, services.deciding.now()), named=False)
    return _Chosen(ready, services.policies.version(policy, against), named=True)


def _filters(asked: dict[str, Any]) -> Filters:
    times = {name: asked[name] and instant(asked[name]) for name in ("since", "until")}
    problems = [
        Problem(told("`{name}` is {wanted}", name=name, wanted=WANTED), f"/{name}")
        for name, at in times.items()
        if at is None and asked[name] is not None
    ]
    after: UUID | None = None
    try:
        after = identifier(asked["after"]) if asked["after"] else None
    except NotFound:
        problems.append(Problem("`after` is the `next` of a rehearsal that was cut", "/after"))
    if problems:
        raise Invalid("The request cannot be read.", problems)
    return Filters(times["since"], times["until"], asked["outcome"], asked["where"] or {}, after)


def _listed(given: dict[str, str], name: str) -> tuple[str, ...]:
    names = tuple(one.strip() for one in given.get(name, "").split(",") if one.strip())
    if len(names) > MOST_NAMES:
        raise Invalid(
            "The query cannot be read.",
            [Problem(told("`{name}` takes at most {most} names", name=name, most=MOST_NAMES))],
        )
    return names


def _wanted(line: bytes, wanted: DecisionRequest, key: str | None) -> DecisionRequest:  # noqa: ARG001
    """What a line asks for; its idempotency key means nothing here, as nothing is decided."""
    return wanted


def _rows(lines: Iterator[Line]) -> Iterator[Row]:
    for known, found in lines:
        if isinstance(found, DecisionRequest | TermwiseError):
            yield Row(str(known), found)
        else:
            yield Row(str(known), Invalid("The line cannot be read."))


def pause() -> bool:
    """Let others do their work; a rehearsal over HTTP always goes on."""
    time.sleep(PAUSE)
    return False
