"""API keys: made and told once, listed without their secrets, revoked."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from app.domain.errors import Invalid, Problem
from app.services.assembly import Services
from app.services.people.keys import USUAL_DAYS
from app.web.answers import identifier, json_answer, query, raw_body
from app.web.api.paging import page_answer, paged
from app.web.auth import principal, visible_to
from schemas.json_text import read
from schemas.people import key_document
from schemas.people_requests import read_key

PATH = "/v1/keys"


def routes(services: Services) -> Blueprint:
    """``/v1/keys`` and ``/v1/keys/<id>``."""
    api = Blueprint("keys", __name__, url_prefix=PATH)

    @api.get("")
    def list_keys() -> Response:
        given = query("after", "limit")
        after, limit = paged(given)
        own = visible_to()
        keys = services.api_keys.page(None if own is None else UUID(own), after=after, limit=limit)
        return page_answer(PATH, "keys", [key_document(one) for one in keys], given, limit)

    @api.post("")
    def create_key() -> Response:
        query()
        given = read_key(read(raw_body()))
        owner = services.people.find(given["owner"])
        if owner is None:
            problem = Problem(
                "`owner` is the login or id of a person, and there is none of that name", "/owner"
            )
            raise Invalid("The key cannot be made.", [problem])
        days = USUAL_DAYS if given["days"] is None else given["days"]
        made = services.api_keys.create(owner.id, given["label"], given["scopes"], by=principal(), days=days)
        response = json_answer({**key_document(made.key), "secret": made.text}, 201)
        response.headers["Location"] = f"{PATH}/{made.key.id}"
        return response

    @api.delete("/<id>")
    def revoke_key(id: str) -> Response:
        query()
        return json_answer(key_document(services.api_keys.revoke(identifier(id, "key"), by=principal())))

    return api
