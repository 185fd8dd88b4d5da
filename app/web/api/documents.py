"""OpenAPI 3.1: one document for the whole service, and one for each policy made from its own facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Response

from app.domain.access import View
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.web.answers import document_answer, policy_name, query
from app.web.api.operations import OPERATIONS, PROBLEMS, Operation
from app.web.api.operations.operation import CSRF
from app.web.auth import own_view
from app.web.cookies import NAME
from app.web.problems import PROBLEM_TYPE
from schemas import (
    answers,
    answers_by_view,
    cases,
    comparisons,
    customer_documents,
    filings,
    imports,
    keeping,
    lifecycle,
    origins,
    people,
    people_requests,
    proofs,
    referrals,
    rehearsals,
    resolutions,
    run_documents,
    statements,
    ways_forward,
)
from schemas.answers import decision, simulation
from schemas.answers_by_view import decision_for_sales, simulation_for_sales
from schemas.policies import example, facts_schema, outputs_schema
from schemas.receivables import answers as receivables_answers
from schemas.receivables import imports as receivables_imports
from schemas.requests import LineSchema, RequestSchema, SimulationSchema
from schemas.shapes import part

OPENAPI = "3.1.0"
REQUESTS = {"DecisionRequest": RequestSchema, "SimulationRequest": SimulationSchema, "BatchLine": LineSchema}
OTHERS: Mapping[str, Any] = {
    "Document": {"type": "object"},
    "Metrics": {"type": "string"},
    "Page": {"type": "string", "description": "HTML"},
    "Pdf": {"type": "string", "contentMediaType": "application/pdf"},
}
ASKING = ("decide", "decideBatch", "simulate")
_ID = {"type": "string", "format": "uuid"}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "an API key, or the token of a session",
}
_SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": NAME,
    "description": f"the session of a browser, `__Host-{NAME}` outside development; what changes something"
    " needs the header Termwise-CSRF beside it",
}
_IN_PATH = {
    "id": _ID,
    "customer": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "version": {"type": "string", "pattern": "^[0-9.]{5,14}$"},
}
_SLUG = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$"}
_REFERENCE = re.compile("#/components/schemas/([A-Za-z]+)")


def routes(services: Services) -> Blueprint:
    """``/openapi.json`` and ``/v1/policies/<policy>/openapi.json``."""
    api = Blueprint("documents", __name__)
    whole = cache(overall_document)  # made when first asked for: a server that starts has more urgent work

    @api.get("/openapi.json")
    def read_document() -> Response:
        query()
        return document_answer(whole())

    @api.get("/v1/policies/<policy>/openapi.json")
    def read_policy_document(policy: str) -> Response:
        query()
        ready = services.policies.in_force(policy_name(policy), services.deciding.now())
        return document_answer(policy_openapi(ready.ruleset, own_view()))

    return api


def overall_document() -> dict[str, Any]:
    """Every call, for any policy: facts are an object whose members the policy declares."""
    return _document("Termwise", version("termwise"), OPERATIONS, {})


def policy_openapi(ruleset: Ruleset, view: View = View.FULL) -> dict[str, Any]:
    """The calls that ask one policy, with the facts, outputs and outcomes of its ruleset in force.

    For sales: with the facts that are theirs to state, and the answers that they get.
    """
    narrowed = {
        "outcome": {"enum": [one.id for one in ruleset.outcomes]},
        "outputs": part("Outputs"),
        "facts": part("Facts"),
    }
    full = view is View.FULL
    shapes = {
        "Facts": facts_schema(ruleset, view),
        "Outputs": outputs_schema(ruleset, view),
        "Decision": decision(**narrowed),
        "Simulation": simulation(**narrowed),
        "DecisionForSales": decision_for_sales(**narrowed),
        "SimulationForSales": simulation_for_sales(**narrowed),
        "DecisionAnswer": part("Decision" if full else "DecisionForSales"),
        "SimulationAnswer": part("Simulation" if full else "SimulationForSales"),
    }
    asking = [one for one in OPERATIONS if one.id in ASKING]
    document = _document(ruleset.title.en, ruleset.version, asking, shapes)
    for name in REQUESTS:
        request = document["components"]["schemas"][name]
        request["properties"]["facts"] = part("Facts")
        request["examples"] = [{"facts": example(ruleset, view)}]
    paths = document["paths"]
    document["paths"] = {path.replace("{policy}", ruleset.policy): paths[path] for path in paths}
    document["components"]["schemas"] = _used(document)
    for path in document["paths"].values():
        path["post"]["parameters"] = [one for one in path["post"]["parameters"] if one["in"] != "path"]
    document["info"]["x-termwise"] = {"policy": ruleset.policy, "digest": ruleset.digest}
    return document


def _document(
    title: str, number: str, operations: Iterable[Operation], shapes: Mapping[str, Any]
) -> dict[str, Any]:
    spec = APISpec(title, number, OPENAPI, plugins=[MarshmallowPlugin()], servers=[{"url": "/"}])
    asked = (people_requests, resolutions, rehearsals, lifecycle, keeping, filings)
    requests = {**REQUESTS, **{name: one for module in asked for name, one in module.REQUESTS.items()}}
    for name, schema in requests.items():
        spec.components.schema(name, schema=schema)
    spec.components.security_scheme("bearer", _BEARER)
    spec.components.security_scheme("session", _SESSION)
    deciding = (answers, answers_by_view, ways_forward, statements, referrals, proofs)
    filed = (
        keeping,
        customer_documents,
        origins,
        receivables_answers,
        receivables_imports,
        run_documents,
        imports,
    )
    modules = (*deciding, cases, comparisons, people, rehearsals, lifecycle, *filed)
    known = {name: shape for one in modules for name, shape in one.SHAPES.items()}
    for name, shape in {**known, **OTHERS, **shapes}.items():
        spec.components.schema(name, dict(shape))
    for one in operations:
        spec.path(one.path, operations={one.method: _operation(one)})
    document: dict[str, Any] = spec.to_dict()
    return document


def _used(document: Mapping[str, Any]) -> dict[str, Any]:
    """The shapes that the paths refer to, and those that these refer to."""
    shapes: Mapping[str, Any] = document["components"]["schemas"]
    found: set[str] = set()
    asked = set(_REFERENCE.findall(str(document["paths"])))
    while asked:
        found |= asked
        asked = {name for one in asked for name in _REFERENCE.findall(str(shapes[one]))} - found
    return {name: shape for name, shape in shapes.items() if name in found}


def _operation(one: Operation) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": one.id, "summary": one.summary}
    operation["security"] = [] if one.open else [{"bearer": []}, {"session": []}]
    said = {given["name"] for given in one.parameters if given["in"] == "path"}
    names = [name for name in re.findall(r"{(\w+)}", one.path) if name not in said]
    in_path = [(name, _IN_PATH.get(name, _SLUG)) for name in names]
    path = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in in_path]
    posted = [] if one.open or one.method == "get" else [CSRF]
    operation["parameters"] = [*path, *map(dict, [*one.parameters, *posted])]
    if one.request is not None:
        content: dict[str, Any] = {one.asks or one.media: {"schema": part(one.request)}}
        about = "a line an item; of CSV, the first is a header of fact names"
        further = part(one.request) if one.asks else {"type": "string", "description": about}
        content |= {media: {"schema": further} for media in one.takes}
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = {
        **{str(status): _answer(one, shape, status) for status, shape in one.answers.items()},
        **{str(status): _problem(status) for status in one.failures},
    }
    return operation


def _answer(one: Operation, shape: str, status: int) -> dict[str, Any]:
    about = {200: "Done.", 201: "Made and recorded."}[status]
    if one.id == "decide" and status == 200:
        about = "The stored answer to the same request made before (Idempotent-Replayed: true)."
    shapes = {one.media: shape, **(one.also if status == 200 else {})}
    content = {media: {"schema": part(name)} for media, name in shapes.items()}
    return {"description": about, "content": content}


def _problem(status: int) -> dict[str, Any]:
    return {"description": PROBLEMS[status], "content": {PROBLEM_TYPE: {"schema": part("Problem")}}}
