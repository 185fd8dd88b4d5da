"""Two versions side by side: in words, on their cases, line by line, and in what they mean for all customers.

What they mean is proved, which takes long, and counts recorded decisions, which is recorded as a rehearsal
is: so it is asked for by a form of its own and never by a mere link.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.analysis.comparison.versions import Comparison
from app.domain.access import Action
from app.domain.errors import Invalid, Problem
from app.services.assembly import Services
from app.services.comparing.comparing import Written
from app.services.comparing.comparison_document import comparison_document
from app.services.comparing.meaning_document import meaning_document
from app.services.remembering import Remembered
from app.settings.rooms import LONG
from app.web.answers import policy_name
from app.web.api.rehearsals import pause
from app.web.auth import caller
from app.web.pages.answering import page
from app.web.pages.language import _, language
from app.web.pages.page import Page
from app.web.pages.rulesets.checking import facts_told

PAGES = (
    Page("GET /rulesets/{policy}/comparison", Action.COMPARE_RULESETS, places=LONG),
    Page("POST /rulesets/{policy}/comparison", Action.PROVE_COMPARISON, places=LONG),
)
MOST_CHANGES = 200
MOST_HUNKS = 60
MOST_REMEMBERED = 32


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/comparison``."""
    pages = Blueprint("comparing", __name__, url_prefix="/rulesets/<policy>/comparison")

    # texts never change under their digests, so neither does what differs between two of them
    compared: Remembered[tuple[str, str], Comparison] = Remembered(
        MOST_REMEMBERED, lambda known: services.comparing.texts(*map(written, known))
    )

    def written(digest: str) -> Written:
        return Written(services.policies.by_digest(digest), services.policies.text(digest))

    @pages.get("")
    def compare(policy: str) -> Response:
        sides = _sides()
        before, after = (services.policies.version(policy_name(policy), one) for one in sides)
        found = compared.get((before.ruleset.digest, after.ruleset.digest))
        told = comparison_document(found, language())
        return _shown(
            policy,
            sides,
            title=found.after.title,
            after=found.after,
            told=told,
            changes=told["changes"][:MOST_CHANGES],
            hunks=told["text"]["hunks"][:MOST_HUNKS],
        )

    @pages.post("")
    def prove(policy: str) -> Response:
        sides = _sides()
        before, after = (services.policies.version(policy_name(policy), one) for one in sides)
        found = services.meanings.weighed(before, after, caller(), pause)
        return _shown(
            policy,
            sides,
            title=found.after.title,
            after=found.after,
            told=None,
            meaning=meaning_document(found, language()),
            samples=[facts_told(found.after, one.facts) for one in found.meaning.regions],
        )

    def _shown(policy: str, sides: tuple[str, str], **values: Any) -> Response:
        versions = services.versions.all(policy_name(policy))
        given = {"meaning": None, **values}
        return page("rulesets/comparison.html", policy=policy, sides=sides, versions=versions, **given)

    return pages


def _sides() -> tuple[str, str]:
    """The two versions that were asked for, of the address or of the form."""
    before, after = (request.values.get(name, "") for name in ("from", "to"))
    if not before or not after:
        raise Invalid(_("The comparison cannot be made."), [Problem(_("choose two versions of the policy"))])
    return before, after
