"""Versions as JSON: where they stand, what they prove, their story; shapes stand in ``schemas.lifecycle``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.analysis.findings import Facts, Finding
from app.analysis.settled import Settled
from app.domain.instants import utc_text
from app.domain.lifecycle import State
from app.domain.versions import RulesetVersion
from app.services.rulesets.proving import Proof
from app.services.rulesets.versions import Chapter
from schemas.interchange.changes import Change, ChangeKind
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
        "claims": [_claim(one) for one in proof.claims],
        "rules": None if ruleset is None else ruleset.rule_count,
        "shown": proof.shown,
        "cases": None if ruleset is None else len(ruleset.cases),
        "runs": proof.runs,
    }


def merge_document(version: RulesetVersion, changes: Iterable[Change]) -> dict[str, Any]:
    """Where a version stands after tables were merged into it, and each change."""
    return {**standing_document(version), "changes": [change_document(one) for one in changes]}


def change_document(one: Change) -> dict[str, Any]:
    """One cell or row that became another; of a row that came, went or moved no column is told."""
    cell = one.kind is ChangeKind.CELL
    return {
        "kind": str(one.kind),
        "table": one.table,
        "row": one.row,
        "column": one.column if cell else None,
        "before": one.before if cell else None,
        "after": one.after if cell else None,
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
        "acknowledged": list(one.acknowledged),
    }


def _finding(one: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {"check": one.check, "detail": one.message, "line": one.line}
    return found if one.facts is None else found | _facts(one.facts)


def _claim(one: Settled) -> dict[str, Any]:
    return {
        "id": one.id,
        "check": one.check,
        "claim": one.claim,
        "line": one.line,
        "status": str(one.status),
        "shown_by": [_facts(facts) for facts in one.facts],
        "too_hard": list(one.too_hard),
        "tried": one.tried,
    }


def _facts(facts: Facts) -> dict[str, Any]:
    return {"facts": json_values(facts.values), "as_of": facts.as_of.isoformat()}
