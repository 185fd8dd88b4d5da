"""Logs as JSON on standard error: what happened to which request, and nothing that was sent with it.

A line names the route and never the path or the query, the principal's id and never a
name, and of an error its kind and where it was raised, not its message: messages may
quote what came in. No header, cookie, body or fact is ever logged.
"""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import orjson
from flask import Flask, Response, g, request

from app.web import request_ids

_REQUESTS = logging.getLogger("termwise.requests")
_OURS = ("termwise", "app")
_FRAMES = 12


def configure(level: str) -> None:
    """Write our own loggers as JSON to standard error from ``level`` (a name such as INFO) on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in _OURS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(level)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its request's id; an exception as its kind and frames."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (request_id := request_ids.current()) is not None:
            line["request"] = request_id
        line.update(getattr(record, "members", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = described(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def described(error: BaseException) -> dict[str, Any]:
    """An error without its message: its kind, and the lines that it went through, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told: dict[str, Any] = {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{one.filename}:{one.lineno} {one.name}" for one in frames],
    }
    if error.__cause__ is not None:
        told["cause"] = described(error.__cause__)
    return told


def register(app: Flask) -> None:
    """Log a line for every request, at level INFO."""

    @app.after_request
    def log(response: Response) -> Response:
        if _REQUESTS.isEnabledFor(logging.INFO):
            principal = g.get("principal")
            members = {
                "method": request.method if request.url_rule else "other",
                "route": route(),
                "status": response.status_code,
                "milliseconds": round((perf_counter() - g.started) * 1000, 1),
                "principal": principal.id if principal is not None else None,
                "key": str(principal.key.id) if principal is not None and principal.key else None,
            }
            _REQUESTS.info("request", extra={"members": members})
        return response


def route() -> str:
    """The route of the present request, as it is declared; ``none`` where there is no such path."""
    return request.url_rule.rule if request.url_rule else "none"
