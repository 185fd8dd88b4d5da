"""The cases of a version in words, and whether each comes out as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.ruleset import Case, Ruleset
from app.services.assembly import Services
from app.web.pages.answering import page
from app.web.pages.language import language
from app.web.pages.page import Page
from app.web.pages.rulesets.reading import heading, opened, whole
from app.web.pages.rulesets.words import Words

PAGES = (Page("GET /rulesets/{policy}/{version}/cases", Action.READ_VERSION),)
SHOWN = 60


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/<version>/cases``."""
    pages = Blueprint("cases", __name__, url_prefix="/rulesets/<policy>/<version>/cases")

    @pages.get("")
    def show(policy: str, version: str) -> Response:
        one = opened(services, policy, version)
        after = whole(request.args.get("after"))
        cases: tuple[Case, ...] = ()
        failed: dict[int, tuple[str, ...]] = {}
        shown: list[dict[str, Any]] = []
        if one.ruleset is not None:
            cases = one.ruleset.cases
            came = zip(cases, services.editing.results(one.version) or (), strict=True)
            failed = {case.line: result.why for case, result in came if result.why}
            shown = list(_told(one.ruleset, cases[after : after + SHOWN]))
        return page(
            "rulesets/cases.html",
            **heading(one, "cases"),
            cases=shown,
            failed=failed,
            number=len(cases),
            next=after + SHOWN if after + SHOWN < len(cases) else 0,
            after=after,
        )

    return pages


def _told(ruleset: Ruleset, cases: tuple[Case, ...]) -> Iterator[dict[str, Any]]:
    """Cases in words: what is given otherwise than in the baseline, and what is expected."""
    words = Words(ruleset)
    separator = "、" if language() == "zh" else ", "
    for one in cases:
        yield {
            "case": one,
            "given": [(words.labels[name], words.told(name, given)) for name, given in one.given.items()],
            "outcome": None if one.outcome is None else ruleset.outcome(one.outcome),
            "reasons": [words.reason(code) for code in one.reasons or ()],
            "values": [(words.labels[name], words.told(name, given)) for name, given in one.values.items()],
            "fired": separator.join(one.fired),
            "not_fired": separator.join(one.not_fired),
        }
