"""The shipped rulesets load, prove their examples in both engines, and leave no rule or outcome unreached."""

from __future__ import annotations

import pytest

from app.analysis.examples import run_samples
from app.domain.declarations import OutcomeKind
from app.domain.evaluation import Plan
from app.domain.rules import RuleList
from app.engine.agreement import Engine
from app.services.rulesets.publishing import changed_history, published
from app.settings import SHIPPED_RULESETS
from tests import shipped

FILES = {f"{one.ruleset.policy} {one.ruleset.version}": one for one in shipped.FILES}


@pytest.fixture(params=FILES)
def file(request):
    return FILES[request.param]


def test_published_texts_are_never_edited():
    assert changed_history(SHIPPED_RULESETS) == []


def test_every_shipped_text_is_published():
    names = {f"{one.path.parent.name}/{one.path.name}" for one in FILES.values()}
    assert names == set(published(SHIPPED_RULESETS))


def test_the_four_policies_of_the_mission_and_their_siblings_are_there():
    policies = {one.ruleset.policy for one in FILES.values()}
    assert policies >= {
        "credit-approval",
        "payment-terms",
        "limit-adjustment",
        "collections-escalation",
        "collections-s0-body",
        "collections-s0-faq",
        "collections-s3-strict",
        "collections-s4",
        "insurance-advice",
        "concentration",
        "approval-authority",
    }


def test_every_example_and_case_holds_and_reaches_every_rule_and_outcome(file):
    engine = Engine(file.ruleset)
    findings, coverage = run_samples(Plan(file.ruleset), engine.matcher)
    engine.close()
    assert [one.message for one in findings] == []
    listed = {rule.id for step in file.ruleset.steps if isinstance(step, RuleList) for rule in step.rules}
    assert listed - coverage.rules == set()
    assert {one.id for one in file.ruleset.outcomes} - coverage.outcomes == set()


def test_every_rule_of_a_list_shows_where_it_fires_and_where_it_does_not(file):
    without = [
        rule.id
        for step in file.ruleset.steps
        if isinstance(step, RuleList)
        for rule in step.rules
        if rule.fires_on is None or rule.not_on is None
    ]
    assert without == []


def test_no_favourable_outcome_needs_less_than_a_person_when_it_raises_a_limit(file):
    """Only steps that are safe for people are automatic: what a person must confirm says so."""
    for outcome in file.ruleset.outcomes:
        if outcome.id in ("increase", "extend", "decrease", "cancel"):
            assert outcome.confirm
        if outcome.kind is OutcomeKind.REFERRAL:
            assert not outcome.confirm


def test_both_languages_are_written_in_their_own_script(file):
    for code, text in file.ruleset.reasons.items():
        assert not any("\u4e00" <= character <= "\u9fff" for character in text.en), code
        assert any("\u4e00" <= character <= "\u9fff" for character in text.zh), code
