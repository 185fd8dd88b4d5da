"""JSON bodies in and out: the strict reader on the way in, exact bytes on the way out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import joined, told
from schemas.json_text import MAX_BYTES
from schemas.requests import MAX_NAME, NAME_PATTERN, matches

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"
LANGUAGES = ("en", "zh")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,63}")


class _Complete(Response):
    """A response that has a body, and its headers as they are to be sent.

    Werkzeug goes through the headers of every response to mend what it can; here is nothing to mend.
    """

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:  # noqa: ARG002
        return self.headers


def json_answer(body: Any, status: int = 200, content_type: str = JSON) -> Response:
    """A response with ``body`` as JSON; dates and the like are in their JSON form already."""
    content = orjson.dumps(body)
    headers = {"Content-Type": content_type, "Content-Length": str(len(content))}
    return _Complete([content], status, headers)


def document_answer(body: Any) -> Response:
    """A document that changes seldom: with an ETag, and 304 where the caller has it already."""
    response = Response(orjson.dumps(body), content_type=JSON)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie"
    response.add_etag()
    response.make_conditional(request)
    return response


def check_media_type(*accepted: str) -> None:
    """Refuse a body of another type, or compressed, with 415: nothing is guessed about bytes."""
    if request.mimetype not in accepted:
        raise UnsupportedMediaType(
            told("Send the body as Content-Type {accepted}.", accepted=joined(" or ", accepted))
        )
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body as it is: compressed bodies are not read.")


def raw_body(*media: str, most: int = MAX_BYTES) -> bytes:
    """The body's bytes, all of them: JSON of at most 256 KiB unless told. Raises 400, 413 or 415."""
    check_media_type(*(media or (JSON,)))
    announced = request.content_length
    if announced is not None and announced > most:
        raise too_large(most)
    parts, size = [], 0
    while part := request.stream.read(most + 1 - size):
        parts.append(part)
        size += len(part)
        if size > most:
            raise too_large(most)
    check_whole(size)
    return b"".join(parts)


def check_whole(received: int) -> None:
    """Refuse a body that ended before its announced length: the server hands it on and says nothing."""
    announced = request.content_length
    if announced is not None and received != announced:
        raise BadRequest(
            told(
                "The body has {received:,} bytes, and {announced:,} were announced.",
                received=received,
                announced=announced,
            )
        )


def too_large(most: int = MAX_BYTES) -> RequestEntityTooLarge:
    """The error for a body beyond ``most`` bytes."""
    return RequestEntityTooLarge(told("A request has at most {most:,} bytes.", most=most))


def identifier(text: str, what: str = "decision") -> UUID:
    """An id from a path, in the one form that we write; any other is simply not there."""
    if not _ID.fullmatch(text.lower()):
        raise NotFound(told("There is no {what} {text}.", what=told(what), text=text[:64]))
    return UUID(text)


def policy_name(text: str) -> str:
    """A policy from a path; what no policy can be called is not there, and no database need be asked."""
    if not _SLUG.fullmatch(text):
        raise NotFound(
            told(
                "There is no policy {policy}; names are of lower-case letters, digits and hyphens.",
                policy=text[:64],
            )
        )
    return text


def language() -> str | None:
    """The one language asked for with ``lang``, None for both; raises ``Invalid``."""
    given = query("lang")
    if "lang" not in given:
        return None
    if given["lang"] not in LANGUAGES:
        raise Invalid(
            "The language is not known.",
            [Problem(told("`lang` is en or zh, not {lang}", lang=given["lang"][:20]))],
        )
    return given["lang"]


def query(*known: str) -> dict[str, str]:
    """The query's parameters, each at most once and none that is not ``known``; raises ``Invalid``."""
    if not request.query_string:
        return {}
    problems = []
    for name, values in request.args.lists():
        if name not in known:
            among = (
                told("the parameters here are {known}", known=joined(", ", known))
                if known
                else "nothing is asked here by parameters"
            )
            problems.append(Problem(told("`{name}` is not known; {among}", name=name[:64], among=among)))
        elif len(values) > 1:
            problems.append(Problem(told("`{name}` stands {number} times", name=name, number=len(values))))
        elif not matches(NAME_PATTERN, values[0]):
            problems.append(
                Problem(
                    told(
                        "`{name}` takes 1 to {most} characters and no control characters",
                        name=name,
                        most=MAX_NAME,
                    )
                )
            )
    if problems:
        raise Invalid("The query cannot be read.", problems[:20])
    return request.args.to_dict()
