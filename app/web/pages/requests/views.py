"""Requests: choosing what to ask, the form, the answer in one step, and what became of one's own.

A request is decided once: its form carries a key. A way forward from a decision is the same request with one
change, sent by one button; ``before`` in the address of its answer leads back. Trying first is a simulation:
its answer stands above the form and is no decision.
"""

from __future__ import annotations

from contextlib import nullcontext
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, request

from app.domain.access import Action, View
from app.domain.audit import IdempotencyClaim
from app.domain.errors import Invalid, Problem, Refused
from app.domain.requests import DecisionRequest
from app.services.assembly import Services
from app.services.policies import Ready
from app.web.answers import identifier, policy_name
from app.web.auth import caller, own_view, principal, spent, visible_to
from app.web.pages.answering import may, page, see, visible_with
from app.web.pages.askable import choices, given_by
from app.web.pages.customers.alike import meant
from app.web.pages.customers.held import held_for
from app.web.pages.customers.left import left_of
from app.web.pages.customers.lists import customers
from app.web.pages.decisions.lines import KINDS
from app.web.pages.fact_forms import given
from app.web.pages.filters import Filters
from app.web.pages.language import _
from app.web.pages.page import Page
from app.web.pages.requests import lines as asked
from app.web.pages.requests.forms import form, in_words
from schemas.requests import KEY_PATTERN, NAME_PATTERN, matches, read_request

SHOWN = 20

PAGES = (
    Page("GET /requests", Action.SEARCH_DECISIONS),
    Page("GET /requests/new", Action.DECIDE),
    Page("GET /requests/new/{policy}", Action.DECIDE),
    Page("POST /requests/new/{policy}", Action.DECIDE),
    Page("POST /requests/try/{policy}", Action.SIMULATE),
    Page("POST /requests/again/{id}", Action.DECIDE),
)


