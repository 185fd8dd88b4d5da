"""Rules as sentences and parameters as a list: values of the text, each in a field named by its place."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.web.pages.editing.desk import PARAMETERS, RULES, Change, Desk, Draft, Tab
from app.web.pages.page import Page
from schemas.interchange.outline import StepText
from schemas.interchange.places import rewritten

PAGES = tuple(
    Page(f"{method} /rulesets/{{policy}}/{{version}}/edit{tab.path}", Action.EDIT_VERSION)
    for tab in (RULES, PARAMETERS)
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
        return desk.show(tab, draft, filled={}, **_parts(draft, request.args.get("part")))

    @pages.post(tab.path, endpoint=f"take_{tab.name}")
    def take(policy: str, version: str) -> Response:
        draft, filled, part = desk.draft(policy, version), filled_in(), request.form.get("part")
        back = f"?part={quote(part)}" if part is not None else ""
        return desk.take(tab, draft, change_of(filled), back=back, filled=filled, **_parts(draft, part))


def filled_in() -> dict[str, str]:
    """The values of a form, by place."""
    return {name: value.strip() for name, value in request.form.items() if name.startswith("/")}


def change_of(filled: dict[str, str]) -> Change:
    """What those values make of a text."""
    return lambda text: rewritten(text, filled)


def _parts(draft: Draft, part: str | None) -> dict[str, Any]:
    """The steps by part: each list of rules and scorecard is one, and all formulas are one without a name."""
    steps = [] if draft.outline is None else draft.outline.steps()
    by_name: dict[str, list[StepText]] = {}
    for one in steps:
        by_name.setdefault("" if one.kind == "formula" else one.id, []).append(one)
    chosen = part if part in by_name else next(filter(None, by_name), "")
    sizes = {
        name: sum(len(one.rules) or len(one.values) for one in several) for name, several in by_name.items()
    }
    parts = [(name, several[0].label, sizes[name]) for name, several in by_name.items()]
    return {"parts": parts, "part": chosen, "steps": by_name.get(chosen, [])}
