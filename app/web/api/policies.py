"""Policies: what may be asked, and what each needs to know."""

from __future__ import annotations

from flask import Blueprint, Response

from app.domain.errors import Refused
from app.services.assembly import Services
from app.web.answers import document_answer, policy_name, query
from app.web.auth import own_view
from schemas.policies import policy_document, policy_summary


def routes(services: Services) -> Blueprint:
    """``/v1/policies`` and ``/v1/policies/<policy>``."""
    api = Blueprint("policies", __name__, url_prefix="/v1/policies")

    @api.get("")
    def list_policies() -> Response:
        query()
        found = []
        for name in services.policies.names():
            try:
                found.append(
                    policy_summary(services.policies.in_force(name, services.deciding.now()).ruleset)
                )
            except Refused:
                found.append({"policy": name, "title": None, "active": None})
        return document_answer({"policies": found})

    @api.get("/<policy>")
    def read_policy(policy: str) -> Response:
        query()
        ready = services.policies.in_force(policy_name(policy), services.deciding.now())
        return document_answer(policy_document(ready.ruleset, own_view()))

    return api
