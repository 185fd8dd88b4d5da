"""Referrals: whose work waits, all that is known about one on a page, and settling it there.

What may be settled, by whom and within which authority is the services' to say; the page says beforehand
what they would, so that nobody fills in a form in vain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, Refused, TermwiseError
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.services.recording import Wanted
from app.web.answers import identifier
from app.web.auth import own_view, principal
from app.web.pages.answering import page, see, visible_with
from app.web.pages.customers.account import account
from app.web.pages.decisions.lines import lines
from app.web.pages.decisions.steps import told_steps
from app.web.pages.filters import Filters
from app.web.pages.page import Page
from app.web.pages.referrals.lists import OWNERS, STATES, Sought, listed, policies
from app.web.pages.referrals.settling import EMPTY, authority_of, barred, form, read
from app.web.pages.roles import ROLES
from app.web.problems import status_of
from schemas.origins import SENT
from schemas.origins import said as origin_said

BEFORE = 6
"""How many earlier decisions on the customer are shown."""

PAGES = (
    Page("GET /referrals", Action.LIST_REFERRALS),
    Page("GET /referrals/{id}", Action.READ_REFERRAL),
    Page("POST /referrals/{id}", Action.SETTLE_REFERRAL),
)


def routes(services: Services) -> Blueprint:
    """``/referrals`` and everything under it."""
    pages = Blueprint("referrals", __name__, url_prefix="/referrals")

    @pages.get("")
    def show_all() -> Response:
        filters = Filters(request.args, Sought.__slots__)
        filters.one_of("policy", services.policies.names())
        sought = Sought.read(filters)
        return page(
            "referrals/list.html",
            filters.status,
            filled=filters.filled,
            wrong=filters.wrong,
            sought=sought,
            found=listed(services, sought),
            policies=policies(services),
            states=STATES,
            owners=OWNERS,
            roles=ROLES,
        )

    @pages.get("/<id>")
    def show(id: str) -> Response:
        return _page(identifier(id, "referral"))

    @pages.post("/<id>")
    def settle(id: str) -> Response:
        which = identifier(id, "referral")
        one = services.worklist.one(which, principal())
        ruleset = _ruleset(one)
        try:
            wanted = read(request.form, one, ruleset, services.settings.timezone)
            services.settling.settle(which, wanted, principal())
        except (Invalid, Refused) as error:
            if _was_sent_twice(which):
                return see(f"/referrals/{which}")
            return _page(which, error)
        return see(f"/referrals/{which}")

    def _page(which: UUID, error: TermwiseError | None = None) -> Response:
        one = services.worklist.one(which, principal())
        answer = services.auditing.decision(which, visible_with(Action.READ_DECISION), own_view())
        ruleset, authority = _ruleset(one), authority_of(services, one["policy"])
        explanation = services.auditing.explanation(which, visible_with(Action.READ_DECISION))
        return page(
            "referrals/one.html",
            200 if error is None else status_of(error),
            one=one,
            answer=answer,
            ruleset=ruleset,
            origins={name: origin_said(each) for name, each in explanation.origins.items() if each != SENT},
            steps=list(told_steps(explanation)),
            authority=authority,
            barred=barred(one, ruleset, authority),
            form=form(one, answer, ruleset, request.form if error else EMPTY, error),
            error=error,
            roles=ROLES,
            before=_before(answer),
            account=_account(answer["customer"]),
            names=_names(answer, one),
        )

    def _ruleset(one: Mapping[str, Any]) -> Ruleset:
        return services.policies.by_digest(one["ruleset"]["digest"]).ruleset

    def _was_sent_twice(which: UUID) -> bool:
        """Whether a form that is refused was taken a moment ago: pressed twice, it settles once."""
        latest = (services.worklist.one(which, principal())["resolutions"] or [None])[-1]
        sent = request.form
        return (
            latest is not None
            and latest["settled_by"] == principal().id
            and (latest["follows"] or "") == sent.get("follows", "")
            and latest["outcome"] == sent.get("outcome")
            and latest["reason"]["code"] == sent.get("reason")
        )

    def _before(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The latest decisions on the same customer besides this one."""
        if answer["customer"] is None:
            return []
        theirs = visible_with(Action.SEARCH_DECISIONS)
        wanted = Wanted(customer=answer["customer"], visible_to=theirs)
        found = services.auditing.opened(wanted, after=None, limit=BEFORE + 1, view=own_view()).decisions
        others = [one for one in found if one["id"] != answer["id"]]
        return lines(services, others[:BEFORE])

    def _account(customer: str | None) -> Any:
        return customer and account(services, customer, services.customers.filing.today())

    def _names(answer: Mapping[str, Any], one: Mapping[str, Any]) -> dict[str, str]:
        """The names behind the ids that the page shows; what is no person's id stands for itself."""
        ids = {answer["requested_by"], *(each["settled_by"] for each in one["resolutions"])}
        found = {id: services.people.find(id) for id in ids}
        return {id: id if person is None else person.name for id, person in found.items()}

    return pages
