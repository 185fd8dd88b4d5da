"""When an engine is wrong or fails, the decision ..."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import xor
from pathlib import Path
from typing import Any

import durable_rules_engine
import pytest

from app.domain.decision import Evaluation
from app.domain.declarations import OutcomeKind
from app.domain.evaluation import Plan
from app.domain.matching import ENGINE_DISAGREEMENT, ENGINE_FAILED, Matcher, NoAnswer
from app.domain.unary_tests import Compare, UnaryTest
from app.domain.values import Values
from app.engine import direct, durable, ranks
from app.engine.agreement import AgreeingMatcher, Engine
from app.engine.direct import DirectMatcher
from app.engine.durable import DurableMatcher
from schemas.ruleset import load

RULESET = load((Path(__file__).parents[1] / "rulesets" / "example.yaml").read_bytes())
PLAN = Plan(RULESET)
FACTS = {**RULESET.baseline, "requested_net_days": 120}  # one row and one rule hold
AT_THE_BOUND = {**RULESET.baseline, "requested_net_days": 90}  # the rule says > 90
ROWS, RULES = 0, 1


def decided(matcher: Matcher, facts: Values = FACTS) -> Evaluation:
    return PLAN.evaluate(matcher, facts, RULESET.baseline_as_of)


def agreeing(first: Matcher, second: Matcher) -> Matcher:
    return AgreeingMatcher(first, second, RULESET.match_steps)


def assert_is_referred(evaluation: Evaluation, code: str) -> None:
    assert RULESET.outcome(evaluation.outcome).kind is OutcomeKind.REFERRAL
    assert [one.code for one in evaluation.reasons] == [code]
    assert evaluation.failure is not None
    assert evaluation.outputs == {}
    assert not any(one.effective or one.decisive or one.effect for one in evaluation.fired)


class Altered:
    """An engine of which one answer is altered on its way out."""

    def __init__(self, matcher: Matcher, step: int, change: Callable[[int], int]) -> None:
        self._matcher, self._step, self._change = matcher, step, change

    def holding(self, step: int, values: Values) -> int:
        mask = self._matcher.holding(step, values)
        return self._change(mask) if step == self._step else mask


class Failing:
    """An engine that breaks with an error that nobody foresaw."""

    def holding(self, step: int, values: Values) -> int:
        raise ZeroDivisionError(f"a fault at step {step} of {len(values)} values")


class Meddled:
    """The C module of durable_rules with some of its functions meddled with."""

    def __init__(self) -> None:
        self.instead: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return self.instead.get(name) or getattr(durable_rules_engine, name)


@pytest.fixture
def meddled(monkeypatch: pytest.MonkeyPatch) -> Meddled:
    module = Meddled()
    monkeypatch.setattr(durable, "rete", module)
    return module


def test_stands_when_both_agree() -> None:
    evaluation = decided(Engine(RULESET).matcher)
    assert evaluation.failure is None
    assert [one.id for one in evaluation.fired] == [
        "base-terms/best-within-limit",
        "safeguards/term-too-long",
    ]


@pytest.mark.parametrize("step", [ROWS, RULES])
@pytest.mark.parametrize("wrong", ["durable_rules", "direct"])
def test_is_a_referral_for_any_one_wrong_bit(step: int, wrong: str) -> None:
    for number, rule in enumerate(RULESET.match_steps[step].rules):
        engines: list[Matcher] = [DurableMatcher(RULESET), DirectMatcher(RULESET)]
        which = 0 if wrong == "durable_rules" else 1
        engines[which] = Altered(engines[which], step, partial(xor, 1 << number))
        evaluation = decided(agreeing(*engines))
        assert_is_referred(evaluation, ENGINE_DISAGREEMENT)
        assert evaluation.failure is not None
        assert rule.id in evaluation.failure.detail


@pytest.mark.parametrize(
    "change", [lambda mask: mask | 1 << 40, lambda mask: ~mask], ids=["beyond", "negative"]
)
def test_is_a_referral_when_both_name_rules_that_do_not_exist(change: Callable[[int], int]) -> None:
    engines = [Altered(one, RULES, change) for one in (DurableMatcher(RULESET), DirectMatcher(RULESET))]
    assert_is_referred(decided(agreeing(*engines)), ENGINE_DISAGREEMENT)


def test_is_a_referral_when_durable_rules_is_off_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ranks._places

    def inclusive(test: UnaryTest, place_of: Any, last: int) -> int:
        return right(_or_equal(test), place_of, last)

    assert decided(Engine(RULESET).matcher, AT_THE_BOUND).failure is None
    monkeypatch.setattr(ranks, "_places", inclusive)
    assert_is_referred(decided(Engine(RULESET).matcher, AT_THE_BOUND), ENGINE_DISAGREEMENT)


def test_is_a_referral_when_the_direct_matcher_is_off_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    right = direct._spans
    monkeypatch.setattr(direct, "_spans", lambda test: right(_or_equal(test)))
    assert_is_referred(decided(Engine(RULESET).matcher, AT_THE_BOUND), ENGINE_DISAGREEMENT)


def _or_equal(test: UnaryTest) -> UnaryTest:
    """The test with its < and > read as <= and >=."""
    return UnaryTest(
        tuple(
            Compare(f"{one.operator}=", one.endpoint)
            if isinstance(one, Compare) and one.operator in "<>"
            else one
            for one in test.alternatives
        ),
        test.negated,
    )


def test_is_a_referral_when_an_engine_breaks() -> None:
    assert_is_referred(decided(agreeing(Failing(), DirectMatcher(RULESET))), ENGINE_FAILED)
    assert_is_referred(decided(agreeing(DurableMatcher(RULESET), Failing())), ENGINE_FAILED)


def test_is_a_referral_when_a_value_has_a_type_that_it_cannot_have() -> None:
    matcher = Engine(RULESET).matcher
    values = {**AT_THE_BOUND, "prepayment": "much", "utilisation": "much"}
    with pytest.raises(NoAnswer, match=ENGINE_FAILED):
        matcher.holding(RULES, values)


FAULTS: dict[str, dict[str, Any]] = {
    "swallows the sentinel": {
        "complete_and_start_action": lambda *asked: _unless_last(
            durable_rules_engine.complete_and_start_action(*asked)
        )
    },
    "says nothing at all": {"start_action_for_state": lambda *asked: None},
    "says everything twice": {"complete_and_start_action": lambda *asked: '{"000":{}}'},
    "names an unknown rule": {"complete_and_start_action": lambda *asked: '{"xyz":{}}'},
    "did not handle the fact": {"assert_fact": lambda *asked: (1, 1)},
    "had seen the fact before": {"assert_fact": lambda *asked: (2, 1)},
    "deferred the fact": {"assert_fact": lambda *asked: (3, 1)},
    "keeps the fact": {"retract_fact": lambda *asked: (2, 1)},
    "cannot read the fact": {
        "assert_fact": lambda handle, fact: durable_rules_engine.assert_fact(handle, fact[:-1])
    },
    "lost its handle": {"assert_fact": lambda handle, fact: durable_rules_engine.assert_fact(131_000, fact)},
}


def _unless_last(message: str | None) -> str | None:
    return None if message is None or message[2:5] == "end" else message


@pytest.mark.parametrize("fault", FAULTS)
def test_is_a_referral_when_durable_rules(fault: str, meddled: Meddled) -> None:
    matcher = Engine(RULESET).matcher
    meddled.instead = FAULTS[fault]
    assert_is_referred(decided(matcher), ENGINE_FAILED)
    assert_is_referred(decided(matcher), ENGINE_FAILED)
    meddled.instead = {}
    assert decided(matcher).failure is None, "new handles are built for the next question"
