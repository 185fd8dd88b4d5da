"""OpenAPI 3.1: one document for the whole service, and one for each policy made from its own facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Response

from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.web.answers import document_answer, policy_name, query
from app.web.api.batches import CSV
from app.web.api.operations import OPERATIONS, PROBLEMS, Operation
from app.web.problems import PROBLEM_TYPE
from schemas.answers import SHAPES, decision, simulation
from schemas.policies import example, facts_schema, outputs_schema
from schemas.requests import LineSchema, RequestSchema, SimulationSchema
from schemas.shapes import part

OPENAPI = "3.1.0"
REQUESTS = {"DecisionRequest": RequestSchema, "SimulationRequest": SimulationSchema, "BatchLine": LineSchema}
OTHERS: Mapping[str, Any] = {"Document": {"type": "object"}, "Metrics": {"type": "string"}}
ASKING = ("decide", "decideBatch", "simulate")
_ID = {"type": "string", "format": "uuid"}
_SLUG = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$"}


def routes(services: Services) -> Blueprint:
    """``/openapi.json`` and ``/v1/policies/<policy>/openapi.json``."""
    api = Blueprint("documents", __name__)
    whole = overall_document()

    @api.get("/openapi.json")
    def read_document() -> Response:
        query()
        return document_answer(whole)

    @api.get("/v1/policies/<policy>/openapi.json")
    def read_policy_document(policy: str) -> Response:
        query()
        ready = services.policies.in_force(policy_name(policy), services.deciding.now())
        return document_answer(policy_openapi(ready.ruleset))

    return api


def overall_document() -> dict[str, Any]:
    """Every call, for any policy: facts are an object whose members the policy declares."""
    return _document("Termwise", version("termwise"), OPERATIONS, {})


def policy_openapi(ruleset: Ruleset) -> dict[str, Any]:
    """The calls that ask one policy, with the facts, outputs and outcomes of its ruleset in force."""
    narrowed = {
        "outcome": {"enum": [one.id for one in ruleset.outcomes]},
        "outputs": part("Outputs"),
        "facts": part("Facts"),
    }
    shapes = {
        "Facts": facts_schema(ruleset),
        "Outputs": outputs_schema(ruleset),
        "Decision": decision(**narrowed),
        "Simulation": simulation(**narrowed),
    }
    asking = [one for one in OPERATIONS if one.id in ASKING]
    document = _document(ruleset.title.en, ruleset.version, asking, shapes)
    for name in REQUESTS:
        request = document["components"]["schemas"][name]
        request["properties"]["facts"] = part("Facts")
        request["examples"] = [{"facts": example(ruleset)}]
    paths = document["paths"]
    document["paths"] = {path.replace("{policy}", ruleset.policy): paths[path] for path in paths}
    for path in document["paths"].values():
        path["post"]["parameters"] = [one for one in path["post"]["parameters"] if one["in"] != "path"]
    document["info"]["x-termwise"] = {"policy": ruleset.policy, "digest": ruleset.digest}
    return document


def _document(
    title: str, number: str, operations: Iterable[Operation], shapes: Mapping[str, Any]
) -> dict[str, Any]:
    spec = APISpec(title, number, OPENAPI, plugins=[MarshmallowPlugin()], servers=[{"url": "/"}])
    for name, schema in REQUESTS.items():
        spec.components.schema(name, schema=schema)
    for name, shape in {**SHAPES, **OTHERS, **shapes}.items():
        spec.components.schema(name, dict(shape))
    for one in operations:
        spec.path(one.path, operations={one.method: _operation(one)})
    document: dict[str, Any] = spec.to_dict()
    return document


def _operation(one: Operation) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": one.id, "summary": one.summary}
    in_path = [(name, _ID if name == "id" else _SLUG) for name in re.findall(r"{(\w+)}", one.path)]
    path = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in in_path]
    operation["parameters"] = [*path, *map(dict, one.parameters)]
    if one.request is not None:
        content: dict[str, Any] = {one.media: {"schema": part(one.request)}}
        if one.id == "decideBatch":
            content[CSV] = {
                "schema": {"type": "string", "description": "a header of fact names, then a line an item"}
            }
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = {
        **{str(status): _answer(one, shape, status) for status, shape in one.answers.items()},
        **{str(status): _problem(status) for status in sorted(one.problems)},
    }
    return operation


def _answer(one: Operation, shape: str, status: int) -> dict[str, Any]:
    about = {200: "Done.", 201: "Decided and recorded."}[status]
    if one.id == "decide" and status == 200:
        about = "The stored answer to the same request made before (Idempotent-Replayed: true)."
    return {"description": about, "content": {one.media: {"schema": part(shape)}}}


def _problem(status: int) -> dict[str, Any]:
    return {"description": PROBLEMS[status], "content": {PROBLEM_TYPE: {"schema": part("Problem")}}}
