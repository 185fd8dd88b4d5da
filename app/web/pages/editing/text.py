"""The text of a draft itself, in one field."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.web.pages.editing.desk import MOST_BYTES, TEXT, Desk
from app.web.pages.page import Page

PAGES = (
    Page("GET /rulesets/{policy}/{version}/edit/text", Action.EDIT_VERSION),
    Page("POST /rulesets/{policy}/{version}/edit/text", Action.EDIT_VERSION, most=MOST_BYTES),
)


def add(pages: Blueprint, desk: Desk) -> None:
    """``/text`` of the editor."""

    @pages.get("/text")
    def show_text(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        return desk.show(TEXT, draft, text=draft.text.decode())

    @pages.post("/text")
    def take_text(policy: str, version: str) -> Response:
        draft = desk.draft(policy, version)
        text = _written(draft.text)
        if request.form.get("do") == "download":
            name = f"{draft.version.policy}-{draft.version.version}.yaml"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(text, headers=headers, content_type="application/yaml")
        return desk.take(TEXT, draft, lambda _before: text.encode(), text=text)


def _written(before: bytes) -> str:
    """The text of the form with the line ends of the text before: browsers send ``\\r\\n`` for each."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    return text.replace("\n", "\r\n") if b"\r\n" in before else text
