"""Rulesets: their versions and texts, and the moves that bring a text into force and out of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.rulesets.releasing import Asked
from app.services.rulesets.version_documents import (
    checks_document,
    history_document,
    standing_document,
    versions_document,
)
from app.web.answers import JSON, json_answer, policy_name, query, raw_body
from app.web.api.version_tags import demand_seen, seen, tagged
from app.web.auth import principal
from schemas.json_text import read
from schemas.lifecycle import read_move
from schemas.text import MAX_BYTES

YAML = "application/yaml"


def routes(services: Services) -> Blueprint:
    """Everything under ``/v1/rulesets/<policy>/versions``."""
    api = Blueprint("rulesets", __name__, url_prefix="/v1/rulesets/<policy>/versions")
    versions, drafting = services.versions, services.drafting

    @api.get("")
    def list_versions(policy: str) -> Response:
        query()
        return json_answer(versions_document(policy, versions.all(policy_name(policy))))

    @api.post("")
    def create_version(policy: str) -> Response:
        query()
        given = read_move("DraftRequest", read(raw_body()))
        made = drafting.create(
            principal(),
            policy_name(policy),
            given["version"],
            source=given["from"],
            text=given["text"],
            comment=given["comment"],
        )
        response = _standing(made, 201)
        response.headers["Location"] = f"/v1/rulesets/{made.policy}/versions/{made.version}"
        return response

    @api.get("/<version>")
    def read_version(policy: str, version: str) -> Response:
        query()
        found = versions.one(policy_name(policy), version)
        text = versions.text(found)
        if request.accept_mimetypes.best_match([JSON, YAML]) == YAML:
            response = Response(text, content_type=YAML)
        else:
            response = json_answer({**standing_document(found), "text": text.decode()})
        response.headers["Vary"] = "Accept"
        return tagged(response, found)

    @api.put("/<version>")
    def edit_version(policy: str, version: str) -> Response:
        query()
        demand_seen()
        text = raw_body(YAML, most=MAX_BYTES)
        return _standing(drafting.edit(principal(), policy_name(policy), version, text, seen=seen()))

    @api.post("/<version>/checks")
    def check_version(policy: str, version: str) -> Response:
        query()
        return json_answer(checks_document(*drafting.check(policy_name(policy), version)))

    @api.get("/<version>/history")
    def read_history(policy: str, version: str) -> Response:
        query()
        return json_answer(history_document(policy, version, versions.history(policy_name(policy), version)))

    _moves(api, services)
    return api


def _moves(api: Blueprint, services: Services) -> None:
    releasing = services.releasing

    @api.post("/<version>/submission")
    def submit(policy: str, version: str) -> Response:
        given = _given("SubmissionRequest")
        return _standing(releasing.submit(_asked(policy, version), given["comment"]))

    @api.post("/<version>/approval")
    def approve(policy: str, version: str) -> Response:
        given = _given("ApprovalRequest")
        asked, known = _asked(policy, version), given["acknowledges"] or ()
        return _standing(releasing.approve(asked, given["digest"], given["comment"], known))

    @api.post("/<version>/return")
    def send_back(policy: str, version: str) -> Response:
        given = _given("ReturnRequest")
        return _standing(releasing.send_back(_asked(policy, version), given["reason"]))

    @api.post("/<version>/activation")
    def activate(policy: str, version: str) -> Response:
        return _standing(releasing.activate(_asked(policy, version), **_given("ActivationRequest")))

    @api.delete("/<version>/activation")
    def withdraw(policy: str, version: str) -> Response:
        query()
        return _standing(releasing.withdraw(_asked(policy, version)))

    @api.post("/<version>/retirement")
    def retire(policy: str, version: str) -> Response:
        given = _given("RetirementRequest")
        return _standing(releasing.retire(_asked(policy, version), given["reason"]))


def _asked(policy: str, version: str) -> Asked:
    return Asked(principal(), policy_name(policy), version, seen())


def _given(shape: str) -> dict[str, Any]:
    """The body, which may be left out where nothing in it is needed."""
    query()
    empty = not request.content_length and "Transfer-Encoding" not in request.headers
    return read_move(shape, {} if empty and not request.mimetype else read(raw_body()))


def _standing(version: RulesetVersion, status: int = 200) -> Response:
    return tagged(json_answer(standing_document(version), status), version)
