"""Sessions: signing in and out, and who one is."""

from __future__ import annotations

from flask import Blueprint, Response

from app.services.assembly import Services
from app.web import cookies
from app.web.addresses import source_address
from app.web.answers import json_answer, query, raw_body
from app.web.auth import principal
from schemas.json_text import read
from schemas.people import me_document, session_document
from schemas.people_requests import read_sign_in


def routes(services: Services) -> Blueprint:
    """``/v1/sessions`` and ``/v1/me``."""
    api = Blueprint("sessions", __name__, url_prefix="/v1")
    settings = services.settings

    @api.post("/sessions")
    def sign_in() -> Response:
        query()
        login, password = read_sign_in(read(raw_body()))
        signed_in = services.signing_in.sign_in(
            login,
            password,
            address=source_address(settings),
            device=cookies.device_token(settings),
            instead_of=cookies.session_token(settings),
        )
        answer = session_document(signed_in.person, signed_in.csrf, signed_in.token, signed_in.expires_at)
        response = json_answer(answer, 201)
        cookies.give_session(response, settings, signed_in.token, signed_in.expires_at)
        cookies.give_device(response, settings, signed_in.device, "/v1/sessions")
        return response

    @api.delete("/sessions/current")
    def sign_out() -> Response:
        query()
        services.signing_in.sign_out(principal())
        response = json_answer({"done": "signed out"})
        cookies.take_session(response, settings)
        return response

    @api.get("/me")
    def read_me() -> Response:
        query()
        asking = principal()
        return json_answer(me_document(asking, services.people.standing(asking.person.id).authority))

    return api
