"""Decisions as lines of a list: what was asked for whom, and how it came out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from app.domain.access import View
from app.domain.audit import Erased
from app.domain.declarations import OutcomeKind
from app.services.assembly import Services
from app.web.pages.language import N_

KINDS: Mapping[str, str] = {
    OutcomeKind.FAVOURABLE.value: N_("granted"),
    OutcomeKind.CONDITIONAL.value: N_("on other terms"),
    OutcomeKind.INCOMPLETE.value: N_("something is missing"),
    OutcomeKind.REFERRAL.value: N_("a person decides"),
    OutcomeKind.ADVERSE.value: N_("refused"),
}


def lines(
    services: Services, found: Iterable[Mapping[str, Any]], visible_to: str | None, view: View
) -> list[dict[str, Any]]:
    """Summaries of a search with what stands sealed: customer and reference, None where it was erased."""
    return [_line(services, one, visible_to, view) for one in found]


def _line(
    services: Services, summary: Mapping[str, Any], visible_to: str | None, view: View
) -> dict[str, Any]:
    ruleset = services.policies.by_digest(summary["ruleset"]["digest"]).ruleset
    try:
        opened = services.auditing.decision(UUID(summary["id"]), visible_to, view)
    except Erased:
        opened = {}
    return {
        **summary,
        "title": ruleset.title,
        "outcome_label": ruleset.outcome(summary["outcome"]).label,
        "customer": opened.get("customer"),
        "reference": opened.get("reference"),
        "outputs": opened.get("outputs", {}),
        "erased": not opened,
    }
