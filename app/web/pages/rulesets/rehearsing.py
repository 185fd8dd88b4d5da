"""Rehearsing a version on recorded decisions: who would be answered otherwise, and what that moves.

Nothing is decided, but that somebody rehearsed is recorded; so it is a form, and its answer is the page
itself: there is nothing kept that one could come back to.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, Problem, TooManyAttempts
from app.domain.ruleset import Ruleset
from app.domain.values import WHOLE_KINDS, Kind
from app.services.assembly import Services
from app.services.comparing.rehearsal_document import csv_lines, rehearsal_document
from app.services.comparing.rehearsed import MOST, Filters, Rehearsal, manner
from app.services.policies import Ready
from app.settings.rooms import LONG
from app.web.answers import policy_name
from app.web.api.batches import CSV
from app.web.api.rehearsals import pause
from app.web.auth import caller
from app.web.pages.answering import page, zone
from app.web.pages.formats import value
from app.web.pages.language import _, said
from app.web.pages.page import Page
from app.web.pages.rulesets.flows import WIDTH, picture
from app.web.pages.rulesets.reading import heading, opened
from app.web.pages.rulesets.words import Words

PAGES = (
    Page("GET /rulesets/{policy}/{version}/rehearsal", Action.REHEARSE),
    Page("POST /rulesets/{policy}/{version}/rehearsal", Action.REHEARSE, places=LONG),
)
QUARTER = timedelta(days=91)
MOST_LISTED = 100


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/<version>/rehearsal``."""
    pages = Blueprint("rehearsing", __name__, url_prefix="/rulesets/<policy>/<version>/rehearsal")

    @pages.get("")
    def ask(policy: str, version: str) -> Response:
        today = services.deciding.now().astimezone(zone()).date()
        filled = {"since": (today - QUARTER).isoformat(), "until": "", "outcome": "", "against": "", "by": ""}
        return _form(policy, version, filled)

    @pages.post("")
    def rehearse(policy: str, version: str) -> Response:
        filled = {name: request.form.get(name, "") for name in ("since", "until", "outcome", "against", "by")}
        ready = services.policies.version(policy_name(policy), version)
        try:
            made = _made(ready, filled)
        except (Invalid, TooManyAttempts) as error:
            return _form(policy, version, filled, 422, error=error)
        if request.form.get("form") == "csv":
            response = Response("".join(csv_lines(made)), content_type=f"{CSV}; charset=utf-8")
            name = f"rehearsal-{policy}-{version}.csv"
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
        return _form(policy, version, filled, **_told(made))

    def _form(
        policy: str, version: str, filled: dict[str, str], status: int = 200, **values: Any
    ) -> Response:
        one = opened(services, policy, version)
        choices = [] if one.ruleset is None else _choices(one.ruleset)
        others = [each.version for each in services.versions.all(policy) if each.version != version]
        given = {"told": None, "error": None, **values}
        return page(
            "rulesets/rehearsal.html",
            status,
            **heading(one),
            filled=filled,
            others=others,
            choices=choices,
            most=MOST,
            **given,
        )

    def _made(ready: Ready, filled: dict[str, str]) -> Rehearsal:
        policy, named = ready.ruleset.policy, filled["against"]
        against = services.policies.version(policy, named) if named else None
        baseline = against or services.policies.in_force(policy, services.deciding.now())
        by = (filled["by"],) if filled["by"] else ()
        how = manner(ready.ruleset, baseline.ruleset, by, ())
        until = _day(filled["until"])
        filters = Filters(
            since=_begin(_day(filled["since"])),
            until=_begin(until and until + timedelta(days=1)),
            outcome=filled["outcome"] or None,
        )
        return services.rehearsing.decisions(ready, filters, how, caller(), against=against, between=pause)

    return pages


def _told(made: Rehearsal) -> dict[str, Any]:
    told = rehearsal_document(made)
    ruleset = made.ruleset
    return {
        "told": told,
        "labels": {one.id: one.label for one in (*(made.against or ruleset).outcomes, *ruleset.outcomes)},
        "kinds": {one.id: one.kind for one in ruleset.outcomes},
        "names": {name: _label(ruleset, name) for name in made.types},
        "types": made.types,
        "amount": partial(_amount, made),
        "picture": picture(told["flows"], ruleset),
        "width": WIDTH,
        "moving": [one["name"] for one in told["sums"] if Decimal(one["moved"])],
        "words": Words(ruleset),
        "flips": [one for one in told["differing"] if one["from"] != one["to"]][:MOST_LISTED],
        "listed": MOST_LISTED,
    }


def _amount(made: Rehearsal, name: str, written: str) -> str:
    """A sum of a rehearsal, with its unit."""
    kind, exact = made.types[name], Decimal(written)
    return value(int(exact) if kind.kind in WHOLE_KINDS else exact, kind, made.ruleset.currency)


def _label(ruleset: Ruleset, name: str) -> str:
    """What people call a value that is counted; its own name where only the other version knows it."""
    for declared in (ruleset.facts, ruleset.outputs):
        if name in declared:
            return said(declared[name].label)
    return next((said(step.label) for step in ruleset.steps if step.id == name), name)


def _choices(ruleset: Ruleset) -> list[tuple[str, str]]:
    """The facts by which the result can be split."""
    kinds = (Kind.CHOICE, Kind.YES_NO)
    return [(one.name, said(one.label)) for one in ruleset.facts.values() if one.type.kind in kinds]


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        problem = Problem(_("a day is written as 2026-01-31"))
        raise Invalid(_("The rehearsal cannot be run."), [problem]) from None


def _begin(day: date | None) -> datetime | None:
    """The first moment of a day in the reader's zone, in UTC."""
    return None if day is None else datetime.combine(day, time(), zone()).astimezone(UTC)
