"""durable_rules, the direct matcher and the plain meaning of the cells ..."""

from __future__ import annotations

from random import Random

import pytest

from app.domain.evaluation import Plan
from app.engine import direct
from app.engine.agreement import Engine
from app.engine.direct import DirectMatcher
from app.engine.durable import DurableMatcher
from tests.engine import campaign, generate
from tests.engine.campaign import PlainMatcher, plainly

EVALUATIONS, SEEDS = 1_250, 8


@pytest.mark.parametrize("seed", range(SEEDS))
def test_say_the_same_of_random_rulesets_at_their_thresholds(seed: int) -> None:
    tally = campaign.run(EVALUATIONS, seed)
    assert tally.differences == []
    assert tally.evaluations == EVALUATIONS
    assert tally.held > EVALUATIONS, "facts that meet no rule prove nothing"


def test_differ_visibly_when_one_of_them_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    right = direct._spans
    monkeypatch.setattr(direct, "_spans", lambda test: right(test)[:1])  # forgets all but one alternative
    assert campaign.run(1_000, seed=1).differences


@pytest.mark.parametrize("seed", range(6))
def test_say_the_same_of_every_row_of_a_table_of_500(seed: int) -> None:
    rnd = Random(seed)
    ruleset = generate.ruleset(rnd, rules=500)
    step = ruleset.match_steps[0]
    durable, direct_ = DurableMatcher(ruleset), DirectMatcher(ruleset)
    for _ in range(60):
        values = generate.values_for(rnd, ruleset)
        assert durable.holding(0, values) == direct_.holding(0, values) == plainly(step, values)


def test_say_the_same_when_everything_is_unknown() -> None:
    for seed in range(150):
        ruleset = generate.ruleset(Random(seed))
        values = dict.fromkeys(ruleset.types)
        expected = plainly(ruleset.match_steps[0], values)
        assert DurableMatcher(ruleset).holding(0, values) == expected
        assert DirectMatcher(ruleset).holding(0, values) == expected


@pytest.mark.parametrize("seed", range(25))
def test_lead_a_whole_walk_to_the_same_decision(seed: int) -> None:
    rnd = Random(seed)
    ruleset = generate.ruleset(rnd, steps=4)
    plan, engine, plain = Plan(ruleset), Engine(ruleset), PlainMatcher(ruleset)
    for _ in range(20):
        facts = generate.facts_for(rnd, ruleset)
        decided = plan.evaluate(engine.matcher, facts, generate.TODAY)
        assert decided == plan.evaluate(plain, facts, generate.TODAY)
        assert decided == plan.evaluate(engine.direct, facts, generate.TODAY)
