"""New drafts from a version, and tables of a draft that go to Excel and come back."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid, NotFound, Problem, Refused, Stale, TermwiseError
from app.domain.moves import Move, is_open
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.web.answers import policy_name
from app.web.auth import principal
from app.web.pages.answering import may, page, see
from app.web.pages.language import _
from app.web.pages.page import Page
from app.web.pages.rulesets.reading import heading, opened
from app.web.pages.rulesets.versions import in_force
from schemas.interchange.forms import FORMS, MOST_BYTES, XLSX
from schemas.lifecycle import read_move

_ONE = "/rulesets/{policy}/{version}"
_ENVELOPE = 64 * 1024
"""Bytes of an upload besides the file."""
PAGES = (
    Page("GET /rulesets/{policy}/drafts", Action.CREATE_VERSION),
    Page("POST /rulesets/{policy}/drafts", Action.CREATE_VERSION),
    Page(f"GET {_ONE}/tables", Action.EXPORT_TABLES),
    Page(f"POST {_ONE}/tables", Action.IMPORT_TABLES, most=MOST_BYTES + _ENVELOPE),
    Page(f"GET {_ONE}/tables/{{form}}", Action.EXPORT_TABLES),
)


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/drafts`` and ``/rulesets/<policy>/<version>/tables``."""
    pages = Blueprint("drafting", __name__, url_prefix="/rulesets/<policy>")

    @pages.get("/drafts")
    def ask(policy: str) -> Response:
        return _draft_form(policy)

    @pages.post("/drafts")
    def create(policy: str) -> Response:
        filled = {
            name: request.form.get(name, "").replace("\r\n", "\n").strip()
            for name in ("version", "from", "comment")
        }
        try:
            given = read_move("DraftRequest", {name: each for name, each in filled.items() if each})
            made = services.drafting.create(
                principal(),
                policy_name(policy),
                given["version"],
                source=given["from"],
                comment=given["comment"],
            )
        except (Invalid, Refused, NotFound) as error:
            return _draft_form(policy, error)
        return see(f"/rulesets/{made.policy}/{made.version}")

    def _draft_form(policy: str, error: TermwiseError | None = None) -> Response:
        versions = services.versions.all(policy_name(policy))
        standing = in_force(versions)
        chosen = request.values.get("from") or (versions[-1] if standing is None else standing).version
        return page(
            "rulesets/draft.html",
            200 if error is None else 422,
            policy=policy,
            versions=versions,
            chosen=chosen,
            wanted=request.form.get("version") or next_number(versions),
            comment=request.form.get("comment", ""),
            error=error,
        )

    @pages.get("/<version>/tables")
    def show_tables(policy: str, version: str) -> Response:
        return _tables(policy, version)

    @pages.get("/<version>/tables/<form>")
    def give_out(policy: str, version: str, form: str) -> Response:
        if form not in FORMS:
            raise NotFound(_("There is no such form of tables; there are %(forms)s.", forms=", ".join(FORMS)))
        found, content = services.tables.given_out(policy_name(policy), version, FORMS[form])
        response = Response(content, content_type=FORMS[form].media_type)
        name = f"{found.policy}-{found.version}.{form}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    @pages.post("/<version>/tables")
    def take_back(policy: str, version: str) -> Response:
        file, seen = request.files.get("file"), request.form.get("seen", "")
        try:
            if file is None or not file.filename or not seen:
                raise Invalid(_("The tables cannot be taken back."), [Problem(_("choose a file"))])
            form = FORMS.get(file.filename.rpartition(".")[2].lower(), XLSX)
            standing, changes = services.tables.taken_back(
                principal(),
                policy_name(policy),
                version,
                file.read(),
                form,
                seen={seen},
                wins=request.form.get("wins") == "yes",
            )
        except Stale:
            raise
        except (Invalid, Refused) as error:
            return _tables(policy, version, error)
        return page(
            "rulesets/tables_taken.html",
            **heading(opened(services, policy, version)),
            changes=changes,
            standing=standing,
        )

    def _tables(policy: str, version: str, error: TermwiseError | None = None) -> Response:
        one = opened(services, policy, version)
        return page(
            "rulesets/tables.html",
            200 if error is None else 422,
            **heading(one),
            takes=may("importTables") and is_open(one.version, Move.EDIT),
            error=error,
        )

    return pages


def next_number(versions: tuple[RulesetVersion, ...]) -> str:
    """The number that a new version most likely has: of the newest, with the middle one raised."""
    known = [tuple(map(int, one.version.split("."))) for one in versions]
    major, minor, _patch = max(known, default=(0, 0, 0))
    return f"{major}.{minor + 1}.0"
