"""The log: how far it is signed and guarded, its verification, its entries, and the whole of it as a file.

What takes long is done by a form: verifying reads the newest entries, which is said, and the whole log is
verified in a shell. Who verified it and who took it out is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.audit import EntryKind
from app.domain.errors import Invalid, Unavailable
from app.services.assembly import Services
from app.services.log import asking
from app.services.log.lately import Verified
from app.services.log.reaching import reached
from app.services.people.managing import OPERATOR
from app.settings.rooms import LONG
from app.web.api.batches import NDJSON
from app.web.auth import principal
from app.web.pages.answering import page
from app.web.pages.days import instants
from app.web.pages.decisions.search import titles
from app.web.pages.filters import Filters
from app.web.pages.language import N_, _
from app.web.pages.page import Page
from schemas.proofs import entry_document

PAGES = (
    Page("GET /log", Action.LIST_AUDIT_ENTRIES),
    Page("POST /log/verification", Action.LIST_AUDIT_ENTRIES, places=LONG),
    Page("POST /log/export", Action.EXPORT_LOG, places=LONG),
)
SHOWN = 20
MOST_NAMED = 12
"""Items of a list that stands in the clear; all of them are in the file."""
FILTERS = ("kind", "policy", "customer", "reference", "person", "id", "since", "until")
KINDS = {
    EntryKind.DECISION: N_("decision"),
    EntryKind.SIMULATION: N_("simulation"),
    EntryKind.RULESET_STATE: N_("a ruleset moved"),
    EntryKind.ENGINE_DISAGREEMENT: N_("engines disagreed"),
    EntryKind.REFUSAL: N_("a request was refused"),
    EntryKind.BOOTSTRAP: N_("first setting up"),
    EntryKind.REHEARSAL: N_("rehearsal"),
    EntryKind.RESOLUTION: N_("settled by a person"),
    EntryKind.PERSON_STATE: N_("a person was changed"),
    EntryKind.KEY_STATE: N_("a key was changed"),
    EntryKind.SIGN_IN: N_("sign-in"),
    EntryKind.SIGN_IN_REFUSED: N_("sign-in refused"),
    EntryKind.EXPORT: N_("something was taken out"),
    EntryKind.LOG_KEY: N_("another key of the log"),
    EntryKind.STATEMENT: N_("statement of reasons given"),
    EntryKind.ERASURE: N_("erasure"),
    EntryKind.HOLD: N_("hold"),
    EntryKind.RETENTION: N_("keep time"),
    EntryKind.MASTER_KEY: N_("another master key"),
    EntryKind.DATA_KEYS: N_("data keys renewed"),
    EntryKind.IMPORT: N_("import"),
    EntryKind.RUN: N_("run"),
    EntryKind.VERIFICATION: N_("the log was verified"),
}


def routes(services: Services) -> Blueprint:
    """``/log`` and what is done there."""
    pages = Blueprint("log", __name__, url_prefix="/log")

    @pages.get("")
    def show() -> Response:
        return _page(services)

    @pages.post("/verification")
    def verify() -> Response:
        found = services.verifying.verify(principal().id)
        return _page(services, verified=found)

    @pages.post("/export")
    def export() -> Response:
        lines = services.exporting.recorded(principal().id)
        headers = {"Content-Disposition": 'attachment; filename="log.ndjson"'}
        return Response(lines, headers=headers, content_type=NDJSON[0])

    return pages


def _page(services: Services, verified: Verified | None = None) -> Response:
    filters, after = Filters(request.args, FILTERS), request.args.get("after", "")
    filters.one_of("kind", list(EntryKind))
    filters.read("id", UUID, N_("%(given)s is not the id of an entry."))
    filters.read("person", partial(_known, services), N_("Nobody has the login %(given)s."))
    filled, error, listed = filters.filled, None, None
    try:
        sought = asking.read(instants(filters), services.people.find)
        begin = asking.index(after) if after.isdigit() else None
        listed = services.entries.page(sought, SHOWN, after=begin, newest=True)
    except Invalid as one:
        error = one
    following = {**filled, "after": listed.next} if listed and listed.next is not None else {}
    return page(
        "oversight/log.html",
        filters.status if error is None else 422,
        reach=reached(services.store.tree, services.sequencing, services.deciding.now()),
        guards=services.store.guards(),
        head=_head(services),
        origin=services.settings.log_origin,
        verified=verified,
        last=services.verifying.last(),
        called=partial(_called, services),
        filled=filled,
        wrong=filters.wrong,
        error=error,
        entries=[] if listed is None else _told(services, listed.entries),
        next=f"/log?{urlencode(following)}#entries" if following else "",
        first=f"/log?{urlencode(filled)}#entries" if after else "",
        kinds=KINDS,
        policies=titles(services),
    )


def _known(services: Services, login: str) -> None:
    """Raise ``ValueError`` where nobody has that login or id."""
    if login != OPERATOR and services.people.find(login) is None:
        raise ValueError


def _head(services: Services) -> Any:
    """The signed head, None before the first."""
    try:
        return services.attesting.head()
    except Unavailable:
        return None


def _told(services: Services, entries: Any) -> list[Mapping[str, Any]]:
    """Entries with what they say in the clear, line by line, and the names of those who did it."""
    names: dict[str | None, str] = {}
    told: list[Mapping[str, Any]] = []
    for one in entries:
        names.setdefault(one.by, _called(services, one.by))
        document = entry_document(one.placed, one.by)
        said = {name: _plain(value) for name, value in document["clear"].items() if name != "actor"}
        told.append({**document, "name": names[one.by], "said": said})
    return told


def _called(services: Services, by: str | None) -> str:
    """What somebody who did something is called; empty for nobody known."""
    if by is None or by == OPERATOR:
        return _("operator") if by else ""
    person = services.people.find(by)
    return by if person is None else person.name


def _plain(value: Any) -> str:
    if isinstance(value, list):
        more = f" … ({len(value)})" if len(value) > MOST_NAMED else ""
        return ", ".join(map(str, value[:MOST_NAMED])) + more
    return "" if value is None else str(value)
