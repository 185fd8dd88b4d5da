"""Rules as sentences and parameters as a list: values of the text, each in a field named by its place."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.settings.rooms import LONG, USUAL
from app.web.pages.editing.desk import PARAMETERS, RULES, Desk, Draft, Tab
from app.web.pages.editing.examples import Example, examples
from app.web.pages.editing.filling import Filled, change_of
from app.web.pages.editing.mending import filled_and_mended, tried
from app.web.pages.page import Page
from schemas.interchange.outline import Outline
from schemas.interchange.outline_parts import StepText

PAGES = tuple(
    Page(f"{method} /rulesets/{{policy}}/{{version}}/edit{tab.path}", Action.EDIT_VERSION, places)
    for tab, places in ((RULES, LONG), (PARAMETERS, USUAL))
    for method in ("GET", "POST")
)


def add(pages: Blueprint, desk: Desk) -> None:
    """``/rules`` and ``/parameters`` of the editor."""
    for tab in (RULES, PARAMETERS):
        _add(pages, desk, tab)


def _add(pages: Blueprint, desk: Desk, tab: Tab) -> None:
    @pages.get(tab.path, endpoint=f"show_{tab.name}")
    def show(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        return desk.show(tab, draft, **_shown(desk, tab, draft, {}, request.args.get("part")))

    @pages.post(tab.path, endpoint=f"take_{tab.name}")
    def take(policy: str, version: str) -> Response:
        draft, part = desk.draft(policy, version), request.form.get("part")
        filled = filled_and_mended(desk, draft)
        back = f"?part={quote(part)}" if part is not None else ""
        return desk.take(tab, draft, change_of(filled), back=back, **_shown(desk, tab, draft, filled, part))


def _shown(desk: Desk, tab: Tab, draft: Draft, filled: Filled, part: str | None) -> dict[str, Any]:
    """What the view shows: of rules the steps of a part, with the examples of their rules."""
    if tab is not RULES or draft.outline is None:
        return {"filled": filled}
    shown = _parts(draft.outline, part)
    samples = tried(desk, draft, filled)
    found: dict[str, list[Example]] = {}
    asked = request.args.get("rule", "")
    for one in examples(draft.outline, samples, filled, draft.address, step=shown["part"], asked=asked):
        found.setdefault(one.told.rule, []).append(one)
    return {"filled": filled, "examples": found, **shown}


def _parts(outline: Outline, part: str | None) -> dict[str, Any]:
    """The steps by part: each list of rules and scorecard is one, and all formulas are one without a name."""
    by_name: dict[str, list[StepText]] = {}
    for one in outline.steps:
        by_name.setdefault("" if one.kind == "formula" else one.id, []).append(one)
    chosen = part if part in by_name else next(filter(None, by_name), "")
    sizes = {
        name: sum(len(one.rules) or len(one.values) for one in several) for name, several in by_name.items()
    }
    parts = [(name, several[0].label, sizes[name]) for name, several in by_name.items()]
    return {"parts": parts, "part": chosen, "steps": by_name.get(chosen, [])}
