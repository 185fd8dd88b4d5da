"""Tables of a version as files for other programs, and back into a draft."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.domain.errors import Invalid, Problem
from app.services.assembly import Services
from app.services.rulesets.version_documents import merge_document
from app.web.answers import check_media_type, json_answer, policy_name, query, raw_body
from app.web.api.version_tags import demand_seen, seen, tagged
from app.web.auth import principal
from schemas.interchange.forms import FORMS, MOST_BYTES, XLSX

_BY_MEDIA = {one.media_type: one for one in FORMS.values()}


def routes(services: Services) -> Blueprint:
    """``/v1/rulesets/<policy>/versions/<version>/tables``."""
    api = Blueprint("tables", __name__, url_prefix="/v1/rulesets/<policy>/versions/<version>/tables")
    tables = services.tables

    @api.get("")
    def give_out(policy: str, version: str) -> Response:
        query()
        form = _BY_MEDIA[request.accept_mimetypes.best_match(_BY_MEDIA, XLSX.media_type)]
        found, content = tables.given_out(policy_name(policy), version, form)
        name = f"{found.policy}-{found.version}.{form.name}"
        response = Response(content, content_type=form.media_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Vary"] = "Accept"
        return tagged(response, found)

    @api.put("")
    def take_back(policy: str, version: str) -> Response:
        given = query("wins")
        if given.get("wins", "yes") != "yes":
            raise Invalid("The query cannot be read.", [Problem("`wins` can only say yes")])
        demand_seen()
        check_media_type(*_BY_MEDIA)
        form = _BY_MEDIA[request.mimetype]
        standing, changes = tables.taken_back(
            principal(),
            policy_name(policy),
            version,
            raw_body(form.media_type, most=MOST_BYTES),
            form,
            seen=seen(),
            wins="wins" in given,
        )
        return tagged(json_answer(merge_document(standing, changes)), standing)

    return api
