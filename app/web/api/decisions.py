"""Decisions: made, simulated, read, explained, replayed, and the letters they call for."""

from __future__ import annotations

from contextlib import nullcontext
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, request

from app.domain.access import SEES_REPEATS, View
from app.domain.audit import IdempotencyClaim
from app.domain.errors import Invalid, Problem
from app.services.assembly import Services
from app.web.answers import identifier, json_answer, language, policy_name, query, raw_body
from app.web.auth import caller, own_view, principal, spent, visible_to
from schemas.explanations import explanation_document, explanation_for_sales
from schemas.json_text import read
from schemas.letters import letters_document
from schemas.requests import KEY_PATTERN, matches, read_request
from schemas.ways_forward import ways_document


def routes(services: Services) -> Blueprint:
    """Everything under ``/v1/decisions/<id>``, and the calls that decide one thing."""
    api = Blueprint("decisions", __name__, url_prefix="/v1")

    @api.post("/policies/<policy>/decisions")
    def decide(policy: str) -> Response:
        query()
        body = raw_body()
        wanted = read_request(read(body))
        answer = services.deciding.decide(
            policy_name(policy), wanted, caller(wanted.on_behalf_of), _claim(policy, body)
        )
        response = json_answer(answer.body, 200 if answer.replayed else 201)
        response.headers["Location"] = f"/v1/decisions/{answer.id}"
        if answer.replayed:
            response.headers["Idempotent-Replayed"] = "true"
        return response

    @api.post("/policies/<policy>/simulations")
    def simulate(policy: str) -> Response:
        query()
        wanted = read_request(read(raw_body()), simulation=True)
        asking = caller(wanted.on_behalf_of)
        limited = asking.own_customers
        with spent("simulations of sales", asking.name, wanted.customer) if limited else nullcontext():
            return json_answer(services.deciding.simulate(policy_name(policy), wanted, asking).body)

    @api.get("/decisions/<id>")
    def read_decision(id: str) -> Response:
        query()
        decision = identifier(id)
        answer = services.auditing.decision(decision, visible_to(), own_view())
        if principal().role in SEES_REPEATS and (before := services.auditing.asked_before(decision)):
            answer["asked_before"] = before
        answer["standing"] = services.settling.standing(decision, own_view())
        return json_answer(answer)

    @api.get("/decisions/<id>/explanation")
    def explain(id: str) -> Response:
        only, decision = language(), identifier(id)
        found = services.auditing.explanation(decision, visible_to())
        told = explanation_document if own_view() is View.FULL else explanation_for_sales
        return json_answer({"id": str(decision), **told(found, only)})

    @api.get("/decisions/<id>/alternatives")
    def find_alternatives(id: str) -> Response:
        only, decision = language(), identifier(id)
        with spent("ways forward", principal().id):
            found = services.alternatives.of(decision, visible_to())
        return json_answer({"id": str(decision), **ways_document(found, own_view(), only)})

    @api.post("/decisions/<id>/replay")
    def replay(id: str) -> Response:
        query()
        decision = identifier(id)
        found = services.auditing.replay(decision, visible_to())
        body: dict[str, Any] = {
            "id": str(decision),
            "result": "identical" if found.identical else "different",
        }
        return json_answer({**body, "differences": list(found.differences)})

    @api.get("/decisions/<id>/letters")
    def read_letters(id: str) -> Response:
        only, decision = language(), identifier(id)
        found = services.auditing.letters(decision, visible_to())
        return json_answer({"id": str(decision), "letters": letters_document(found, only)})

    return api


def _claim(policy: str, body: bytes) -> IdempotencyClaim | None:
    """The claim of whoever sends the request, also where it is on somebody's behalf."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not matches(KEY_PATTERN, key):
        problem = Problem("`Idempotency-Key` takes 1 to 200 printable ASCII characters")
        raise Invalid("The idempotency key cannot be used.", [problem])
    return IdempotencyClaim(principal().id, policy, key, sha256(body).digest())
