"""How a policy is used: answers week by week, and how often each rule applied and was overridden.

Every decision of the weeks that are shown is counted, whatever version answered.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, Response

from app.domain.access import Action
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.services.decisions.usage import Fired, Use
from app.web.answers import policy_name
from app.web.pages.answering import page, zone
from app.web.pages.page import Page
from app.web.pages.rulesets import weeks
from app.web.pages.rulesets.words import Words

PAGES = (Page("GET /rulesets/{policy}/use", Action.COUNT_OVERRIDES),)


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/use``."""
    pages = Blueprint("using", __name__, url_prefix="/rulesets/<policy>/use")

    @pages.get("")
    def show(policy: str) -> Response:
        ruleset = services.policies.in_force(policy_name(policy), services.deciding.now()).ruleset
        number = weeks.asked()
        use = services.usage.of(policy, number, zone())
        kinds = [(one.id, str(one.kind)) for one in ruleset.outcomes]
        shown = [[(kind, week.outcomes[id]) for id, kind in kinds] for week in use.weeks]
        return page(
            "rulesets/use.html",
            policy=policy,
            ruleset=ruleset,
            use=use,
            number=number,
            spans=weeks.SPANS,
            bars=list(weeks.bars(shown)),
            size=(weeks.WIDTH, weeks.HEIGHT),
            rules=_rules(ruleset, use),
        )

    return pages


def _rules(ruleset: Ruleset, use: Use) -> list[dict[str, Any]]:
    """Every rule of what is in force, the most frequent first; the others in the order of the text."""
    words, fired, overridden = Words(ruleset), _by_rule(use.fired), _by_rule(use.overridden)
    found = [
        {
            "name": f"{step.id}/{rule.id}",
            "rule": rule,
            "said": words.rule(rule, step),
            "fired": fired[f"{step.id}/{rule.id}"],
            "overridden": overridden[f"{step.id}/{rule.id}"],
        }
        for step in ruleset.match_steps
        for rule in step.rules
    ]
    return sorted(found, key=lambda one: -one["fired"])


def _by_rule(counted: Fired) -> Counter[str]:
    """The same of whatever version."""
    found: Counter[str] = Counter()
    for rules in counted.values():
        found.update(rules)
    return found
