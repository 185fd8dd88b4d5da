"""The entrance: signing in and out, and the language that a browser keeps."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, TooManyAttempts, Unauthenticated
from app.domain.values import LANGUAGES
from app.services.assembly import Services
from app.services.people.signing_in import SignedIn
from app.web import cookies
from app.web.addresses import source_address
from app.web.auth import principal
from app.web.pages.answering import inside, page, see
from app.web.pages.language import COOKIE, _
from app.web.pages.page import Page
from schemas.people_requests import read_sign_in

A_YEAR = 365 * 24 * 60 * 60

PAGES = (
    Page("GET /sign-in", Action.SIGN_IN),
    Page("POST /sign-in", Action.SIGN_IN),
    Page("POST /sign-out", Action.SIGN_OUT),
    Page("POST /language", Action.READ_DOCUMENT),
)


def routes(services: Services) -> Blueprint:
    """``/sign-in``, ``/sign-out`` and ``/language``."""
    pages = Blueprint("entrance", __name__)
    settings = services.settings

    @pages.get("/sign-in")
    def ask() -> Response:
        onward = inside(request.args.get("next", "/"))
        ended = _("Your session has ended, and what you sent was not taken. Sign in, and send it again.")
        return page(
            "entrance/sign_in.html", next=onward, login="", problem=ended if "ended" in request.args else None
        )

    @pages.post("/sign-in")
    def sign_in() -> Response:
        form, onward = request.form, inside(request.form.get("next", "/"))
        try:
            signed_in = _signed_in()
        except (Invalid, Unauthenticated, TooManyAttempts) as error:
            status, problem = _refusal(error)
            login = form.get("login", "")[:200]
            return page("entrance/sign_in.html", status, next=onward, login=login, problem=problem)
        response = see(onward)
        cookies.give_session(response, settings, signed_in.token, signed_in.expires_at)
        cookies.give_device(response, settings, signed_in.device, "/sign-in")
        return response

    @pages.post("/sign-out")
    def sign_out() -> Response:
        services.signing_in.sign_out(principal())
        response = see("/sign-in")
        cookies.take_session(response, settings)
        return response

    @pages.post("/language")
    def choose() -> Response:
        response = see(inside(request.form.get("next", "/")))
        chosen = request.form.get("language")
        if chosen in LANGUAGES:
            response.set_cookie(
                COOKIE,
                chosen,
                max_age=A_YEAR,
                httponly=True,
                samesite="Lax",
                secure=not settings.development,
            )
        return response

    def _signed_in() -> SignedIn:
        given = {name: request.form.get(name, "") for name in ("login", "password")}
        login, password = read_sign_in(given)
        return services.signing_in.sign_in(
            login,
            password,
            address=source_address(settings),
            device=cookies.device_token(settings),
            instead_of=cookies.session_token(settings),
        )

    return pages


def _refusal(error: Invalid | Unauthenticated | TooManyAttempts) -> tuple[int, str]:
    """Status and words: the same for everything that does not prove who asks."""
    if isinstance(error, TooManyAttempts):
        return 429, _("Too many attempts. Try again in %(seconds)s seconds.", seconds=error.retry_after)
    return 401, _("Login and password do not go together.")
