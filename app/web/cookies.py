"""The cookie of a session: not for scripts, not sent from other sites, and bound to this host.

Outside development it is Secure and carries the ``__Host-`` prefix, by which a browser
refuses it from a subdomain or over plain HTTP.
"""

from __future__ import annotations

from datetime import datetime

from flask import Response, g, request

from app.services.people.signing_in import DEVICE as DEVICE_LIFE
from app.services.people.signing_in import SignedIn
from app.settings import Settings

NAME = "termwise_session"
DEVICE = "termwise_device"


def session_name(settings: Settings) -> str:
    """The cookie's name here."""
    return NAME if settings.development else f"__Host-{NAME}"


def session_token(settings: Settings) -> str | None:
    """The token of the present request's session: of its cookie, or of the session opened in its place."""
    opened: SignedIn | None = g.get("session_opened")
    return request.cookies.get(session_name(settings)) if opened is None else opened.token


def give_session(response: Response, settings: Settings, token: str, expires_at: datetime) -> None:
    """Let the browser keep a session until its latest end."""
    response.set_cookie(
        session_name(settings),
        token,
        expires=expires_at,
        path="/",
        httponly=True,
        secure=not settings.development,
        samesite="Strict",
    )


def take_session(response: Response, settings: Settings) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(
        session_name(settings), path="/", httponly=True, secure=not settings.development, samesite="Strict"
    )


def device_token(settings: Settings) -> str | None:
    """The token of an earlier sign-in from this browser, if any."""
    return request.cookies.get(_device_name(settings))


def give_device(response: Response, settings: Settings, token: str, path: str) -> None:
    """Let the browser show, when it signs in at ``path`` and nowhere else, that it was signed in before."""
    response.set_cookie(
        _device_name(settings),
        token,
        max_age=DEVICE_LIFE,
        path=path,
        httponly=True,
        secure=not settings.development,
        samesite="Strict",
    )


def _device_name(settings: Settings) -> str:
    return DEVICE if settings.development else f"__Secure-{DEVICE}"
