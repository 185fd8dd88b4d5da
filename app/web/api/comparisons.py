"""Comparison of two versions of a policy: in words, on their cases, line by line, and in what they mean."""

from __future__ import annotations

from flask import Blueprint, Response

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.services.assembly import Services
from app.services.comparing.comparison_document import comparison_document
from app.services.comparing.meaning_document import meaning_document
from app.web.answers import LANGUAGES, document_answer, policy_name, query
from app.web.api.rehearsals import pause
from app.web.auth import caller

SIDES = ("from", "to")


def routes(services: Services) -> Blueprint:
    """``GET /v1/rulesets/<policy>/comparison``, and ``POST`` of its proof."""
    api = Blueprint("comparisons", __name__, url_prefix="/v1/rulesets")

    @api.get("/<policy>/comparison")
    def compare(policy: str) -> Response:
        given, language = _asked()
        found = services.comparing.versions(policy_name(policy), *(given[name] for name in SIDES))
        return document_answer(comparison_document(found, language))

    @api.post("/<policy>/comparison/proof")
    def prove(policy: str) -> Response:
        given, language = _asked()
        before, after = (services.policies.version(policy_name(policy), given[name]) for name in SIDES)
        found = services.meanings.weighed(before, after, caller(), pause)
        return document_answer(meaning_document(found, language))

    return api


def _asked() -> tuple[dict[str, str], str | None]:
    """The two versions and the language that were asked for."""
    given = query(*SIDES, "lang")
    missing = [
        Problem(told("`{name}` is missing; it takes a version", name=name))
        for name in SIDES
        if name not in given
    ]
    language = given.get("lang")
    if language is not None and language not in LANGUAGES:
        missing.append(Problem(told("`lang` is en or zh, not {language}", language=language[:20])))
    if missing:
        raise Invalid("The comparison cannot be made.", missing)
    return given, language
