"""What a ruleset file proves about itself, as lines to print."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.analysis.findings import Finding
from app.analysis.settled import Settled, Status
from app.domain.errors import Invalid
from app.domain.ruleset import Ruleset
from app.services.rulesets.boundary_cases import coverage
from app.services.rulesets.proving import prove
from app.services.rulesets.publishing import read_file


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file: ``findings`` bar it from approval, ``warnings`` are to be looked at.

    Both are lines to print. ``shown`` rules were effective on some facts, out of ``runs`` that were tried.
    ``covered`` says what rules and thresholds the cases touch.
    """

    path: Path
    findings: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    ruleset: Ruleset | None = None
    shown: int = 0
    runs: int = 0
    claims: tuple[Settled, ...] = ()
    covered: str = ""


def check(path: Path, expected: tuple[str, str] | None, samples: int, advance: Callable[[], None]) -> Checked:
    """Check one file; ``expected`` are the policy and version that its name promises. Raises ``OSError``."""
    try:
        ruleset = read_file(path, expected).ruleset
    except Invalid as error:
        return Checked(path, tuple(one.message for one in error.problems) or (error.message,))
    proof = prove(ruleset, samples, advance)
    errors, warnings = _lines(path, proof.errors), _lines(path, proof.warnings)
    checked = Checked(path, errors, warnings, ruleset, proof.shown, proof.runs, proof.claims)
    with suppress(Invalid):  # what no engine carries is among the errors
        return replace(checked, covered=coverage(ruleset).said())
    return checked


def _lines(path: Path, found: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(f"{path}:{one.line}: {one.message}" for one in found)


def said_status(one: Settled) -> str:
    """How a claim stands, in words."""
    return str(one.status).replace("_", " ")


def claims_said(claims: tuple[Settled, ...]) -> str:
    """How many claims there are, and of what is not proven how many."""
    parts = [f"{len(claims)}"]
    for status in (Status.REFUTED, Status.NOT_SETTLED):
        number = sum(one.status is status for one in claims)
        if number:
            parts.append(f"{number} {str(status).replace('_', ' ')}")
    return ", ".join(parts) if len(parts) > 1 else f"{len(claims)} proven"
