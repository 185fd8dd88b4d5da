"""What every view of the editor shares: the draft as it stands, and what becomes of a form.

A view makes a change of the text out of its form. The desk tries it on the text that the form was made of
(the hidden field ``tag``): either what is wrong with the outcome is told, and nothing stored, or it is saved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Response, request

from app.domain.errors import Invalid
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.remembering import Remembered
from app.services.rulesets.editing import Conflict
from app.services.rulesets.table_checks import marks
from app.web.answers import policy_name
from app.web.auth import principal
from app.web.pages.answering import page, see
from app.web.pages.editing.spelling import called, shown
from app.web.pages.language import N_
from app.web.pages.rulesets.failing import Failing
from schemas.interchange.outline import Outline

Change = Callable[[bytes], bytes]

MOST_BYTES = 8 * 1024 * 1024
"""Of a form that carries a whole text."""
MOST_MARKS = 50
MOST_REMEMBERED = 16
SAVED = "saved"
"""In the address of a view that follows saving: whoever saved is told what is wrong with what is stored."""


class Tab(NamedTuple):
    """A view: its template, its place below ``edit``, and its name."""

    name: str
    path: str
    title: str

    @property
    def template(self) -> str:
        """The page that shows it."""
        return f"editing/{self.name}.html"


TABLES = Tab("tables", "", N_("Tables"))
RULES = Tab("rules", "/rules", N_("Rules"))
PARAMETERS = Tab("parameters", "/parameters", N_("Parameters"))
CASES = Tab("cases", "/cases", N_("Cases"))
TEXT = Tab("text", "/text", N_("Text"))
TABS = (TABLES, RULES, PARAMETERS, CASES, TEXT)
KINDS = {"fault": N_("Fault"), "gaps": N_("Gap"), "overlaps": N_("Overlap"), "dead_rules": N_("Dead row")}
"""What the kinds of marks are called."""


class Draft(NamedTuple):
    """A version as it stands. ``outline`` is None where the shape of the text is not right, for ``fault``."""

    version: RulesetVersion
    text: bytes
    tag: str
    outline: Outline | None
    fault: Invalid | None

    @property
    def address(self) -> str:
        """Where it is edited."""
        return f"/rulesets/{self.version.policy}/{self.version.version}/edit"


class Desk:
    """Opens drafts for the views and takes their forms."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._outlines: Remembered[bytes, Outline] = Remembered(MOST_REMEMBERED, Outline)

    def draft(self, policy: str, version: str) -> Draft:
        """The version as it stands; as its author saw it where a form comes back. Raises ``NotFound``."""
        opened = self.services.editing.opened(policy_name(policy), version)
        tag = request.form.get("tag", opened.version.tag)
        text = opened.text if tag == opened.version.tag else self.services.editing.seen(tag)
        try:
            return Draft(opened.version, text, tag, self._outlines.get(text), None)
        except Invalid as error:
            return Draft(opened.version, text, tag, None, error)

    def show(self, tab: Tab, draft: Draft, status: int = 200, *, table: str = "", **values: Any) -> Response:
        """A view of a draft. One whose text has the wrong shape has a view as text alone.

        Where it was saved just now, it says what is wrong with it, of ``table`` where the view has one.
        """
        template = tab.template if draft.outline is not None or tab is TEXT else "editing/unread.html"
        saved = request.method == "GET" and SAVED in request.args
        shared: dict[str, Any] = {"marks": None, "failing": None, "error": draft.fault, "kinds": KINDS}
        if saved and template == tab.template:
            shared |= {"error": None, **self._found(draft, draft.text, table)}
        shared |= {"spelled": shown, "called": called, "filled": {}, "writes": self._writes(draft)} | values
        shared |= {"version": draft.version, "saved": saved}
        return page(template, status, draft=draft, tab=tab, tabs=TABS, **shared)

    def _found(self, draft: Draft, text: bytes, table: str) -> dict[str, Any]:
        """What is wrong with a text, and with one table of it, as the views show it."""
        found, samples = marks(text, table), self.services.editing.samples(text)
        failing = None if samples is None else Failing(samples, draft.address)
        return {"marks": found[:MOST_MARKS], "more": max(0, len(found) - MOST_MARKS), "failing": failing}

    def _writes(self, draft: Draft) -> bool:
        """Whether the reader is an author of it already, or reads what nobody can change any more."""
        return draft.version.final or principal().id in draft.version.authors

    def take(
        self,
        tab: Tab,
        draft: Draft,
        change: Change,
        *,
        table: str = "",
        back: str = "",
        saving: bool = False,
        **values: Any,
    ) -> Response:
        """Check what a form makes of the text, or save it; ``values`` is what the view shows again.

        ``table`` is the one that the marks are about, ``back`` what follows the address of the view.
        ``saving`` is for a change that is saved whichever button was pressed.
        """
        try:
            if not saving and request.form.get("do") != "save":
                return self.show(tab, draft, **values, **self._found(draft, change(draft.text), table))
            saved = self.services.editing.save(
                principal(), draft.version.policy, draft.version.version, draft.tag, change
            )
        except Invalid as error:
            return self.show(tab, draft, 422, **values, error=error)
        if isinstance(saved, Conflict):
            who = self.services.people.find(saved.standing.last.by)
            name = saved.standing.last.by if who is None else who.name
            return page("editing/conflict.html", 409, draft=draft, tab=tab, conflict=saved, who=name)
        return see(f"{draft.address}{tab.path}{back}{'&' if back else '?'}{SAVED}=yes")
