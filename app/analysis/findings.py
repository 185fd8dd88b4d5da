"""Findings: what a ruleset does not prove, or proves against itself, in the officer's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.domain.ruleset import Ruleset
from app.domain.values import Values

OVERLAPS, GAPS, DEAD_RULES = "overlaps", "gaps", "dead_rules"


class Severity(StrEnum):
    """An error bars a ruleset from being submitted; a warning must be looked at."""

    ERROR = "error"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Facts:
    """Complete facts and the day on which they show what a finding says, run through the real chain."""

    values: Values = field(hash=False)
    as_of: date


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a ruleset does not prove; ``line`` is where to look first."""

    check: str
    message: str
    line: int
    severity: Severity = Severity.ERROR
    facts: Facts | None = None


def severity_of(ruleset: Ruleset, check: str, *, proven: bool) -> Severity | None:
    """How grave a finding of ``check`` is, by what the ruleset asks for; None where it asks for none.

    What was neither proved nor shown by facts is never an error: it may be
    impossible, for reasons that lie in other steps.
    """
    asked = ruleset.checks.get(check, "error")
    if asked == "off":
        return None
    return Severity.ERROR if proven and asked == "error" else Severity.WARN
