"""The cases of a draft, with what comes out of each on the text as it is filled in, and examples that fail.

A case that passes is told in a line; the first that fail, and one that was asked for, have fields.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, NotFound, Problem
from app.domain.messages import told
from app.services.rulesets.case_results import with_decision
from app.settings.rooms import LONG
from app.web.answers import identifier
from app.web.auth import own_view
from app.web.pages.answering import visible_with
from app.web.pages.editing.desk import CASES, Change, Desk, Draft
from app.web.pages.editing.examples import examples
from app.web.pages.editing.filling import Filled, change_of, is_filled, with_new
from app.web.pages.editing.mending import filled_and_mended, tried
from app.web.pages.language import _
from app.web.pages.page import Page
from app.web.pages.rulesets.failing import Failing, Told
from schemas.interchange.outline_parts import CaseText, Value

PAGES = (
    Page("GET /rulesets/{policy}/{version}/edit/cases", Action.EDIT_VERSION, LONG),
    Page("POST /rulesets/{policy}/{version}/edit/cases", Action.EDIT_VERSION, LONG),
)


MOST_OPEN = 4
"""How many cases that fail have fields at once; each is some kilobytes, and the others are a link away."""


class Case(NamedTuple):
    """A case by its number: ``told`` is what came out otherwise, ``opened`` whether it has fields.

    ``changed`` is whether the form changes it.
    """

    number: int
    text: CaseText
    given: tuple[Value, ...]
    told: list[Told]
    opened: bool
    changed: bool


def add(pages: Blueprint, desk: Desk) -> None:
    """``/cases`` of the editor."""

    @pages.get("/cases")
    def show_cases(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        return desk.show(CASES, draft, **_shown(desk, draft, {}))

    @pages.post("/cases")
    def take_cases(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        if request.form.get("do") == "add":
            return desk.take(CASES, draft, _added(desk, draft), saving=True, **_shown(desk, draft, {}))
        filled = filled_and_mended(desk, draft)
        return desk.take(CASES, draft, change_of(filled), **_shown(desk, draft, filled))


def _added(desk: Desk, draft: Draft) -> Change:
    """One more case, of the facts of a decision of the same policy."""
    decision = identifier(request.form.get("decision", "").strip())
    visible = visible_with(Action.READ_DECISION)
    answer = desk.services.auditing.decision(decision, visible, own_view())
    if answer["policy"] != draft.version.policy:
        raise NotFound(
            told("The decision {decision} was made by {policy}.", decision=decision, policy=answer["policy"])
        )
    as_of = date.fromisoformat(answer["as_of"])
    name = request.form.get("name", "").strip()
    if not name:
        raise Invalid(_("A case has a name."), [Problem(_("say in a sentence what it shows"))])
    return lambda text: with_decision(text, name, answer["facts"], as_of)


def _shown(desk: Desk, draft: Draft, filled: Filled) -> dict[str, Any]:
    """Each case with what came out, and examples that fail. What was asked for or filled in has fields."""
    if draft.outline is None:
        return {}
    samples, outline, asked = tried(desk, draft, filled), draft.outline, request.args.get("case", "")
    failing = None if samples is None else Failing(samples, draft.address)
    cases, open_at_once = [], MOST_OPEN
    for number, case in enumerate(outline.cases):
        result = None if samples is None or number >= len(samples.cases) else samples.cases[number]
        told = [] if failing is None or result is None else failing.told(result)
        open_at_once -= bool(told)
        first = bool(told) and open_at_once >= 0
        opened = first or asked == str(number) or is_filled(case.place, filled)
        given = with_new(outline, f"{case.place}/given", case.given, filled)
        changed = any(filled.get(one.place, one.written) != one.written for one in (*given, *case.expect))
        cases.append(Case(number, case, given, told, opened, changed))
    cases.sort(key=lambda one: (not one.told, not one.changed))
    wrong = examples(outline, samples, filled, draft.address)
    return {"cases": cases, "examples": wrong, "ran": samples is not None, "filled": filled}
