"""Headers that every answer carries: it is no page, it is not kept, and nobody embeds it."""

from __future__ import annotations

from flask import Flask, Response

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def register(app: Flask, *, behind_tls: bool) -> None:
    """Add to every answer what its view has not set itself.

    ``behind_tls``: browsers are told to use HTTPS only, which a service in development cannot offer.
    """
    every = fixed(behind_tls=behind_tls)

    @app.after_request
    def add(response: Response) -> Response:
        own = {name for name, _ in response.headers}
        response.headers.extend([one for one in every if one[0] not in own])
        return response


def fixed(*, behind_tls: bool) -> list[tuple[str, str]]:
    """Name and value of each."""
    return [*SECURITY.items(), *(TLS_ONLY.items() if behind_tls else ())]
