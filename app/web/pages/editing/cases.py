"""The cases of a draft, with what comes out of each on the text as it is filled in.

A case that passes is told in a line; one that fails, and one that was asked for, has fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, NotFound, Problem
from app.services.rulesets.case_results import CaseResult, case_results, with_decision
from app.settings.rooms import LONG
from app.web.answers import identifier
from app.web.auth import own_view
from app.web.pages.answering import visible_with
from app.web.pages.editing.desk import CASES, Change, Desk, Draft
from app.web.pages.editing.values import change_of, filled_in
from app.web.pages.language import _
from app.web.pages.page import Page
from schemas.interchange.places import rewritten

PAGES = (
    Page("GET /rulesets/{policy}/{version}/edit/cases", Action.EDIT_VERSION, LONG),
    Page("POST /rulesets/{policy}/{version}/edit/cases", Action.EDIT_VERSION, LONG),
)


def add(pages: Blueprint, desk: Desk) -> None:
    """``/cases`` of the editor."""

    @pages.get("/cases")
    def show_cases(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        return desk.show(CASES, draft, **_shown(draft, {}, desk.services.editing.results(draft.version)))

    @pages.post("/cases")
    def take_cases(policy: str, version: str) -> Response:
        draft, filled = desk.draft(policy, version), filled_in()
        if request.form.get("do") == "add":
            return desk.take(CASES, draft, _added(desk, draft), saving=True, **_shown(draft, {}, None))
        if "accept" in request.form and draft.outline is not None:
            filled |= _accepted(draft, filled, request.form["accept"])
        return desk.take(CASES, draft, change_of(filled), **_shown(draft, filled, _tried(draft, filled)))


def _tried(draft: Draft, filled: Mapping[str, str]) -> list[CaseResult] | None:
    """What comes out on the text as it is filled in; None where it cannot be read."""
    try:
        return case_results(rewritten(draft.text, filled))
    except Invalid:
        return None


def _accepted(draft: Draft, filled: Mapping[str, str], number: str) -> dict[str, str]:
    """The expected values of a case as they came out."""
    results = _tried(draft, filled)
    assert draft.outline is not None
    if results is None or not number.isdecimal() or int(number) >= len(results):
        return {}
    got, expected = results[int(number)].got, draft.outline.cases()[int(number)].expect
    return {one.place: got[one.of.name] for one in expected if one.of.name in got}


def _added(desk: Desk, draft: Draft) -> Change:
    """One more case, of the facts of a decision of the same policy."""
    decision = identifier(request.form.get("decision", "").strip())
    visible = visible_with(Action.READ_DECISION)
    answer = desk.services.auditing.decision(decision, visible, own_view())
    if answer["policy"] != draft.version.policy:
        raise NotFound(f"The decision {decision} was made by {answer['policy']}.")
    as_of = date.fromisoformat(answer["as_of"])
    name = request.form.get("name", "").strip()
    if not name:
        raise Invalid(_("A case has a name."), [Problem(_("say in a sentence what it shows"))])
    return lambda text: with_decision(text, name, answer["facts"], as_of)


def _shown(draft: Draft, filled: Mapping[str, str], results: list[CaseResult] | None) -> dict[str, Any]:
    """Each case with its result, and whether it has fields; those that fail come first."""
    cases = [] if draft.outline is None else draft.outline.cases()
    asked = request.args.get("case", "")
    opened = {place.split("/")[2] for place in filled} | {asked}
    rows = []
    for number, case in enumerate(cases):
        result = results[number] if results is not None and number < len(results) else None
        rows.append((number, case, result, str(number) in opened or bool(result and result.why)))
    rows.sort(key=lambda row: not (row[2] and row[2].why))
    failed = sum(bool(one.why) for one in results or ())
    return {"cases": rows, "failed": failed, "ran": results is not None, "filled": filled}
