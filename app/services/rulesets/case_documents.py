"""Cases of a ruleset as JSON: what they cover, and what is proposed; shapes stand in ``schemas.cases``."""

from __future__ import annotations

from typing import Any

from app.analysis.cases.coverage import CaseCoverage
from app.analysis.cases.finding import Unreached
from app.analysis.cases.proposing import Proposal, Proposed
from app.analysis.cases.threshold import Side, Threshold
from app.analysis.cases.wording import place_of, test_of, unreached_said
from app.domain.ruleset import Case, Ruleset
from app.domain.values import Text
from app.domain.versions import RulesetVersion
from schemas.interchange.cases_text import case_text
from schemas.json_values import json_values


def cases_document(
    version: RulesetVersion, ruleset: Ruleset, made: Proposal, language: str | None
) -> dict[str, Any]:
    """The cases of a version with what each covers, and the proposed ones."""
    return {
        "policy": version.policy,
        "version": version.version,
        "digest": version.digest,
        "coverage": coverage_document(made.coverage),
        "cases": [{"name": one.name, "line": one.line, **_case(one)} for one in ruleset.cases],
        **proposal_document(ruleset, made, language),
    }


def coverage_document(found: CaseCoverage) -> dict[str, Any]:
    """Rules and threshold sides by the names of the cases that cover them; of ``beyond`` sides null."""
    return {
        "rules": len(found.rules),
        "rules_covered": found.rules_covered,
        "sides": len(found.sides),
        "sides_covered": found.sides_covered,
        "by_rule": [{"rule": name, "cases": list(several)} for name, several in found.rules.items()],
        "thresholds": [
            {**_threshold(one), "below": _names(found, i, False), "above": _names(found, i, True)}
            for i, one in enumerate(found.thresholds)
        ],
    }


def proposal_document(ruleset: Ruleset, made: Proposal, language: str | None) -> dict[str, Any]:
    """The proposed cases, and the sides that none was found for."""
    several = made.coverage.thresholds
    return {
        "proposed": [_proposed(ruleset, several, one, language) for one in made.proposed],
        "unreached": [_unreached(several, one, language) for one in made.unreached],
        "runs": made.runs,
    }


def _names(found: CaseCoverage, threshold: int, above: bool) -> list[str] | None:
    side = Side(threshold, above)
    return None if side in found.beyond else list(found.sides[side])


def _threshold(one: Threshold) -> dict[str, Any]:
    return {"of": place_of(one), "test": test_of(one), "line": one.line}


def _proposed(
    ruleset: Ruleset, several: tuple[Threshold, ...], one: Proposed, language: str | None
) -> dict[str, Any]:
    return {
        "name": _said(one.name, language),
        "base": one.base,
        "changes": list(one.changes),
        **_case(one.case),
        "touches": [
            {**_threshold(several[side.threshold]), "side": "above" if side.above else "below"}
            for side in one.sides
        ],
        "text": case_text(ruleset, one.case, one.name.said_in(language or "en")),
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "given": json_values(case.given),
        "as_of": case.as_of.isoformat(),
        "expect": {
            "outcome": case.outcome,
            "reasons": None if case.reasons is None else list(case.reasons),
            "values": json_values(case.values),
            "fired": list(case.fired),
            "not_fired": list(case.not_fired),
        },
    }


def _unreached(several: tuple[Threshold, ...], one: Unreached, language: str | None) -> dict[str, Any]:
    return {
        **_threshold(several[one.side.threshold]),
        "side": "above" if one.side.above else "below",
        "why": str(one.why),
        "too_hard": list(one.too_hard),
        "said": _said(unreached_said(several, one), language),
    }


def _said(text: Text, language: str | None) -> Any:
    return {"en": text.en, "zh": text.zh} if language is None else text.said_in(language)
