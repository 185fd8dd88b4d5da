"""How a policy is used: answers week by week, and how often each rule applied and was overridden.

Counted are its newest decisions, so many as are read in a moment; the page says since when that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, Response

from app.domain.access import Action
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.services.recording import Wanted
from app.web.answers import policy_name
from app.web.pages.answering import page, zone
from app.web.pages.page import Page

PAGES = (Page("GET /rulesets/{policy}/use", Action.COUNT_OVERRIDES),)
MOST = 500
WEEKS, WIDTH, HEIGHT, GAP = 13, 480, 120, 6


class Part(NamedTuple):
    """A piece of a week's bar: the answers of one kind."""

    x: int
    y: int
    width: int
    height: int
    kind: str


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/use``."""
    pages = Blueprint("using", __name__, url_prefix="/rulesets/<policy>/use")

    @pages.get("")
    def show(policy: str) -> Response:
        now = services.deciding.now()
        ruleset = services.policies.in_force(policy_name(policy), now).ruleset
        found = services.auditing.search(Wanted(policy=policy), after=None, limit=MOST)
        weeks = _weeks(found.decisions, now)
        fired = Counter(rule for one in found.decisions for rule in one["rules"])
        since = datetime.fromisoformat(found.decisions[-1]["decided_at"]) if found.decisions else None
        overridden = {
            one["rule"]: one["overrides"] for one in services.settling.overrides("rule", policy, since, None)
        }
        return page(
            "rulesets/use.html",
            policy=policy,
            ruleset=ruleset,
            number=len(found.decisions),
            more=found.next is not None,
            since=since,
            weeks=weeks,
            bars=list(_bars(weeks, ruleset)),
            size=(WIDTH, HEIGHT),
            rules=_rules(ruleset, fired, overridden),
        )

    return pages


def _weeks(decisions: Sequence[Mapping[str, Any]], now: datetime) -> dict[date, Counter[str]]:
    """Answers by the Monday of their week in the reader's zone, the last quarter, oldest first."""
    today = now.astimezone(zone()).date()
    monday = today - timedelta(days=today.weekday())
    weeks = {monday - timedelta(weeks=back): Counter[str]() for back in reversed(range(WEEKS))}
    for one in decisions:
        day = datetime.fromisoformat(one["decided_at"]).astimezone(zone()).date()
        begun = day - timedelta(days=day.weekday())
        if begun in weeks:
            weeks[begun][one["outcome"]] += 1
    return weeks


def _bars(weeks: Mapping[date, Counter[str]], ruleset: Ruleset) -> Iterator[Part]:
    """The bars of all weeks, each from the mildest answer below to the strictest on top."""
    highest = max((week.total() for week in weeks.values()), default=0) or 1
    width = WIDTH // WEEKS
    for place, week in enumerate(weeks.values()):
        y = HEIGHT
        for outcome in ruleset.outcomes:
            height = round(week[outcome.id] * HEIGHT / highest)
            if height:
                y -= height
                yield Part(place * width, y, width - GAP, height, str(outcome.kind))


def _rules(ruleset: Ruleset, fired: Counter[str], overridden: Mapping[str, int]) -> list[dict[str, Any]]:
    """Every rule of what is in force, the most frequent first; the others in the order of the text."""
    found = [
        {"name": name, "rule": rule, "fired": fired[name], "overridden": overridden.get(name, 0)}
        for name, rule in ruleset.rules_by_id.items()
    ]
    return sorted(found, key=lambda one: -fired[str(one["name"])])
