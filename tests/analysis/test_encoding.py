"""The encoding of a ruleset says of any facts what the engines say ..."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from app.analysis.findings import Facts
from app.analysis.search.chain import Chain, Run
from app.analysis.search.points import Points
from app.analysis.search.reading import Reading
from app.analysis.symbolic.asking import Questions
from app.analysis.symbolic.evaluating import Evaluated, assigned, below_symbols
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.domain.values import Kind
from app.engine.agreement import Engine
from tests.analysis.chains import every_fact, made
from tests.shipped import RULESETS as FILES


class Told:
    """An encoding, asked what it says of given facts."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.whole = Questions(ruleset).whole
        terms = [self.whole.failed, *self.whole.outcome.chosen.values(), *self.whole.domain]
        terms += [term for one in self.whole.steps for term in (one.alive, *one.holds, *one.effective)]
        self.terms = [*terms, *below_symbols(self.whole.names.values())]

    def differences(self, run: Run) -> Iterator[str]:
        whole, evaluation = self.whole, run.evaluation
        at = Evaluated(self.terms, assigned(self.ruleset, run.facts))
        if not all(map(at.truth, whole.domain)):
            yield "facts"
        if at.truth(whole.failed) is not (evaluation.failure is not None):
            yield "failure"
        if [word for word, term in whole.outcome.chosen.items() if at.truth(term)] != [evaluation.outcome]:
            yield "outcome"
        for one in whole.steps:
            if at.truth(one.alive) is not (one.number in run.rows):
                yield f"whether {one.step.id} is reached"
            elif at.truth(one.alive):
                rows = sum(1 << i for i, term in enumerate(one.holds) if at.truth(term))
                if rows != run.rows[one.number]:
                    yield f"the rules of {one.step.id}"
        if evaluation.failure is None:
            effective = {one.rule.id for one in evaluation.fired if one.effective}
            for one in whole.steps:
                for rule, term in zip(one.step.rules, one.effective, strict=True):
                    if at.truth(term) is not (rule.id in effective):
                        yield f"whether {rule.id} counts"
            for name, value in {**evaluation.outputs, **evaluation.derived}.items():
                kind = self.ruleset.types[name]
                expected = "text" if kind.kind is Kind.TEXT and value is not None else value
                if at.value(whole.names[name], kind) != expected:
                    yield name


@pytest.mark.parametrize("policy", FILES)
def test_of_a_shipped_policy(policy: str) -> None:
    ruleset, rnd = FILES[policy], Random(policy)
    told, points = Told(ruleset), Points(Reading(ruleset))
    with Engine(ruleset) as engine:
        chain = Chain(Plan(ruleset), engine.matcher)
        for _ in range(40):
            run = chain.run(points.near(rnd))
            assert list(told.differences(run)) == [], run.facts


@pytest.mark.parametrize("seed", range(12))
def test_of_a_ruleset_made_at_random(seed: int) -> None:
    rnd = Random(seed)
    ruleset = made(rnd)
    told, every = Told(ruleset), list(every_fact())
    with Engine(ruleset) as engine:
        chain = Chain(Plan(ruleset), engine.matcher)
        for facts in rnd.sample(every, 100):
            assert list(told.differences(chain.run(facts))) == [], facts


@pytest.mark.parametrize("policy", FILES)
def test_finds_facts_on_which_rules_count(policy: str) -> None:
    """Some rules of each policy: what the solver finds is what the engines say."""
    ruleset, questions = FILES[policy], Questions(FILES[policy])
    numbered = [(one, i) for one in questions.whole.steps for i in range(len(one.step.rules))]
    with Engine(ruleset) as engine:
        chain = Chain(Plan(ruleset), engine.matcher)
        for one, i in Random(policy).sample(numbered, 4):
            facts = questions.possible(questions.whole.fires(one.number, i)).facts
            assert facts is not None
            assert rule_counts(chain.run(facts), one.step.rules[i].id)


def rule_counts(run: Run, rule: str) -> bool:
    return any(one.effective and one.rule.id == rule for one in run.evaluation.fired)


def test_answers_the_same_question_with_the_same_facts() -> None:
    ruleset = FILES["payment-terms"]
    answers = []
    for _ in range(2):
        questions = Questions(ruleset)
        facts = questions.possible(questions.whole.outcome.chosen["refuse"]).facts
        assert isinstance(facts, Facts)
        answers.append(facts.values)
    assert answers[0] == answers[1]