def routes(services: Services) -> Blueprint:
    """Everything under ``/requests``."""
    pages = Blueprint("requests", __name__, url_prefix="/requests")

    @pages.get("")
    def show_mine() -> Response:
        filters = Filters(request.args, asked.Sought.__slots__)
        sought = asked.read(services, filters)
        found = asked.mine(services, sought, visible_to(), limit=SHOWN)
        bargains, _others = choices(services)
        return page(
            "requests/list.html",
            filters.status,
            filled=filters.filled,
            wrong=filters.wrong,
            sought=sought,
            found=found,
            kinds=KINDS,
            policies=bargains,
        )

    @pages.get("/new")
    def choose() -> Response:
        customer, sought = request.args.get("customer", "").strip(), request.args.get("find", "").strip()
        named = matches(NAME_PATTERN, customer)
        bargains, others = choices(services)
        return page(
            "requests/new.html",
            customer=customer if named else "",
            wrong=bool(customer) and not named,
            meant=meant(services, _own(), customer) if named else None,
            sought=sought,
            found=None if named else customers(services, _own(), sought, limit=SHOWN),
            bargains=bargains,
            others=others,
        )

    @pages.get("/new/<policy>")
    def fill_in(policy: str) -> Response:
        ready = _ready(policy)
        filled, customer, reference, replaces = {}, request.args.get("customer", "").strip(), "", None
        if again := request.args.get("again"):
            before = _before(identifier(again))
            customer, reference = before["customer"] or customer, before["reference"] or ""
            filled = _sent(before, ready)
            replaces = before["id"] if _waits(UUID(before["id"])) else None
        if not matches(NAME_PATTERN, customer):
            return see("/requests/new")
        _check_theirs(customer)
        return _form(ready, customer, reference, filled, replaces=replaces)

    @pages.post("/new/<policy>")
    def ask(policy: str) -> Response:
        ready = _ready(policy)
        filled, customer, reference = _filled(ready)
        try:
            wanted = {"facts": filled, "customer": customer, "reference": reference, "replaces": _replaces()}
            return _decided(policy, wanted, request.form.get("key", ""))
        except Invalid as error:
            return _form(ready, customer, reference, filled, error, replaces=_replaces())

    @pages.post("/try/<policy>")
    def try_out(policy: str) -> Response:
        ready = _ready(policy)
        filled, customer, reference = _filled(ready)
        asking = caller()
        try:
            wanted = _read({"facts": filled, "customer": customer, "reference": reference}, simulation=True)
            with (
                spent("simulations of sales", asking.name, customer)
                if asking.own_customers
                else nullcontext()
            ):
                tried = services.deciding.simulate(policy, wanted, asking).body
        except Invalid as error:
            return _form(ready, customer, reference, filled, error, replaces=_replaces())
        return _form(ready, customer, reference, filled, tried=tried, replaces=_replaces())

    @pages.post("/again/<id>")
    def ask_again(id: str) -> Response:
        decision = identifier(id)
        before = _before(decision)
        ready = _ready(before["policy"])
        facts = _sent(before, ready) | given(given_by(ready.ruleset), request.form)
        wanted = {
            "facts": facts,
            "customer": before["customer"],
            "reference": before["reference"],
            "replaces": str(decision) if _waits(decision) else None,
        }
        return _decided(before["policy"], wanted, str(decision), f"?before={decision}")

    def _decided(policy: str, body: dict[str, Any], once: str, more: str = "") -> Response:
        """Decide what the form asks and go to the answer; raises ``Invalid``.

        ``once`` names the form, or the decision that it goes on from: sent again it is the same request, and
        changed after a step back in the browser another.
        """
        digest = sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()
        key = f"{once} {digest.hex()}"
        if not matches(KEY_PATTERN, key):
            raise Invalid(_("This form is not whole."), [Problem(_("Load the page again."))])
        claim = IdempotencyClaim(principal().id, policy, key, digest)
        answer = services.deciding.decide(policy, _read(body), caller(), claim)
        return see(f"/decisions/{answer.id}{more}")

    def _form(
        ready: Ready,
        customer: str,
        reference: str | None,
        filled: dict[str, Any],
        error: Invalid | None = None,
        tried: dict[str, Any] | None = None,
        replaces: str | None = None,
    ) -> Response:
        theirs = services.recorder.reaches(_own(), customer)
        told = None if error is None else in_words(error, ready.ruleset, filled)
        held = held_for(services, customer, theirs=theirs)
        return page(
            "requests/form.html",
            200 if error is None else 422,
            ruleset=ready.ruleset,
            customer=customer,
            reference=reference,
            replaces=replaces,
            form=form(services, ready, held, filled, told),
            left=left_of(services, customer, theirs=theirs),
            meant=meant(services, _own(), customer),
            error=told,
            tried=tried,
            tryable=may("simulate") and (visible_with(Action.SIMULATE) is None or theirs),
        )

    def _check_theirs(customer: str) -> None:
        """Say it before anything is filled in where another looks after a customer of the file."""
        files, theirs = services.customers, services.recorder.reaches(_own(), customer)
        known = own_view() is View.SALES and files.holding.knows(customer, files.filing.today())
        if known and not theirs:
            raise Refused(_("Somebody else looks after this customer. Choose one of yours."))

    def _ready(policy: str) -> Ready:
        """The policy as it answers now; raises ``NotFound``, ``Refused`` where the role has no say in it."""
        ready = services.policies.in_force(policy_name(policy), services.deciding.now())
        if not given_by(ready.ruleset):
            raise Refused(_("Nothing in this policy is for your role to state."))
        return ready

    def _filled(ready: Ready) -> tuple[dict[str, Any], str, str | None]:
        """Facts, customer and reference of the form that was sent."""
        facts = given(given_by(ready.ruleset), request.form)
        return (
            facts,
            request.form.get("customer", "").strip(),
            request.form.get("reference", "").strip() or None,
        )

    def _waits(decision: UUID) -> bool:
        """Whether a decision of the reader's waits for a person, so that another may take its place."""
        return services.replacing.waits(decision, principal().id, services.deciding.now())

    def _before(decision: UUID) -> dict[str, Any]:
        """An earlier decision, as far as the reader may read it; raises ``NotFound``."""
        return services.auditing.decision(decision, visible_with(Action.READ_DECISION), own_view())

    return pages


def _sent(before: dict[str, Any], ready: Ready) -> dict[str, Any]:
    """The facts sent with an earlier request that the reader may send, too; others are found anew."""
    facts, mine = before["facts"], {one.name for one in given_by(ready.ruleset)}
    if own_view() is View.FULL:
        facts = {name: facts[name] for name, one in before["origins"].items() if one["from"] == "sent"}
    return {name: value for name, value in facts.items() if name in mine and value is not None}


def _replaces() -> str | None:
    """The decision whose place the request of this form takes."""
    return request.form.get("replaces") or None


def _read(body: dict[str, Any], *, simulation: bool = False) -> DecisionRequest:
    """The request as the interface reads it; raises ``Invalid``."""
    return read_request({name: one for name, one in body.items() if one is not None}, simulation=simulation)


def _own() -> str | None:
    """The id of the reader where they see their own customers only."""
    return visible_with(Action.LIST_FILED_CUSTOMERS)
