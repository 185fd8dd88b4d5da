"""Overrides: how often people settled milder than the rules say, by person, rule or reason, and by month."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.rules import RuleList
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.services.referrals.overrides import BY
from app.web.pages.answering import page
from app.web.pages.days import spans
from app.web.pages.decisions.search import titles
from app.web.pages.filters import Filters
from app.web.pages.language import N_
from app.web.pages.page import Page

PAGES = (Page("GET /overrides", Action.COUNT_OVERRIDES),)
LABELS = {"person": N_("By person"), "rule": N_("By rule"), "reason": N_("By reason")}
FILTERS = ("by", "policy", "since", "until")
HIGH, COLUMN = 120, 44
"""Pixels of the tallest column, and from one to the next."""


def routes(services: Services) -> Blueprint:
    """``/overrides``."""
    pages = Blueprint("overrides", __name__)

    @pages.get("/overrides")
    def show() -> Response:
        filters = Filters(request.args, FILTERS)
        filters.one_of("by", BY)
        filters.one_of("policy", services.policies.names())
        days, meant = spans(filters), filters.meant
        by = meant.get("by", BY[0])
        asked = meant.get("policy"), days.get("since"), days.get("until")
        found = services.settling.overrides(by, *asked)
        return page(
            "oversight/overrides.html",
            filters.status,
            by=by,
            ways=LABELS,
            filled=filters.filled,
            wrong=filters.wrong,
            found=found,
            names=_names(services, by, found),
            months=_columns(services.settling.override_months(*asked)),
            high=HIGH,
            column=COLUMN,
            policies=titles(services),
        )

    return pages


def _names(services: Services, by: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """What each line is called: the person's name, or the words of a ruleset in force."""
    if by == "person":
        return {one["person"]: one["name"] for one in found}
    wanted, names = {one[by] for one in found}, dict[str, Any]()
    now = services.deciding.now()
    for policy in services.policies.names():
        if not wanted or not services.policies.is_active(policy, now):
            continue
        ruleset = services.policies.in_force(policy, now).ruleset
        known = _labels(ruleset) if by == "rule" else ruleset.referrals.reasons if ruleset.referrals else {}
        names |= {one: known[one] for one in wanted & known.keys()}
        wanted -= known.keys()
    return names


def _labels(ruleset: Ruleset) -> dict[str, Any]:
    """Rules of lists by their labels; a row or band has none that says more than its code."""
    lists = [step for step in ruleset.match_steps if isinstance(step, RuleList)]
    return {f"{step.id}/{rule.id}": rule.label for step in lists for rule in step.rules}


def _columns(months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Months with the heights of their columns: all that was settled, and the overrides of it."""
    most = max((one["settled"] for one in months), default=1)
    return [
        {
            **one,
            "high": max(1, one["settled"] * HIGH // most),
            "over": one["overrides"] * HIGH // most,
            "share": round(Decimal(one["overrides"]) / one["settled"], 3),
        }
        for one in months
    ]
