"""What is found of damaged rulesets, as officers read it: ``python -m tests.analysis.found_damages``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from random import Random

from app.analysis.comparison.cases import Side
from app.analysis.comparison.meaning_wording import region_said
from app.analysis.comparison.regions import Region, Search
from app.analysis.symbolic.asking import Questions
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.direct import DirectMatcher
from tests.analysis.damages import Damage, damages
from tests.analysis.tables import claimed
from tests.shipped import RULESETS as FILES

NAMED, HARMLESS, MISSED = "named", "harmless", "missed"


@dataclass(frozen=True)
class Found:
    """``verdict`` on one damage, and what is ``said`` of it; harmless is what is proved to mean the same."""

    damage: Damage
    verdict: str
    said: str


@cache
def questions(policy: str) -> Questions:
    """One encoding of a shipped ruleset, for all its damages."""
    return Questions(FILES[policy])


def side(ruleset: Ruleset) -> Side:
    return Side(Plan(ruleset), DirectMatcher(ruleset), lambda facts: facts)


def found(policy: str, damage: Damage) -> Found:
    """Shown by facts that both versions decided; where they mean the same, by what its check says."""
    before = FILES[policy]
    search = Search(questions(policy), side(before), side(damage.ruleset))
    region = next(search.regions(), None)
    if region is not None:
        verdict = NAMED if names(region, damage) else MISSED
        return Found(damage, verdict, region_said(region, before, damage.ruleset, "en"))
    for one in claimed(damage.ruleset):
        if f"`{damage.rule}" in one.message or f"`{damage.step}`" in one.message:
            return Found(damage, NAMED, one.message)
    return Found(damage, HARMLESS if search.complete else MISSED, "means the same, proven")


def names(region: Region, damage: Damage) -> bool:
    """The rule counts in one version alone; or it counts in both, and what it gives shows further on."""
    assert region.before != region.after
    counted = any(one.endswith(f"/{damage.rule}") for one in (*region.gone, *region.new, *region.clashing))
    return counted or damage.kind in ("gives", "outcome", "swap", "nest")


def damaged(policy: str, most: int) -> list[Found]:
    """Damages until so many were named, with all that were drawn beside."""
    answers: list[Found] = []
    for one in damages(FILES[policy], Random(policy), 3 * most):
        answers.append(found(policy, one))
        if sum(each.verdict == NAMED for each in answers) == most:
            break
    return answers


def main() -> int:
    """Ten of each shipped ruleset, printed; 1 when one was missed or there were fewer."""
    wrong = 0
    for policy in FILES:
        answers = damaged(policy, 10)
        named = sum(one.verdict == NAMED for one in answers)
        wrong += named < 10 or any(one.verdict == MISSED for one in answers)
        print(f"{policy}: {named} damages named")
        for one in answers:
            print(f"  {one.damage.called} in {one.damage.step} ({one.verdict}): {one.said}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
