"""Headers that every answer carries: it is no page, it is not kept, and nobody embeds it."""

from __future__ import annotations

from flask import Flask, Response

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def register(app: Flask) -> None:
    """Add to every answer what its view has not set itself."""

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        return response
