"""Two versions side by side: in words, on their cases, line by line, and in what they mean for all customers.

What they mean is proved, which takes long, and counts recorded decisions, which is recorded as a rehearsal
is: so it is asked for by a form of its own and never by a mere link.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.analysis.comparison.changes import Change
from app.analysis.comparison.versions import Comparison
from app.domain.access import Action
from app.domain.errors import Invalid, Problem
from app.domain.moves import Move
from app.services.assembly import Services
from app.services.comparing.comparing import Written
from app.services.comparing.meaning_document import meaning_document
from app.services.remembering import Remembered
from app.settings.rooms import LONG
from app.web.answers import policy_name
from app.web.api.rehearsals import pause
from app.web.auth import caller, principal
from app.web.pages.answering import page
from app.web.pages.language import _, language
from app.web.pages.page import Page
from app.web.pages.rulesets.checking import facts_told
from app.web.pages.rulesets.differences import Differences
from app.web.pages.rulesets.versions import ways

PAGES = (
    Page("GET /rulesets/{policy}/comparison", Action.COMPARE_RULESETS, places=LONG),
    Page("POST /rulesets/{policy}/comparison", Action.PROVE_COMPARISON, places=LONG),
)
MOST_CHANGES = 200
MOST_HUNKS = 60
MOST_REMEMBERED = 32
_JUDGED = (Move.APPROVE, Move.RETURN)
"""What whoever reads a comparison may do with the newer version from there."""


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
        told = Differences(found.before, found.after)
        return _shown(
            policy,
            sides,
            title=found.after.title,
            after=found.after,
            told=found,
            changes=[*told.changes(one for one in found.changes if not _is_number(one))],
            effects=[told.effect(one) for one in found.effects],
            cases=[told.case(one) for one in found.cases],
            hunks=found.hunks[:MOST_HUNKS],
        )

    @pages.post("")
    def prove(policy: str) -> Response:
        sides = _sides()
        before, after = (services.policies.version(policy_name(policy), one) for one in sides)
        found = services.meanings.weighed(before, after, caller(), pause)
        told = Differences(before.ruleset, after.ruleset)
        return _shown(
            policy,
            sides,
            title=found.after.title,
            after=found.after,
            told=None,
            meaning=meaning_document(found, language()),
            regions=[told.region(one) for one in found.meaning.regions],
            samples=[facts_told(found.after, one.facts) for one in found.meaning.regions],
        )

    def _shown(policy: str, sides: tuple[str, str], **values: Any) -> Response:
        versions = services.versions.all(policy_name(policy))
        newer = next((one for one in versions if one.version == sides[1]), None)
        next_moves = [] if newer is None else [one for one in ways(newer, principal()) if one.move in _JUDGED]
        base = f"/rulesets/{policy}"
        given = {"base": base, "meaning": None, "ways": next_moves, "most": MOST_CHANGES, **values}
        return page("rulesets/comparison.html", policy=policy, sides=sides, versions=versions, **given)

    return pages


def _is_number(one: Change) -> bool:
    """Whether it is only that the version has another number."""
    return (one.kind, one.field) == ("ruleset", ("version",))


def _sides() -> tuple[str, str]:
    """The two versions that were asked for, of the address or of the form."""
    before, after = (request.values.get(name, "") for name in ("from", "to"))
    if not before or not after:
        raise Invalid(_("The comparison cannot be made."), [Problem(_("choose two versions of the policy"))])
    return before, after
