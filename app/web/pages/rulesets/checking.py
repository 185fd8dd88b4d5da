"""What a version proves about itself: findings, and each claim proven, refuted or not settled.

A proof takes seconds, so its page stands at once and the proof is asked for by a link.
"""

from __future__ import annotations

from flask import Blueprint, Response

from app.analysis.findings import Facts
from app.analysis.settled import Status
from app.domain.access import Action
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.settings.rooms import LONG
from app.web.answers import policy_name
from app.web.pages.answering import page
from app.web.pages.language import N_
from app.web.pages.page import Page
from app.web.pages.rulesets.reading import heading, opened
from app.web.pages.rulesets.words import Words

PAGES = (
    Page("GET /rulesets/{policy}/{version}/checks", Action.CHECK_VERSION),
    Page("GET /rulesets/{policy}/{version}/checks/{digest}", Action.CHECK_VERSION, places=LONG),
)
STATUSES = {
    Status.PROVEN: N_("proven"),
    Status.REFUTED: N_("refuted"),
    Status.NOT_SETTLED: N_("not settled"),
}
_ORDER = (Status.REFUTED, Status.NOT_SETTLED, Status.PROVEN)


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/<version>/checks``."""
    pages = Blueprint("checking", __name__, url_prefix="/rulesets/<policy>/<version>/checks")

    @pages.get("")
    def show(policy: str, version: str) -> Response:
        return page(
            "rulesets/checks.html", **heading(opened(services, policy, version), "checks"), proof=None
        )

    @pages.get("/<digest>")
    def prove(policy: str, version: str, digest: str) -> Response:
        one = opened(services, policy_name(policy), version)
        if digest != one.version.digest:
            return page("rulesets/checks.html", 409, **heading(one, "checks"), proof=None)
        proof = services.drafting.check(policy, version)[1]
        claims = sorted(proof.claims, key=lambda claim: (_ORDER.index(claim.status), claim.line))
        return page(
            "rulesets/checks.html",
            **heading(one, "checks"),
            proof=proof,
            claims=claims,
            statuses=STATUSES,
            told=lambda facts: facts_told(proof.ruleset, facts),
        )

    return pages


def facts_told(ruleset: Ruleset | None, facts: Facts | None) -> list[tuple[str, str]]:
    """A sample customer by what differs from the baseline."""
    if ruleset is None or facts is None:
        return []
    words = Words(ruleset)
    return [
        (words.labels[name], words.told(name, given))
        for name, given in facts.values.items()
        if name in ruleset.facts and given != ruleset.baseline.get(name)
    ]
