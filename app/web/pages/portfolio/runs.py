"""Runs of the day: which there were, what one came to, and whose work it found, on a page and as a file.

A run is begun from the shell: it decides on thousands of cases by many processes, and stops and goes on
where it stopped. The page says with which command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import NotFound
from app.domain.messages import told
from app.domain.ruleset import Ruleset
from app.domain.runs import Run, RunRules
from app.services.assembly import Services
from app.services.runs.worklists import all_work
from app.services.runs.worklists import page as work_page
from app.settings.rooms import LONG
from app.web.answers import identifier
from app.web.pages.answering import HEADERS, page
from app.web.pages.language import N_
from app.web.pages.page import Page
from app.web.pages.roles import ROLES
from schemas.requests import NAME_PATTERN, matches
from schemas.run_documents import run_document, work_document
from schemas.spreadsheet import line

SHOWN, CUSTOMERS = 50, 50
COUNTS: Mapping[str, str] = {
    "looked_at": N_("looked at"),
    "decided": N_("decided"),
    "not_due": N_("not due"),
    "unchanged": N_("as decided before"),
    "left_out": N_("left out"),
    "refused": N_("could not be decided"),
}
COLUMNS = (
    *("customer", "leads", "reference", "owner", "stage", "action", "amount", "next", "outcome", "to_settle"),
    "decision",
)
"""Of the file; what the run shows besides follows."""

PAGES = (
    Page("GET /runs", Action.LIST_RUNS),
    Page("GET /runs/{id}", Action.READ_RUN_WORKLIST),
    Page("GET /runs/{id}/worklist.csv", Action.READ_RUN_WORKLIST, places=LONG),
)


def routes(services: Services) -> Blueprint:
    """Everything under ``/runs``."""
    pages = Blueprint("runs", __name__, url_prefix="/runs")
    runs = services.runs

    @pages.get("")
    def show_all() -> Response:
        kind, after = request.args.get("run", ""), request.args.get("after")
        behind = identifier(after, "run") if after else None
        found = runs.stored.page(kind if kind in runs.kinds else None, behind, SHOWN)
        return page(
            "portfolio/runs.html",
            runs=[run_document(one, runs.kinds.get(one.name)) for one in found],
            next=str(found[-1].id) if len(found) == SHOWN else "",
            after=after,
            kind=kind,
            kinds=runs.kinds,
            counts=COUNTS,
        )

    @pages.get("/<id>")
    def show(id: str) -> Response:
        one, rules = _found(id)
        owner, after = request.args.get("owner") or None, request.args.get("after") or None
        behind = after if after is None or matches(NAME_PATTERN, after) else None
        work = work_page(runs.stored, one, rules, owner=owner, after=behind, most=CUSTOMERS)
        return page(
            "portfolio/run.html",
            run=run_document(one, rules),
            rules=rules,
            ruleset=_ruleset(one),
            lines=[work_document(each, rules) for each in work.work],
            next=work.next,
            after=behind,
            owner=owner,
            owners=_owners(_ruleset(one), rules),
            refused=runs.stored.problems(one) if one.counts.get("refused") else [],
            counts=COUNTS,
            roles=ROLES,
            labels=_labels(_ruleset(one), rules),
        )

    @pages.get("/<id>/worklist.csv")
    def give_worklist(id: str) -> Response:
        one, rules = _found(id)
        owner = request.args.get("owner") or None
        name = f"worklist-{one.name}-{one.as_of.isoformat()}.csv"
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(_csv(one, rules, owner), 200, headers, content_type="text/csv; charset=utf-8")

    def _csv(one: Run, rules: RunRules, owner: str | None) -> Iterator[str]:
        yield line((*COLUMNS, *rules.worklist.shows))
        for each in all_work(runs.stored, one, rules):
            told = work_document(each, rules)
            if owner is None or told["owner"] == owner:
                yield line((*(told[name] for name in COLUMNS), *told["shows"].values()))

    def _found(id: str) -> tuple[Run, RunRules]:
        """The run and what its kind is; raises ``NotFound``, also for a kind that is not among them now."""
        one = runs.stored.get(identifier(id, "run"))
        if one is None:
            raise NotFound(told("There is no run {id}.", id=id[:64]))
        return one, runs.rules(one.name)

    def _ruleset(one: Run) -> Ruleset:
        return services.policies.by_digest(one.digest).ruleset

    return pages


def _owners(ruleset: Ruleset, rules: RunRules) -> Mapping[str, Any]:
    """Who work may be for, with labels: the choices of the output that says so, and who has the rest."""
    kind = ruleset.types.get(rules.worklist.owner)
    choices = () if kind is None else kind.choices
    labels = {each: kind.label_of(each) for each in choices} if kind is not None else {}
    return labels | ({} if rules.worklist.otherwise in labels else {rules.worklist.otherwise: None})


def _labels(ruleset: Ruleset, rules: RunRules) -> Mapping[str, Any]:
    """What the run shows besides, by name, as the ruleset calls it."""
    labels = {name: one.label for name, one in ruleset.facts.items()}
    labels |= {name: one.label for name, one in ruleset.outputs.items()}
    return {name: labels.get(name, name) for name in rules.worklist.shows}
