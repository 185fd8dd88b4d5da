"""Each request has an id: the caller's own or one made here; it stands in answer, problems and log lines."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, has_request_context, request

HEADER = "Request-Id"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def register(app: Flask) -> None:
    """Give every request its id, and tell it in the answer."""

    @app.before_request
    def begin() -> None:
        g.request_id = of(request.headers.get(HEADER))

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        return response


def of(given: str | None) -> str:
    """The id that a caller gave, if it is a plain one, else a new one."""
    return given if given is not None and _PLAIN.fullmatch(given) else secrets.token_hex(8)


def current() -> str | None:
    """The id of the present request; None outside of one."""
    return g.get("request_id") if has_request_context() else None
