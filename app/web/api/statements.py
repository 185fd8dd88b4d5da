"""Statements of reasons: given to whoever asks, as a page, a PDF or JSON, for the customer."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.domain.errors import Invalid, Problem
from app.domain.messages import joined, told
from app.rendering import html
from app.services.assembly import Services
from app.services.statements.giving import Form, Statement, Wanted
from app.web.answers import JSON, LANGUAGES, identifier, query
from app.web.auth import principal, visible_to
from schemas.notices import COUNTRY

HTML, PDF = "text/html", "application/pdf"
MEDIA = {Form.JSON: JSON, Form.HTML: HTML, Form.PDF: PDF}


def routes(services: Services) -> Blueprint:
    """``/v1/decisions/<id>/statement``."""
    api = Blueprint("statements", __name__, url_prefix="/v1")

    @api.get("/decisions/<id>/statement")
    def give_statement(id: str) -> Response:
        given = query("lang", "format", "country")
        _check(given)
        wanted = Wanted(identifier(id), _form(given), given.get("lang"), given.get("country"), visible_to())
        if request.method == "HEAD":  # nothing is given out, so nothing is recorded
            return _answer(services.statements.read(wanted))
        return _answer(services.statements.give(wanted, principal().id, str(principal().role)))

    return api


def _check(given: dict[str, str]) -> None:
    problems = []
    for name, known in (("lang", LANGUAGES), ("format", tuple(Form))):
        if name in given and given[name] not in known:
            problems.append(
                Problem(
                    told(
                        "`{name}` is one of {known}, not {given}",
                        name=name,
                        known=joined(", ", known),
                        given=given[name][:20],
                    )
                )
            )
    if "country" in given and not COUNTRY.fullmatch(given["country"]):
        problems.append(Problem("`country` is where the buyer is, in two capitals (ISO 3166-1), such as US"))
    if problems:
        raise Invalid("The statement cannot be given so.", problems)


def _form(given: dict[str, str]) -> Form:
    """As ``format`` says, else as ``Accept`` does: a browser gets the page, a program without a wish JSON."""
    if "format" in given:
        return Form(given["format"])
    best = request.accept_mimetypes.best_match(list(MEDIA.values()), JSON)
    return next(form for form, media in MEDIA.items() if media == best)


def _answer(found: Statement) -> Response:
    response = Response(found.body, content_type=MEDIA[found.form])
    response.headers["Vary"] = "Accept"
    response.headers["Content-Language"] = found.told["language"]
    if found.form is Form.HTML:
        response.headers["Content-Type"] = f"{HTML}; charset=utf-8"
        response.headers["Content-Security-Policy"] = html.policy()
    if found.form is Form.PDF:
        name = f"statement-{found.told['id']}-{found.told['language']}.pdf"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
