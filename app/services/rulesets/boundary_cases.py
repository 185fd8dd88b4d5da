"""Boundary cases: what the cases of a ruleset cover, and the cases proposed for the rest, by both engines."""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis.cases.coverage import CaseCoverage, covered
from app.analysis.cases.proposing import Proposal, propose
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.domain.versions import RulesetVersion
from app.engine.agreement import Engine
from app.services.remembering import Remembered
from app.services.rulesets.versions import Versions
from app.store.rulesets import Rulesets
from schemas.ruleset import load

MOST_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Covered:
    """A ruleset with what its cases cover and what is proposed besides."""

    ruleset: Ruleset
    proposal: Proposal


class BoundaryCases:
    """Proposes cases for stored texts, each once: an answer is by digest, and never comes out otherwise.

    One text at a time, while others wait: it takes seconds of a core.
    """

    def __init__(self, rulesets: Rulesets, versions: Versions) -> None:
        self._rulesets = rulesets
        self._versions = versions
        self._known: Remembered[str, Covered] = Remembered(MOST_REMEMBERED, self._made)

    def of(self, policy: str, version: str) -> tuple[RulesetVersion, Covered]:
        """The cases of a version, and those that are missing. Raises ``NotFound``, and ``Invalid`` while its
        text does not load.
        """
        found = self._versions.one(policy, version)
        return found, self._known.get(found.digest)

    def _made(self, digest: str) -> Covered:
        ruleset = load(self._rulesets.text(digest))
        return Covered(ruleset, proposed(ruleset, missing=True))


def proposed(ruleset: Ruleset, *, missing: bool) -> Proposal:
    """Cases for every threshold of a ruleset, or for those sides alone that no case of it touches."""
    with Engine(ruleset) as engine:
        return propose(Plan(ruleset), engine.matcher, missing=missing)


def coverage(ruleset: Ruleset) -> CaseCoverage:
    """What the cases of a ruleset cover."""
    with Engine(ruleset) as engine:
        return covered(Plan(ruleset), engine.matcher)
