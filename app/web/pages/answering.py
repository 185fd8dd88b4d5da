"""Answers of pages: a template with values in the reader's language, or the way to another page.

A view ends in ``page(...)`` or, after it changed something, in ``see(...)``: a page that is loaded again
changes nothing again.
"""

from __future__ import annotations

import secrets
from datetime import tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from app.domain.access import Action, Reach, reach
from app.domain.people import Person
from app.services.assembly import Services
from app.web import request_ids
from app.web.cookies import session_token
from app.web.pages import static_files
from app.web.pages.language import gettext, language, ngettext, said
from app.web.pages.menu import Entry, entries

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).resolve().parent / "templates"
HTML = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of every page: nothing runs and nothing is loaded but our own files."""
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
"""Of every page. Without a referrer browsers send forms with ``Origin: null``, as if from another site."""


class Site:
    """What every page needs of the service: its settings, the forms' tokens, and which pages there are."""

    def __init__(self, services: Services, paths: frozenset[str]) -> None:
        self.settings = services.settings
        self.paths = paths
        self._csrf = services.signing_in.csrf

    def attach(self, app: Flask) -> None:
        """Let the pages of ``app`` find it."""
        app.extensions["pages"] = self

    def csrf(self) -> str:
        """What a form must carry as ``csrf``; empty for who is not signed in by a cookie."""
        token = session_token(self.settings)
        return "" if token is None or reader() is None else self._csrf(token)


def site() -> Site:
    """The site of the present request."""
    found: Site = current_app.extensions["pages"]
    return found


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page: ``template`` with ``values`` and with what the layout shows."""
    text = (
        _environment()
        .get_template(template)
        .render(
            **values,
            reader=reader(),
            menu=menu(),
            language=language(),
            here=here(),
            by_link=_by_link(),
            path=request.path,
            csrf=site().csrf(),
            request_id=request_ids.current(),
        )
    )
    return Response(text, status, HEADERS, content_type=HTML)


def see(path: str) -> Response:
    """Go and look there: the answer to every form that changed something. ``path`` is one of our own."""
    return Response("", 303, {"Location": path, **HEADERS}, content_type=HTML)


def here() -> str:
    """Where to come back to: the present address with its query, the first screen where that was a form."""
    if request.method != "GET":
        return "/"
    query = request.query_string.decode("ascii", "replace")
    return f"{request.path}?{query}" if query else request.path


def sent_from() -> str:
    """The page of ours on which the form or link stood that is asked for now; else the first screen."""
    found = urlsplit(request.referrer or "")
    return inside(found._replace(scheme="", netloc="").geturl()) if found.netloc == request.host else "/"


def _by_link() -> str:
    """Where a page that answers a form can be had by a link, for the browser's history; empty for one itself.

    That is its own address where one can look there as well, else the page on which the form stood.
    """
    if request.method in ("GET", "HEAD"):
        return ""
    routes = current_app.create_url_adapter(request)
    ours = routes is not None and routes.test(request.path, "GET")
    return (request.full_path if request.query_string else request.path) if ours else sent_from()


def inside(path: str) -> str:
    """``path`` where it is one of this site, and the first screen where it would lead elsewhere."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"


def reader() -> Person | None:
    """Who is signed in, if anybody."""
    principal = g.get("principal")
    return None if principal is None else principal.person


def may(action: str) -> bool:
    """Whether the reader may do that: an action of ``app.domain.access`` by name. To show, never to guard."""
    principal = g.get("principal")
    return principal is not None and reach(Action(action), principal) is not Reach.NONE


def visible_with(action: Action) -> str | None:
    """``visible_to()`` where a page shows something of another action than its own."""
    principal = g.get("principal")
    return principal.id if principal is not None and reach(action, principal) is Reach.OWN else None


def menu() -> tuple[Entry, ...]:
    """The pages that the header offers to the reader."""
    return tuple(one for one in entries(site().paths) if may(one.action))


def zone() -> tzinfo:
    """The zone in which the reader is told times."""
    return site().settings.timezone


def fresh_key() -> str:
    """A key for a form that decides: sent twice, it decides once."""
    return secrets.token_urlsafe(18)


@cache
def _environment() -> Environment:
    """The templates. What is forgotten is an error, and whatever somebody wrote is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from app.web.pages import formats

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {"static": static_files.address, "may": may, "fresh_key": fresh_key, "zone": zone}
    environment.filters |= {"said": said, **formats.FILTERS}
    return environment
