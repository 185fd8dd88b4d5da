"""Batches over HTTP: NDJSON or CSV in, NDJSON out, streamed; a bad item never harms its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import LengthRequired

from app.domain.audit import IdempotencyClaim
from app.domain.errors import Invalid, Problem, TermwiseError
from app.domain.messages import told
from app.domain.requests import Caller, DecisionRequest
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.services.decisions.deciding import Answer, Item
from app.web.answers import check_media_type, policy_name, query
from app.web.auth import Callers, callers, principal, spend
from app.web.problems import log_unforeseen, problem_document
from app.web.spooling import Body, received
from schemas.json_text import read
from schemas.requests import line_id, read_line
from schemas.rows import cells_of, header_of, line_from_row, row_of

MAX_LINES = 10_000
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
CSV = "text/csv"
CHUNK = 100

Numbered = Iterator[tuple[int, bytes]]
Line = tuple[Any, Item | Exception]
"""What a line is known by, and its request or what is wrong with it."""


def routes(services: Services) -> Blueprint:
    """``POST /v1/policies/<policy>/decisions/batch``."""
    api = Blueprint("batches", __name__, url_prefix="/v1")

    @api.post("/policies/<policy>/decisions/batch")
    def decide_batch(policy: str) -> Response:
        query()
        asking = callers()
        ready = services.policies.in_force(policy_name(policy), services.deciding.now())
        check_media_type(*NDJSON, CSV)
        body = received()
        item = partial(_item, policy, principal().id, asking)
        try:
            csv = request.mimetype == CSV
            items = csv_items(body, ready.ruleset, item) if csv else json_items(body, item)
        except BaseException:
            body.close()
            raise
        answers = _answers(services, policy, items, asking(None))
        response = Response(body.closed_after(answers), content_type=NDJSON[0])
        response.call_on_close(body.close)
        return response

    return api


def json_items(body: Body, item: Callable[..., Any]) -> Iterator[Line]:
    """Each line of NDJSON as ``item`` makes it of the line, its request and key, or what is wrong with it."""
    _check_length(body.lines)
    return _items(body.numbered(), read, read_line, item)


def csv_items(body: Body, ruleset: Ruleset, item: Callable[..., Any]) -> Iterator[Line]:
    """The same for each line of CSV behind its header."""
    if body.cut:
        raise LengthRequired("Announce the length, or end the last line: as it is, it may have been cut.")
    _check_length(body.lines - 1)
    lines = body.numbered()
    header = header_of(ruleset, next(lines, (1, b""))[1])
    named = "id" in header and "id" not in ruleset.facts

    def row(line: bytes, what: str) -> dict[str, str]:
        return row_of(header, cells_of(line, what))

    return _items(lines, row, partial(line_from_row, ruleset), item, named=named)


def _check_length(lines: int) -> None:
    if lines < 1:
        raise Invalid("The batch is empty.", [Problem("send one line an item")])
    if lines > MAX_LINES:
        message = told(
            "a call takes at most {most:,} lines; send the rest in another, or use `termwise batch`",
            most=MAX_LINES,
        )
        raise Invalid("The batch is too long.", [Problem(message)])
    spend("lines", tokens=lines)


def _items(
    lines: Numbered,
    parse: Callable[[bytes, str], Any],
    understand: Callable[[Any], tuple[DecisionRequest, str | None]],
    item: Callable[..., Item],
    *,
    named: bool = True,
) -> Iterator[Line]:
    """Each line's request or what is wrong with it, by its ``id`` where that can be read, else its number."""
    for number, line in lines:
        known: Any = None
        try:
            value = parse(line, told("Line {number}", number=number))
            known = line_id(value.get("id")) if named and isinstance(value, dict) else None
            found: Item | Exception = item(line, *understand(value))
        except Exception as error:
            found = _told(error)
        yield number if known is None else known, found


def _item(
    policy: str,
    principal: str,
    asking: Callers,
    line: bytes,
    wanted: DecisionRequest,
    key: str | None,
) -> Item:
    claim = None if key is None else IdempotencyClaim(principal, policy, key, sha256(line).digest())
    return Item(wanted, claim, asking(wanted.on_behalf_of))


def _answers(services: Services, policy: str, lines: Iterator[Line], asking: Caller) -> Iterator[bytes]:
    while chunk := list(islice(lines, CHUNK)):
        answers = _decided(services, policy, [item for _, item in chunk if isinstance(item, Item)], asking)
        for known, item in chunk:
            yield _line(known, next(answers) if isinstance(item, Item) else item)


def _decided(
    services: Services, policy: str, items: Sequence[Item], asking: Caller
) -> Iterator[Answer | Exception]:
    """One answer or error an item, whatever happens: each line was promised one."""
    remaining = len(items)
    try:
        for answer in services.deciding.decide_many(policy, items, asking):
            remaining -= 1
            yield answer
    except Exception as error:
        yield from [_told(error)] * remaining


def _told(error: Exception) -> Exception:
    if not isinstance(error, TermwiseError):
        log_unforeseen("a line of a batch")
    return error


def _line(known: Any, answer: Answer | Exception) -> bytes:
    if isinstance(answer, Exception):
        return orjson.dumps({"id": known, "problem": problem_document(answer)}) + b"\n"
    return orjson.dumps({"id": known, "replayed": answer.replayed, "decision": answer.body}) + b"\n"
