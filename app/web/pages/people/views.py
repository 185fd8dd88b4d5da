"""People: who there is, in which role, what each may settle, and whom they look after.

Nobody changes their own role, activity or authority: the page says so where the form would stand, and the
service refuses it all the same. What bears much weight asks for the password once more and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from app.credentials import passwords
from app.domain.access import Action
from app.domain.errors import Invalid, NotFound, Problem, Refused, TermwiseError, TooManyAttempts
from app.domain.messages import told
from app.domain.people import Role
from app.domain.values import LANGUAGES
from app.services.assembly import Services
from app.web.answers import identifier, policy_name
from app.web.auth import principal
from app.web.pages.answering import may, page, see, visible_with
from app.web.pages.decisions.search import titles
from app.web.pages.language import _
from app.web.pages.page import Page
from app.web.pages.roles import ROLES
from schemas.people_requests import (
    read_authority,
    read_customer,
    read_password,
    read_person,
    read_person_change,
)

PAGES = (
    Page("GET /people", Action.LIST_PEOPLE),
    Page("POST /people", Action.CREATE_PERSON),
    Page("GET /people/{id}", Action.READ_PERSON),
    Page("POST /people/{id}", Action.CHANGE_PERSON),
    Page("POST /people/{id}/password", Action.SET_PASSWORD),
    Page("POST /people/{id}/authority", Action.SET_AUTHORITY),
    Page("POST /people/{id}/authority/{policy}/removal", Action.REMOVE_AUTHORITY),
    Page("POST /people/{id}/customers", Action.ASSIGN_CUSTOMER),
    Page("POST /people/{id}/customers/{customer}/removal", Action.UNASSIGN_CUSTOMER),
)
SHOWN = 100
TONGUES = dict(zip(LANGUAGES, ("English", "中文"), strict=True))


def routes(services: Services) -> Blueprint:
    """``/people`` and everything under it."""
    pages = Blueprint("people", __name__, url_prefix="/people")
    people, portfolios = services.people, services.portfolios

    @pages.get("")
    def list_people() -> Response:
        return _list()

    @pages.post("")
    def create() -> Response:
        form = request.form
        try:
            given = read_person(
                {name: form.get(name, "").strip() for name in ("login", "name", "role", "language")}
            )
            password = passwords.generated()
            made = people.create(**{**given, "password": password}, by=principal())
        except (Invalid, Refused) as error:
            return _list(error, filled=form)
        return _one(made.id, password=password)

    @pages.get("/<id>")
    def show(id: str) -> Response:
        return _one(_person(id, Action.READ_PERSON))

    @pages.post("/<id>")
    def change(id: str) -> Response:
        which = _person(id, Action.CHANGE_PERSON)
        revision = request.form.get("revision", "")

        def do() -> None:
            asked = {
                name: request.form[name].strip()
                for name in ("name", "role", "language")
                if name in request.form
            }
            given = read_person_change(
                {**asked, **({"active": request.form["active"] == "yes"} if "active" in request.form else {})}
            )
            people.change(which, int(revision) if revision.isdigit() else -1, by=principal(), **given)

        return _done(which, do)

    @pages.post("/<id>/password")
    def set_password(id: str) -> Response:
        which, asking = _person(id, Action.SET_PASSWORD), principal()
        if asking.person.id != which:
            password = passwords.generated()
            people.reset_password(which, password, by=asking)
            return _one(which, password=password)

        def do() -> None:
            given = {"password": request.form.get("password", ""), "old": request.form.get("old", "")}
            if given["password"] != request.form.get("repeated", ""):
                raise Invalid(
                    _("The password was not changed."),
                    [Problem(_("Both times the same, please."), "/repeated")],
                )
            password, old = read_password(given)
            services.signing_in.change_password(asking, old or "", password)

        return _done(which, do)

    @pages.post("/<id>/authority")
    def set_authority(id: str) -> Response:
        which, form = _person(id, Action.SET_AUTHORITY), request.form
        policy = policy_name(form.get("policy", ""))

        def do() -> None:
            days = form.get("days", "").strip()
            if not (days or form.get("amount", "").strip() or "unlimited" in form):
                raise Invalid(_("Say an amount or days, or that there is no limit."))
            stands = people.standing(which).authority.get(policy)
            given = {
                "amount": form.get("amount", "").strip().replace(",", "") or None,
                "days": int(days) if days.isdigit() and days.isascii() and len(days) < 9 else days or None,
                "outcomes": sorted(stands.outcomes)
                if stands is not None
                else [],  # the form has no say in it
            }
            people.set_authority(which, read_authority(given, policy), by=principal())

        return _done(which, do)

    @pages.post("/<id>/authority/<policy>/removal")
    def remove_authority(id: str, policy: str) -> Response:
        which = _person(id, Action.REMOVE_AUTHORITY)
        return _done(which, lambda: people.remove_authority(which, policy_name(policy), by=principal()))

    @pages.post("/<id>/customers")
    def assign(id: str) -> Response:
        which, asked = (
            _person(id, Action.ASSIGN_CUSTOMER),
            {"customer": request.form.get("customer", "").strip()},
        )
        return _done(which, lambda: portfolios.assign(which, read_customer(asked), by=principal()))

    @pages.post("/<id>/customers/<customer>/removal")
    def unassign(id: str, customer: str) -> Response:
        which = _person(id, Action.UNASSIGN_CUSTOMER)
        return _done(which, lambda: portfolios.unassign(which, customer, by=principal()))

    def _done(which: UUID, do: Callable[[], object]) -> Response:
        """Do it and show the person again, or the page with what was wrong about the form."""
        try:
            do()
        except (Invalid, Refused, TooManyAttempts) as error:
            return _one(which, error=error)
        return see(f"/people/{which}")

    def _list(error: TermwiseError | None = None, filled: Mapping[str, str] | None = None) -> Response:
        after = request.args.get("after")
        found = people.page(after=identifier(after, "person") if after else None, limit=SHOWN)
        return page(
            "people/list.html",
            200 if error is None else 422,
            people=found,
            next=f"/people?after={found[-1].id}" if len(found) == SHOWN else "",
            first="/people" if after else "",
            roles=ROLES,
            tongues=TONGUES,
            error=error,
            filled=filled or {},
        )

    def _one(which: UUID, error: TermwiseError | None = None, password: str = "") -> Response:
        standing = people.standing(which)
        return page(
            "people/one.html",
            200 if error is None else 422,
            person=standing.person,
            authority=[(name, _ruleset(name), one) for name, one in sorted(standing.authority.items())],
            customers=portfolios.of(which)
            if standing.person.role is Role.SALES and _may_see_portfolio(which)
            else None,
            keys=services.api_keys.page(which, limit=SHOWN) if _may_see_keys(which) else (),
            policies=titles(services),
            now=services.deciding.now(),
            own=which == principal().person.id,
            roles=ROLES,
            tongues=TONGUES,
            error=error,
            password=password,
        )

    def _ruleset(policy: str) -> Any:
        """The ruleset by which an authority is said in words, None where none answers."""
        now = services.deciding.now()
        if not services.policies.is_active(policy, now):
            return None
        return services.policies.in_force(policy, now).ruleset

    return pages


def _may_see_keys(which: UUID) -> bool:
    return visible_with(Action.LIST_KEYS) in (None, str(which))


def _may_see_portfolio(which: UUID) -> bool:
    return may("listCustomers") and visible_with(Action.LIST_CUSTOMERS) in (None, str(which))


def _person(text: str, action: Action) -> UUID:
    """A person's id from a path; for whoever reaches themselves only, anybody else is not there."""
    found, own = identifier(text, "person"), visible_with(action)
    if own is not None and str(found) != own:
        raise NotFound(told("There is no person {found}.", found=found))
    return found
