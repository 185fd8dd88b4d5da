"""A shipped policy that is damaged in ten ways: each is found, named and shown by facts."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from app.analysis.comparison.cases import Side
from app.analysis.comparison.regions import Region, Search
from app.analysis.symbolic.asking import Questions
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.engine.direct import DirectMatcher
from app.services.rulesets.publishing import read_folder
from app.settings import SHIPPED_RULESETS
from tests.analysis.damages import Damage, damages
from tests.analysis.tables import claimed

FILES = {one.ruleset.policy: one.ruleset for one in read_folder(SHIPPED_RULESETS)}
NAMED, HARMLESS, MISSED = "named", "harmless", "missed"


@cache
def questions(policy: str) -> Questions:
    return Questions(FILES[policy])


def side(ruleset: Ruleset) -> Side:
    return Side(Plan(ruleset), DirectMatcher(ruleset), lambda facts: facts)


def found(policy: str, damage: Damage) -> str:
    """Whether geometry or facts name the rule or its step; harmless is what is proved to mean the same."""
    told = [one.message for one in claimed(damage.ruleset)]
    if any(f"`{damage.rule}" in one or f"`{damage.step}`" in one for one in told):
        return NAMED
    search = Search(questions(policy), side(FILES[policy]), side(damage.ruleset))
    region = next(search.regions(), None)
    if region is None:
        return HARMLESS if search.complete else MISSED
    return NAMED if names(region, damage) else MISSED


def names(region: Region, damage: Damage) -> bool:
    """The rule counts in one version alone; or it counts in both, and what it gives shows further on."""
    assert region.before != region.after
    counted = any(one.endswith(f"/{damage.rule}") for one in (*region.gone, *region.new))
    return counted or damage.kind in ("gives", "outcome", "swap", "nest")


def damaged(policy: str, most: int) -> dict[str, str]:
    """So many damages that were named, and all that were drawn beside."""
    answers: dict[str, str] = {}
    for one in damages(FILES[policy], Random(policy), 3 * most):
        answers[one.called] = found(policy, one)
        if list(answers.values()).count(NAMED) == most:
            break
    return answers


def check(policy: str, most: int) -> None:
    answers = damaged(policy, most)
    assert [one for one, answer in answers.items() if answer == MISSED] == []
    assert list(answers.values()).count(NAMED) == most


@pytest.mark.parametrize("policy", FILES)
def test_shows_every_damage(policy: str) -> None:
    check(policy, 2)


@pytest.mark.long
@pytest.mark.parametrize("policy", FILES)
def test_shows_ten_damages(policy: str) -> None:
    check(policy, 10)
