"""Keys: made for a person and told once, listed without their secrets, revoked.

Making one is answered by the page itself and not by a redirection: the secret stands in no address and can be
read nowhere again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, Problem, Refused, TermwiseError
from app.domain.people import SCOPES_OF, ApiKey, Scope
from app.services.assembly import Services
from app.services.people.keys import MOST_DAYS, USUAL_DAYS, NewKey
from app.web.answers import identifier
from app.web.auth import principal
from app.web.pages.answering import page, see, visible_with
from app.web.pages.language import N_, _
from app.web.pages.page import Page
from app.web.pages.roles import ROLES
from schemas.people_requests import read_key

PAGES = (
    Page("GET /keys", Action.LIST_KEYS),
    Page("POST /keys", Action.CREATE_KEY),
    Page("POST /keys/{id}/revocation", Action.REVOKE_KEY),
)
SHOWN = 100
SCOPES = {
    Scope.DECIDE: N_("ask for decisions"),
    Scope.READ: N_("read what its owner may read"),
    Scope.BACKDATE: N_("ask as of an earlier day"),
    Scope.ON_BEHALF: N_("ask on behalf of other people"),
    Scope.FILE: N_("state what the customer file holds"),
    Scope.FILING: N_("file facts, signals and receivables"),
}


def routes(services: Services) -> Blueprint:
    """``/keys``."""
    pages = Blueprint("keys", __name__, url_prefix="/keys")

    @pages.get("")
    def list_keys() -> Response:
        return _page()

    @pages.post("")
    def create() -> Response:
        form = request.form
        days = form.get("days", "").strip()
        try:
            given = read_key(
                {
                    "owner": form.get("owner", "").strip(),
                    "label": form.get("label", "").strip(),
                    "scopes": form.getlist("scopes"),
                    "days": int(days) if days.isdigit() and days.isascii() and len(days) < 9 else days,
                }
            )
            owner = services.people.find(given["owner"])
            if owner is None:
                raise Invalid(_("The key cannot be made."), [Problem(_("Nobody has that login."), "/owner")])
            made = services.api_keys.create(
                owner.id, given["label"], given["scopes"], by=principal(), days=given["days"] or USUAL_DAYS
            )
        except (Invalid, Refused) as error:
            return _page(error, filled=form, scopes=form.getlist("scopes"))
        return _page(made=made)

    @pages.post("/<id>/revocation")
    def revoke(id: str) -> Response:
        services.api_keys.revoke(identifier(id, "key"), by=principal())
        return see("/keys")

    def _page(
        error: TermwiseError | None = None,
        made: NewKey | None = None,
        filled: Mapping[str, str] | None = None,
        scopes: list[str] | None = None,
    ) -> Response:
        after, own = request.args.get("after"), visible_with(Action.LIST_KEYS)
        begin = identifier(after, "key") if after else None
        found = services.api_keys.page(None if own is None else UUID(own), after=begin, limit=SHOWN)
        return page(
            "people/keys.html",
            200 if error is None else 422,
            keys=[{"key": one, "owner": _owner(one)} for one in found],
            next=f"/keys?after={found[-1].id}" if len(found) == SHOWN else "",
            first="/keys" if after else "",
            now=services.deciding.now(),
            scopes=SCOPES,
            scopes_of={
                ROLES[role]: [SCOPES[one] for one in Scope if one in of] for role, of in SCOPES_OF.items()
            },
            usual=USUAL_DAYS,
            most=MOST_DAYS,
            error=error,
            made=made,
            filled=filled or {"owner": request.args.get("owner", "")},
            chosen=[Scope.READ] if scopes is None else scopes,
        )

    def _owner(key: ApiKey) -> Any:
        return services.people.get(key.owner)

    return pages
