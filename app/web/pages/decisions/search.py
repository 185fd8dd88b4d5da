"""The search over decisions, and its answer as a file, which is itself recorded.

What a role is not told it cannot search by either:
``app.web.api.searches`` refuses it, and the form does not ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, request

from app.domain.access import SEES_REPEATS, Action, View
from app.domain.declarations import OutcomeKind
from app.domain.errors import Invalid, NotFound, Problem
from app.domain.values import Text
from app.services.assembly import Services
from app.services.recording import Wanted
from app.settings.rooms import LONG
from app.web.answers import identifier
from app.web.api.batches import CSV, NDJSON
from app.web.api.searches import WORDS, wanted
from app.web.auth import own_view, principal
from app.web.pages.answering import page
from app.web.pages.days import TIMES, instants
from app.web.pages.decisions.lines import KINDS, lines
from app.web.pages.filters import Filters
from app.web.pages.language import N_, _
from app.web.pages.page import Page
from schemas.spreadsheet import line

PAGES = (
    Page("GET /decisions", Action.SEARCH_DECISIONS),
    Page("POST /decisions/export", Action.SEARCH_DECISIONS, places=LONG),
)
SHOWN = 20
MOST_EXPORTED = 2_000
AT_ONCE = 500
COLUMNS = (
    "id",
    "decided_at",
    "as_of",
    "policy",
    "version",
    "outcome",
    "outcome_kind",
    "customer",
    "reference",
)
TOLD_IN_FULL = ("reasons", "rules")
FORMS = {"csv": CSV, "ndjson": NDJSON[0]}
HIDDEN_FROM_SALES = ("rule", "reason")
LABELS = {
    "version": N_("Version"),
    "customer": N_("Customer"),
    "reference": N_("Reference"),
    "outcome": N_("Answer, by its code"),
    "rule": N_("Rule that held"),
    "reason": N_("Reason, by its code"),
    "requested_by": N_("Asked by (login)"),
}
"""What one writes in; policy, kind of answer and days are chosen."""


def routes(services: Services) -> Blueprint:
    """``/decisions`` and ``/decisions/export``."""
    pages = Blueprint("decision_search", __name__, url_prefix="/decisions")

    @pages.get("")
    def search() -> Response:
        filters, after = _filters(request.args), request.args.get("after")
        sought = wanted(instants(filters), services.people.find)
        filled, found, error = filters.filled, None, None
        try:
            found = services.auditing.opened(sought, after=_after(after), limit=SHOWN, view=own_view())
        except Invalid as one:
            error = one
        return page(
            "decisions/search.html",
            filters.status if error is None else 422,
            filled=filled,
            wrong=filters.wrong,
            error=error,
            found=[] if found is None else lines(services, found.decisions),
            next=_address({**filled, "after": str(found.next)}) if found and found.next else "",
            first=_address(filled) if after else "",
            policies=titles(services),
            kinds=KINDS,
            labels={name: label for name, label in LABELS.items() if name not in _hidden()},
            sees_repeats=principal().role in SEES_REPEATS,
            most=MOST_EXPORTED,
        )

    @pages.post("/export")
    def export() -> Response:
        filters, form = _filters(request.form), request.form.get("form", "csv")
        if form not in FORMS:
            raise Invalid(_("This form is not whole."), [Problem(_("Load the page again."))])
        sought = wanted(instants(filters), services.people.find)
        if filters.wrong:
            raise Invalid(_("The search cannot be read."), [Problem(one) for one in filters.wrong.values()])
        found = list(_rows(services, sought))
        services.exporting.note(principal().id, {"decisions": len(found), "filters": sorted(filters.filled)})
        response = Response(_written(found, form), content_type=f"{FORMS[form]}; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="decisions.{form}"'
        return response

    return pages


def titles(services: Services) -> list[tuple[str, Text | str]]:
    """Every policy with what it is called, where a version of it answers."""
    now = services.deciding.now()

    def title(name: str) -> Text | str:
        active = services.policies.is_active(name, now)
        return services.policies.in_force(name, now).ruleset.title if active else name

    return [(name, title(name)) for name in services.policies.names()]


def _filters(given: Mapping[str, str]) -> Filters:
    """What is searched by; what the reader is not told is no filter."""
    names = [*(name for name in WORDS if name not in _hidden()), *TIMES, "repeated"]
    if principal().role not in SEES_REPEATS:
        names.remove("repeated")
    filters = Filters(given, names)
    filters.one_of("outcome_kind", list(OutcomeKind))
    filters.one_of("repeated", ("yes",))
    return filters


def _hidden() -> Sequence[str]:
    return HIDDEN_FROM_SALES if own_view() is View.SALES else ()


def _after(text: str | None) -> Any:
    try:
        return None if text is None else identifier(text)
    except NotFound:
        raise Invalid(_("The search cannot be read."), [Problem(_("Load the page again."))]) from None


def _address(filled: Mapping[str, str]) -> str:
    return f"/decisions?{urlencode(filled)}"


def _rows(services: Services, sought: Wanted) -> Iterator[dict[str, Any]]:
    """Decisions found, each with what an export says of it; at most ``MOST_EXPORTED``."""
    full, after, left = own_view() is View.FULL, None, MOST_EXPORTED
    while left:
        found = services.auditing.opened(sought, after=after, limit=min(AT_ONCE, left), view=own_view())
        for one in lines(services, found.decisions):
            told = {**one, "version": one["ruleset"]["version"]}
            yield {name: told[name] for name in ((*COLUMNS, *TOLD_IN_FULL) if full else COLUMNS)}
        left -= len(found.decisions)
        after = found.next
        if after is None:
            return


def _written(rows: Sequence[Mapping[str, Any]], form: str) -> str:
    if form == "ndjson":
        return "".join(orjson.dumps(row).decode() + "\n" for row in rows)
    columns = (*COLUMNS, *TOLD_IN_FULL) if own_view() is View.FULL else COLUMNS
    return "".join([line(columns), *(line([row[name] for name in columns]) for row in rows)])
