"""One place turns errors into problem details (RFC 9457), or a page. Nothing a client sends becomes a 5xx."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.domain.audit import AlreadyClaimed, Erased
from app.domain.errors import (
    Invalid,
    NotFound,
    Problem,
    Refused,
    Stale,
    TermwiseError,
    TooManyAttempts,
    Unauthenticated,
    Unavailable,
)
from app.web import request_ids
from app.web.answers import json_answer
from app.web.logs import route
from app.web.messages import asked_for, in_language
from schemas.json_text import MAX_BYTES

PROBLEM_TYPE = "application/problem+json"
_LOG = logging.getLogger("termwise")
_FAULT = (
    "This is a fault of Termwise, not of the request. Nothing was decided unless a decision can be read back."
)


def status_of(error: TermwiseError) -> int:
    """The HTTP status of an error of the domain."""
    if isinstance(error, Erased):
        return 410
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, Invalid | AlreadyClaimed):
        return 422
    if isinstance(error, Stale):
        return 412
    if isinstance(error, Refused):
        return 409 if error.conflict else 403
    if isinstance(error, Unauthenticated):
        return 401
    if isinstance(error, TooManyAttempts):
        return 429
    return 503 if isinstance(error, Unavailable) else 500


def problem_document(error: Exception) -> dict[str, Any]:
    """An error as problem details, with one entry a fault. One nobody foresaw tells nothing of itself."""
    if not isinstance(error, TermwiseError):
        return _document(500, _FAULT)
    document = _document(status_of(error), in_language(error.message, asked_for()))
    if error.problems:
        document["errors"] = [_fault(one) for one in error.problems]
    return document


def register(app: Flask, as_page: Callable[[Exception], Response | None]) -> None:
    """Handle errors of the domain, of Werkzeug, and what nobody foresaw.

    ``as_page`` answers in their place where the present request is for a page, and gives None elsewhere.
    """
    app.register_error_handler(TermwiseError, lambda error: as_page(error) or problem_answer(error))
    app.register_error_handler(HTTPException, lambda error: as_page(error) or _of_http(error))
    app.register_error_handler(Exception, lambda error: as_page(error) or _unforeseen(error))


def problem_answer(error: TermwiseError) -> Response:
    """The answer to a request that met ``error``."""
    response = _answer(problem_document(error))
    if isinstance(error, Unavailable | TooManyAttempts):
        response.headers["Retry-After"] = str(error.retry_after)
        _hear_out()
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _hear_out() -> None:
    """Read what is left of a short body: an answer cuts off who still sends, and then nobody reads it."""
    if request.content_length is not None and request.content_length <= MAX_BYTES:
        with suppress(HTTPException):
            request.stream.read()


def log_unforeseen(where: str) -> None:
    """Write the error that is being handled to the log: a client is told nothing of it.

    ``where`` is a route and never a path: what was sent is not logged.
    """
    _LOG.exception("unforeseen error at %s", where)


def _of_http(error: HTTPException) -> Response:
    response = _answer(_document(error.code or 500, error.description or error.name))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    log_unforeseen(route())
    return _answer(problem_document(error))


def _answer(document: dict[str, Any]) -> Response:
    whole = {**document, "instance": request.path, "request_id": request_ids.current()}
    return json_answer(whole, document["status"], PROBLEM_TYPE)


def _document(status: int, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def _fault(one: Problem) -> dict[str, Any]:
    fault: dict[str, Any] = {"code": one.code, "detail": in_language(one.message, asked_for())}
    if one.pointer:
        fault["pointer"] = one.pointer
    if one.line:
        fault["line"] = one.line
    return fault
