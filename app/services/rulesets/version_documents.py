"""Versions as JSON: where they stand, what they prove, their story; shapes stand in ``schemas.lifecycle``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.analysis.findings import Finding
from app.domain.instants import utc_text
from app.domain.lifecycle import State
from app.domain.versions import RulesetVersion
from app.services.rulesets.proving import Proof
from app.services.rulesets.versions import Chapter
from schemas.json_values import json_values


def standing_document(version: RulesetVersion) -> dict[str, Any]:
    """Where a version stands; ``authors`` are the names in the log of those who cannot approve it."""
    planned = version.scheduled_for
    return {
        "policy": version.policy,
        "version": version.version,
        "state": str(version.state),
        "since": utc_text(version.since),
        "scheduled_for": None if planned is None else utc_text(planned),
        "digest": version.digest,
        "authors": sorted(version.authors),
        "final": version.final,
    }


def versions_document(policy: str, versions: Iterable[RulesetVersion]) -> dict[str, Any]:
    """Every version of a policy, and the one in force."""
    known = list(versions)
    in_force = next((one.version for one in known if one.state is State.ACTIVE), None)
    return {"policy": policy, "in_force": in_force, "versions": [standing_document(one) for one in known]}


def checks_document(version: RulesetVersion, proof: Proof) -> dict[str, Any]:
    """What a version's text proves; ``rules`` and ``cases`` are null where it could not be read."""
    ruleset = proof.ruleset
    return {
        "policy": version.policy,
        "version": version.version,
        "digest": version.digest,
        "passed": not proof.errors,
        "errors": [_finding(one) for one in proof.errors],
        "warnings": [_finding(one) for one in proof.warnings],
        "rules": None if ruleset is None else ruleset.rule_count,
        "shown": proof.shown,
        "cases": None if ruleset is None else len(ruleset.cases),
        "runs": proof.runs,
    }


def history_document(policy: str, version: str, chapters: Iterable[Chapter]) -> dict[str, Any]:
    """The story of a version, oldest first."""
    return {"policy": policy, "version": version, "events": [_chapter(one) for one in chapters]}


def _chapter(one: Chapter) -> dict[str, Any]:
    event = one.event
    return {
        "id": str(event.id),
        "move": str(one.move),
        "state": str(event.state),
        "at": utc_text(event.at),
        "by": event.by,
        "digest": event.digest,
        "effective_from": None if event.effective_from is None else utc_text(event.effective_from),
        "made_from": one.made_from,
        "comment": one.comment,
        "comment_erased": one.erased,
    }


def _finding(one: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {"check": one.check, "detail": one.message, "line": one.line}
    if one.facts is not None:
        found |= {"facts": json_values(one.facts.values), "as_of": one.facts.as_of.isoformat()}
    return found
