"""Decisions as lines of a list: what was asked for whom, and how it came out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

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


def lines(services: Services, found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Opened decisions with what a line says: customer and reference are None where it was erased."""
    return [_line(services, one) for one in found]


def _line(services: Services, one: Mapping[str, Any]) -> dict[str, Any]:
    ruleset = services.policies.by_digest(one["ruleset"]["digest"]).ruleset
    answer = one["answer"] or {}
    return {
        **one,
        "title": ruleset.title,
        "outcome_label": ruleset.outcome(one["outcome"]).label,
        "customer": answer.get("customer"),
        "reference": answer.get("reference"),
        "outputs": answer.get("outputs", {}),
        "erased": not answer,
    }
