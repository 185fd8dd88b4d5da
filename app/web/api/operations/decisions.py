"""The calls that decide, and those that read decisions."""

from __future__ import annotations

from app.settings.rooms import LONG
from app.web.api.batches import CSV, NDJSON
from app.web.api.operations.operation import LANG, NAME, Operation, parameter
from app.web.api.searches import MOST, TIMES, USUAL, WORDS
from schemas.requests import KEY_PATTERN

_KEY = parameter(
    "Idempotency-Key",
    "header",
    {"type": "string", "pattern": KEY_PATTERN},
    "a repeat under the same key gets the stored answer; another body under it is refused",
)
_SEARCH = (
    *(parameter(name, "query", NAME) for name in WORDS),
    *(
        parameter(name, "query", {"type": "string"}, "a day or an instant; without a zone it is UTC")
        for name in TIMES
    ),
    parameter(
        "repeated",
        "query",
        {"enum": ["yes"]},
        "asked before of the same policy, customer and reference with other facts; officers and auditors",
    ),
    parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST, "default": int(USUAL)}),
    parameter("after", "query", {"type": "string", "format": "uuid"}, "the `next` of the page before"),
)
_STATEMENT = (
    parameter(
        "lang", "query", {"enum": ["en", "zh"]}, "the customer's language; else the operator's setting"
    ),
    parameter("format", "query", {"enum": ["html", "pdf", "json"]}, "stands above Accept"),
    parameter(
        "country",
        "query",
        {"type": "string", "pattern": "^[A-Z]{2}$"},
        "where the buyer is (ISO 3166-1), if the facts do not say: adds the notices that its law asks for",
    ),
)
_BODY = (400, 404, 409, 413, 415, 422, 503)
_READ = (404, 410, 422, 503)

OPERATIONS = (
    Operation(
        "decide",
        "POST /v1/policies/{policy}/decisions",
        "Facts in, decision out, recorded",
        {200: "DecisionAnswer", 201: "DecisionAnswer"},
        (*_BODY, 410),
        "DecisionRequest",
        (_KEY,),
    ),
    Operation(
        "decideBatch",
        "POST /v1/policies/{policy}/decisions/batch",
        "Many at once, a line each: at most 10,000 lines of 256 KiB; a bad line never harms its neighbours",
        {200: "BatchAnswer"},
        (*_BODY, 411),
        "BatchLine",
        (),
        NDJSON[0],
        takes=(CSV,),
        places=LONG,
    ),
    Operation(
        "simulate",
        "POST /v1/policies/{policy}/simulations",
        "What would be decided; officers and auditors may name any version, and nothing is decided",
        {200: "SimulationAnswer"},
        _BODY,
        "SimulationRequest",
    ),
    Operation(
        "searchDecisions",
        "GET /v1/decisions",
        "Decisions within the caller's reach, newest first",
        {200: "DecisionPage"},
        (422, 503),
        None,
        _SEARCH,
    ),
    Operation(
        "readDecision",
        "GET /v1/decisions/{id}",
        "A decision as it was answered",
        {200: "DecisionRead"},
        _READ,
    ),
    Operation(
        "explain",
        "GET /v1/decisions/{id}/explanation",
        "Why each rule fired, or its first test that failed and the actual value; to sales, the reasons",
        {200: "ExplanationAnswer"},
        _READ,
        None,
        (LANG,),
    ),
    Operation(
        "findAlternatives",
        "GET /v1/decisions/{id}/alternatives",
        "The smallest changes that would give a milder outcome, proven and run by both engines",
        {200: "WaysForward"},
        _READ,
        None,
        (LANG,),
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
        (LANG,),
    ),
    Operation(
        "giveStatement",
        "GET /v1/decisions/{id}/statement",
        "The reasons, for the customer, of a decision that refuses or offers something else: a page, a PDF or"
        " JSON, as Accept or `format` says. The log records that it was given",
        {200: "Statement"},
        (*_READ, 409),
        None,
        _STATEMENT,
        also={"text/html": "Page", "application/pdf": "Pdf"},
        places=LONG,
    ),
)
