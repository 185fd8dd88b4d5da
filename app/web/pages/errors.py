"""What went wrong, as a page: the same message as the interface gives, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.exceptions import HTTPException

from app.domain.errors import Refused, TermwiseError, TooManyAttempts, Unauthenticated, Unavailable
from app.web.logs import route
from app.web.pages.answering import here, page, see, sent_from
from app.web.pages.language import N_
from app.web.problems import log_unforeseen, status_of
from app.web.signing_in_again import CODE, FIELD, WRONG


class _Said(NamedTuple):
    title: str
    remedy: str


_SAID = {
    400: _Said(N_("This could not be read"), N_("Go back, load the page again, and send it once more.")),
    403: _Said(
        N_("This is not yours to do"), N_("Ask somebody whose role allows it, or sign in as another person.")
    ),
    404: _Said(N_("There is nothing here"), N_("Check the address, or begin at the first screen.")),
    405: _Said(N_("This page takes no such request"), N_("Go back and use the form of the page.")),
    409: _Said(N_("Something changed in between"), N_("Look at how it stands now, then decide again.")),
    410: _Said(
        N_("This was erased"), N_("What it held cannot be read any more; its proof remains in the log.")
    ),
    412: _Said(N_("Something changed in between"), N_("Look at how it stands now, then decide again.")),
    413: _Said(N_("This is too large"), N_("Send a smaller file, or less of it at a time.")),
    422: _Said(N_("Something has to be put right"), N_("Go back and correct what is named here.")),
    429: _Said(N_("Too many requests"), N_("Wait a little, then try again.")),
    503: _Said(N_("The service cannot answer now"), N_("Nothing was recorded. Try again in a moment.")),
}
_FAULT = _Said(
    N_("This is a fault of Termwise, not yours"),
    N_("Try again; if it stays, tell whoever runs the service the number below."),
)


def as_page(error: Exception) -> Response | None:
    """The page that says ``error``; None where the present request is not for a page."""
    if not _wants_page():
        return None
    if isinstance(error, Unauthenticated):
        return see(f"/sign-in?{urlencode(_onward())}")
    if isinstance(error, TermwiseError):
        response = _page(status_of(error), error)
        if isinstance(error, Unavailable | TooManyAttempts):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, HTTPException):
        return _page(error.code or 500)
    log_unforeseen(route())
    return _page(500)


def _onward() -> dict[str, str]:
    """Where to go on after signing in; who sent a form is told that it was not taken, and led back to it."""
    if request.method == "GET":
        return {"next": here()}
    return {"next": sent_from(), "ended": "yes"}


def _wants_page() -> bool:
    """Whether the route is a page's; an address without a route is told as the browser wants it."""
    if request.url_rule is not None:
        return str(request.url_rule.endpoint).startswith("pages.")
    return not request.path.startswith("/v1/") and "text/html" in request.headers.get("Accept", "")


def _page(status: int, error: TermwiseError | None = None) -> Response:
    codes = {one.code for one in error.problems} if isinstance(error, Refused) else set()
    too_often = isinstance(error, TooManyAttempts) and FIELD in request.form
    if request.method == "POST" and (CODE in codes or too_often):
        return _password_once_more(status, error, wrong=WRONG in codes)
    said = _SAID.get(status, _FAULT)
    return page("error.html", status, said=said, error=error, again=CODE in codes)


def _password_once_more(status: int, error: TermwiseError | None, wrong: bool) -> Response:
    """A form with everything that was sent, and a field for the password beside it: it goes on from there."""
    kept = [(name, one) for name, one in request.form.items(multi=True) if name not in ("csrf", FIELD)]
    wait = error.retry_after if isinstance(error, TooManyAttempts) else 0
    address = request.full_path if request.query_string else request.path
    return page(
        "entrance/sign_in_again.html", status, kept=kept, field=FIELD, address=address, wrong=wrong, wait=wait
    )
