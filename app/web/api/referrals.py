"""Referrals: the worklist, one of them, what a person settles, and overrides to be counted."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response

from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import joined, told
from app.domain.sealed import ReferralState
from app.services.assembly import Services
from app.services.referrals.overrides import BY
from app.services.referrals.worklist import ReferralsWanted
from app.web.answers import identifier, json_answer, policy_name, query, raw_body
from app.web.api.paging import paged
from app.web.auth import principal
from schemas.instants import WANTED, instant
from schemas.json_text import read
from schemas.resolutions import read_resolution

PATH = "/v1/referrals"
FLAGS = ("mine", "overdue")
STATES = {**{one.value: one for one in ReferralState}, "all": None}
TIMES = ("since", "until")


def routes(services: Services) -> Blueprint:
    """Everything under ``/v1/referrals``."""
    api = Blueprint("referrals", __name__, url_prefix=PATH)

    @api.get("")
    def list_referrals() -> Response:
        given = query("policy", "customer", *FLAGS, "state", "after", "limit")
        after, limit = paged(given)
        try:
            page = services.worklist.listed(_wanted(given), principal(), after=after, limit=limit)
        except NotFound:
            raise _unreadable("`after` is the `next` of the page before") from None
        response = json_answer({"referrals": page.referrals, "next": str(page.next) if page.next else None})
        if page.next:
            following = urlencode({**given, "after": str(page.next)})
            response.headers["Link"] = f'<{PATH}?{following}>; rel="next"'
        return response

    @api.get("/overrides")
    def count_overrides() -> Response:
        given = query("by", "policy", *TIMES)
        by = given.get("by", BY[0])
        if by not in BY:
            raise _unreadable(told("`by` is one of {by}", by=joined(", ", BY)))
        since, until = (_instant(name, given) for name in TIMES)
        found = services.settling.overrides(by, given.get("policy"), since, until)
        return json_answer({"by": by, "overrides": found})

    @api.get("/<id>")
    def read_referral(id: str) -> Response:
        query()
        return json_answer(services.worklist.one(identifier(id, "referral"), principal()))

    @api.post("/<id>/resolution")
    def settle(id: str) -> Response:
        query()
        which, wanted = identifier(id, "referral"), read_resolution(read(raw_body()))
        return json_answer(services.settling.settle(which, wanted, principal()), 201)

    return api


def _wanted(given: dict[str, str]) -> ReferralsWanted:
    for name in FLAGS:
        if given.get(name, "yes") != "yes":
            raise _unreadable(told("`{name}` is yes, or left out", name=name))
    state = given.get("state", "open")
    if state not in STATES:
        raise _unreadable(told("`state` is one of {states}", states=joined(", ", STATES)))
    return ReferralsWanted(
        policy=policy_name(given["policy"]) if "policy" in given else None,
        customer=given.get("customer"),
        mine="mine" in given,
        overdue="overdue" in given,
        state=STATES[state],
    )


def _instant(name: str, given: dict[str, str]) -> datetime | None:
    if name not in given:
        return None
    found = instant(given[name])
    if found is None:
        raise _unreadable(told("`{name}` is {wanted}", name=name, wanted=WANTED))
    return found


def _unreadable(message: str) -> Invalid:
    return Invalid("The list cannot be read.", [Problem(message)])
