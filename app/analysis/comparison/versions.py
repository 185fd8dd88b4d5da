"""The whole comparison of two versions: changes, what follows, the text, and cases answered otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis.comparison.cases import CaseDifference
from app.analysis.comparison.changes import Change, Effect
from app.analysis.comparison.comparing import changes
from app.analysis.comparison.effects import Effects
from app.analysis.comparison.lines import Hunk, Line, hunks, unexplained
from app.analysis.comparison.parts import Structure
from app.domain.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Version:
    """One side: the ruleset, its text, and the text as structure."""

    ruleset: Ruleset
    text: str
    structure: Structure


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs. ``text_only`` are changed lines that ``changes`` does not explain."""

    before: Ruleset
    after: Ruleset
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    hunks: tuple[Hunk, ...]
    text_only: tuple[Line, ...]
    cases: tuple[CaseDifference, ...] = ()


def compare(before: Version, after: Version) -> Comparison:
    """Set two versions side by side; the same text differs in nothing."""
    found = changes(before.structure, after.structure)
    effects = Effects(before.ruleset, after.ruleset).found(found, after.structure)
    lines = hunks(before.text, after.text)
    return Comparison(before.ruleset, after.ruleset, found, effects, lines, unexplained(lines, found))
