"""Signing in again in the midst: the form of a page takes the password along, and what it asks is done.

What bears much weight needs a sign-in of the last minutes. Whoever has filled in a form by then is asked for
the password with everything that was sent kept (``app.web.pages.errors``), and sends both together. It is a
sign-in like any other, counted and recorded: the session is replaced, so the answer gives a new cookie.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Response, g, request

from app.domain.access import FRESH_MINUTES
from app.domain.errors import Problem, Refused, Unauthenticated
from app.domain.messages import told
from app.domain.people import Principal
from app.services.assembly import Services
from app.web import cookies
from app.web.addresses import source_address

FIELD = "password_once_more"
CODE = "sign-in-again"
WRONG = "wrong-password"


class SigningInAgain:
    """Knows whose sign-in is fresh, and makes one fresh by the password in a form."""

    def __init__(self, services: Services) -> None:
        self._signing_in = services.signing_in
        self._settings = services.settings
        self._now = services.deciding.now

    def fresh(self, principal: Principal, by_form: bool) -> Principal:
        """The principal with a sign-in of the last minutes; ``by_form``: a form may bring the password.

        Raises ``Refused`` with ``CODE`` where there is none, ``TooManyAttempts`` after some wrong ones.
        """
        at = principal.signed_in_at
        if at is not None and self._now() - at <= timedelta(minutes=FRESH_MINUTES):
            return principal
        password = request.form.get(FIELD) if by_form and principal.session is not None else None
        if password is None:
            raise _refused(
                told(
                    "This needs a sign-in of the last {minutes} minutes: sign in again.",
                    minutes=FRESH_MINUTES,
                )
            )
        try:
            opened = self._signing_in.sign_in(
                principal.person.login,
                password,
                address=source_address(self._settings),
                instead_of=cookies.session_token(self._settings),
            )
        except Unauthenticated:
            raise _refused("The password is another one.", WRONG) from None
        g.session_opened = opened
        return self._signing_in.principal_of_session(opened.token)

    def give(self, response: Response) -> Response:
        """The answer with the cookie of the session that was opened meanwhile, if one was."""
        if (opened := g.get("session_opened")) is not None:
            cookies.give_session(response, self._settings, opened.token, opened.expires_at)
        return response


def _refused(message: str, *codes: str) -> Refused:
    return Refused(message, [Problem(message, code=code) for code in (CODE, *codes)])
