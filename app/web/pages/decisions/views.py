"""One decision: the answer with its reasons, every rule, the ways forward, and the same again.

The explanation goes to those who are told rules; to sales go the outcome, the reasons in words, and what
they may know of the rest, as ``own_view()`` has it. Ways forward and replay take a moment longer, so they
are asked for by a link: with JavaScript their part of the page is replaced, without it they are a page.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from app.domain.access import SEES_REPEATS, Action, View
from app.domain.audit import Erased
from app.domain.errors import NotFound
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.services.statements.holding import GIVEN_FOR
from app.web.answers import identifier
from app.web.auth import own_view, principal, spent, visible_to
from app.web.pages.answering import may, page, visible_with
from app.web.pages.decisions.found import found_for
from app.web.pages.decisions.steps import told_steps
from app.web.pages.decisions.way import way
from app.web.pages.fact_forms import PREFIX, as_written
from app.web.pages.language import language
from app.web.pages.page import Page
from app.web.pages.roles import RECIPIENTS
from schemas.letters import letters_document
from schemas.origins import said as origin_said
from schemas.proofs import proof_document
from schemas.statements import addresses_customers
from schemas.ways_forward import ways_document

PAGES = (
    Page("GET /decisions/{id}", Action.READ_DECISION),
    Page("GET /decisions/{id}/ways", Action.FIND_ALTERNATIVES),
    Page("GET /decisions/{id}/replay", Action.REPLAY),
    Page("GET /decisions/{id}/letters", Action.READ_LETTERS),
    Page("GET /decisions/{id}/proof", Action.READ_PROOF),
)


def routes(services: Services) -> Blueprint:
    """Everything under ``/decisions/<id>``."""
    pages = Blueprint("decisions", __name__, url_prefix="/decisions")

    @pages.get("/<id>")
    def show(id: str) -> Response:
        decision = identifier(id)
        answer = services.auditing.decision(decision, visible_to(), own_view())
        repeats = services.auditing.asked_before(decision) if principal().role in SEES_REPEATS else []
        standing = services.settling.standing(decision, own_view())
        ruleset = _ruleset(answer)
        found = () if own_view() is View.FULL else found_for(services, answer, ruleset)
        return page(
            "decisions/one.html",
            answer=answer,
            ruleset=ruleset,
            found=found,
            hidden=len(ruleset.facts.keys() - answer["facts"].keys()) - len(found),
            told=_told(decision) if own_view() is View.FULL else None,
            standing=standing,
            repeats=repeats,
            before=_before(answer),
            replaced_by=services.replacing.replaced_by(decision),
            mine=answer["requested_by"] == str(principal().person.id),
            statement=_may_be_stated(answer, standing),
            requested_by=_name(answer["requested_by"]),
            asked_by=_name(answer["asked_by"]) if answer["asked_by"] else "",
        )

    @pages.get("/<id>/ways")
    def find_ways(id: str) -> Response:
        decision = identifier(id)
        with spent("ways forward", principal().id):
            found = services.alternatives.of(decision, visible_to())
        told = ways_document(found, own_view(), language())
        ways = sorted(told["ways"], key=lambda way: bool(way["outcome_kind"] != "favourable"))
        answer = services.auditing.decision(decision, visible_with(Action.READ_DECISION), own_view())
        mine = answer["requested_by"] == str(principal().person.id)
        return page(
            "decisions/ways.html",
            id=decision,
            ways={**told, "ways": ways},
            fields=[_fields(way["changes"], found.ruleset) for way in ways],
            one_tap=mine and may("decide"),
        )

    @pages.get("/<id>/replay")
    def replay(id: str) -> Response:
        decision = identifier(id)
        return page(
            "decisions/replay.html", id=decision, replay=services.auditing.replay(decision, visible_to())
        )

    @pages.get("/<id>/letters")
    def show_letters(id: str) -> Response:
        decision = identifier(id)
        found = services.auditing.letters(decision, visible_to())
        letters = letters_document(found, language())
        return page("decisions/letters.html", id=decision, letters=letters, recipients=RECIPIENTS)

    @pages.get("/<id>/proof")
    def show_proof(id: str) -> Response:
        found = proof_document(services.attesting.proof(identifier(id)))
        return page("decisions/proof.html", proof=found, key=services.attesting.head().key)

    def _before(answer: dict[str, Any]) -> dict[str, Any] | None:
        """The decision whose place this one takes, or that the address names, where it is of the customer."""
        try:
            before = identifier(answer["replaces"] or request.args.get("before", ""))
            found = services.auditing.decision(before, visible_to(), own_view())
        except (NotFound, Erased):
            return None
        return found if found["customer"] == answer["customer"] else None

    def _may_be_stated(answer: dict[str, Any], standing: dict[str, Any] | None) -> bool:
        """Whether a statement of reasons can be given to the customer, as far as can be said beforehand."""
        ruleset, holds = _ruleset(answer), standing or answer
        settled = standing is not None or answer["outcome"] not in ruleset.asks_a_person
        return settled and holds["outcome_kind"] in GIVEN_FOR and addresses_customers(ruleset)

    def _ruleset(answer: dict[str, Any]) -> Ruleset:
        return services.policies.by_digest(answer["ruleset"]["digest"]).ruleset

    def _told(decision: UUID) -> dict[str, Any]:
        """What is told beside the answer to whoever is told rules."""
        explanation = services.auditing.explanation(decision, visible_to())
        ruleset = explanation.evaluation.ruleset
        policy, version = ruleset.policy, ruleset.version
        return {
            "origins": {name: origin_said(one) for name, one in explanation.origins.items()},
            "steps": list(told_steps(explanation)),
            "way": way(explanation),
            "text": f"/rulesets/{policy}/{version}/text" if may("readVersion") else "",
            "search": f"/decisions?policy={policy}&rule=",
            "rules": f"/rulesets/{policy}/rules/" if may("countOverrides") else "",
        }

    def _name(who: str) -> str:
        """The name behind an id of the log; what is no person's id stands for itself."""
        person = services.people.find(who)
        return who if person is None else person.name

    return pages


def _fields(changes: list[dict[str, Any]], ruleset: Ruleset) -> dict[str, Any]:
    """The fields of a form that asks again with those changes."""
    return {f"{PREFIX}{one['fact']}": as_written(one["after"], ruleset.facts[one["fact"]]) for one in changes}
