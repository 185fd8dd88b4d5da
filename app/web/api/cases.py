"""The cases of a version: what they cover, and cases proposed for the rest."""

from __future__ import annotations

from flask import Blueprint, Response

from app.services.assembly import Services
from app.services.rulesets.case_documents import cases_document
from app.web.answers import document_answer, language, policy_name


def routes(services: Services) -> Blueprint:
    """``GET /v1/rulesets/<policy>/versions/<version>/cases``."""
    api = Blueprint("cases", __name__, url_prefix="/v1/rulesets/<policy>/versions/<version>/cases")

    @api.get("")
    def read_cases(policy: str, version: str) -> Response:
        asked = language()
        found, covered = services.boundary_cases.of(policy_name(policy), version)
        return document_answer(cases_document(found, covered.ruleset, covered.proposal, asked))

    return api
