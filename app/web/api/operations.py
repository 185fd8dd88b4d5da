"""Every call of the interface in one table: the OpenAPI documents say it, and tests hold the routes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.web.answers import JSON, LANGUAGES
from app.web.api.batches import NDJSON
from app.web.api.searches import MOST, TIMES, USUAL, WORDS
from app.web.auth import ROLES
from app.web.metrics import CONTENT_TYPE
from schemas.requests import KEY_PATTERN, NAME_PATTERN

PROBLEMS = {
    400: "The body ended before its announced length.",
    404: "There is no such thing.",
    409: "In conflict with what is there, such as a policy of which no version is in force.",
    410: "It was erased with its subject's key.",
    411: "The length must be announced: the last line may have been cut.",
    413: "The body is too large.",
    415: "The body is of a type that is not read here.",
    422: "It cannot be accepted; one entry a fault.",
    503: "Nothing was recorded; try again after Retry-After seconds.",
}
NAME = {"type": "string", "pattern": NAME_PATTERN}


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. ``request`` and ``answers`` name shapes; ``problems`` are the statuses it may fail with."""

    id: str
    call: str
    summary: str
    answers: Mapping[int, str]
    problems: tuple[int, ...] = ()
    request: str | None = None
    parameters: tuple[Mapping[str, Any], ...] = ()
    media: str = JSON

    @property
    def method(self) -> str:
        """``get`` or ``post``."""
        return self.call.split()[0].lower()

    @property
    def path(self) -> str:
        """The path with its parameters in braces."""
        return self.call.split()[1]


def _parameter(name: str, place: str, schema: Mapping[str, Any], about: str = "") -> dict[str, Any]:
    described = {"description": about} if about else {}
    return {"name": name, "in": place, "required": place == "path", "schema": dict(schema), **described}


_LANG = _parameter("lang", "query", {"enum": list(LANGUAGES)}, "texts in this language alone instead of both")
_CALLER = (
    _parameter("Termwise-Caller", "header", {"type": "string"}, "for whom a program asks"),
    _parameter(
        "Termwise-Role", "header", {"enum": list(ROLES)}, "facts are checked against what this role may give"
    ),
)
_KEY = _parameter(
    "Idempotency-Key",
    "header",
    {"type": "string", "pattern": KEY_PATTERN},
    "a repeat under the same key gets the stored answer; another body under it is refused",
)
_SEARCH = (
    *(_parameter(name, "query", NAME) for name in WORDS),
    *(
        _parameter(name, "query", {"type": "string"}, "a day or an instant; without a zone it is UTC")
        for name in TIMES
    ),
    _parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST, "default": int(USUAL)}),
    _parameter("after", "query", {"type": "string", "format": "uuid"}, "the `next` of the page before"),
)
_BODY = (400, 404, 409, 413, 415, 422, 503)
_READ = (404, 410, 422, 503)

OPERATIONS = (
    Operation("listPolicies", "GET /v1/policies", "The policies", {200: "Policies"}, (422, 503)),
    Operation(
        "readPolicy",
        "GET /v1/policies/{policy}",
        "What a policy asks and answers",
        {200: "Policy"},
        (404, 409, 422, 503),
    ),
    Operation(
        "decide",
        "POST /v1/policies/{policy}/decisions",
        "Facts in, decision out, recorded",
        {200: "Decision", 201: "Decision"},
        (*_BODY, 410),
        "DecisionRequest",
        (_KEY, *_CALLER),
    ),
    Operation(
        "decideBatch",
        "POST /v1/policies/{policy}/decisions/batch",
        "Many at once, a line each: at most 10,000 lines of 256 KiB; a bad line never harms its neighbours",
        {200: "BatchAnswer"},
        (*_BODY, 411),
        "BatchLine",
        _CALLER,
        NDJSON[0],
    ),
    Operation(
        "simulate",
        "POST /v1/policies/{policy}/simulations",
        "What would be decided; any version may be named, and nothing is decided",
        {200: "Simulation"},
        _BODY,
        "SimulationRequest",
        _CALLER,
    ),
    Operation(
        "searchDecisions",
        "GET /v1/decisions",
        "Decisions, newest first",
        {200: "DecisionPage"},
        (422, 503),
        None,
        _SEARCH,
    ),
    Operation(
        "readDecision", "GET /v1/decisions/{id}", "A decision as it was answered", {200: "Decision"}, _READ
    ),
    Operation(
        "explain",
        "GET /v1/decisions/{id}/explanation",
        "Why each rule fired, or its first test that failed and the actual value",
        {200: "Explanation"},
        _READ,
        None,
        (_LANG,),
    ),
    Operation(
        "replay", "POST /v1/decisions/{id}/replay", "The same facts on the same text", {200: "Replay"}, _READ
    ),
    Operation(
        "readLetters",
        "GET /v1/decisions/{id}/letters",
        "The letters it calls for",
        {200: "Letters"},
        _READ,
        None,
        (_LANG,),
    ),
    Operation("readDocument", "GET /openapi.json", "This document", {200: "Document"}, (422,)),
    Operation(
        "readPolicyDocument",
        "GET /v1/policies/{policy}/openapi.json",
        "The same for one policy, made from its own facts",
        {200: "Document"},
        (404, 409, 422, 503),
    ),
    Operation("healthz", "GET /healthz", "Whether the process lives", {200: "Health"}),
    Operation(
        "readyz", "GET /readyz", "Whether decisions can be recorded as they should", {200: "Health"}, (503,)
    ),
    Operation(
        "metrics",
        "GET /metrics",
        "Prometheus metrics",
        {200: "Metrics"},
        (),
        None,
        (),
        CONTENT_TYPE.partition(";")[0],
    ),
)
