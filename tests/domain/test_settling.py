"""Who may settle a referral, until when, and what the rules alone say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.domain.people import Authority, Person, Role
from app.domain.settling import (
    Figures,
    Shortfall,
    able_to_settle,
    least_sufficient,
    referral_of,
    ruled,
    settling_outcomes,
    shortfalls,
    with_terms,
)
from tests.small_rulesets import decide, rules, ruleset

AT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
FACTS = "amount: {type: money, min: 0}\nterm: {type: days}\nhours: {type: hours, unknown: allowed}"
OUTCOMES = """
- {id: pass, kind: favourable, label: {en: Passed, zh: 通过}}
- {id: counter, kind: conditional, label: {en: Countered, zh: 还价}}
- {id: refer, kind: referral, label: {en: Referred, zh: 转人工}}
- {id: cut, kind: adverse, confirm: yes, label: {en: Cut, zh: 下调}}
- {id: refuse, kind: adverse, label: {en: Refused, zh: 拒绝}}
"""
STEPS = rules(
    "all",
    "COLLECT",
    'large, {amount: "> 100"}, {outcome: refer}',
    'long, {term: "> 60"}, {outcome: counter, days: term}',
    'huge, {amount: "> 1_000"}, {outcome: cut}',
    'marked, {amount: "7"}, {mark: LOOK}',
)
OUTPUTS = "days: {type: days}\nlimit: {type: money}\nmark: {type: choice, values: [LOOK]}"
REFERRALS = """
amount: amount
days: term
due: hours
also_when: {mark: known}
terms:
  days: {min: 0, max: 90, source: x}
  limit: {min: 0, max: amount, source: x}
reasons: {WHY_NOT: {en: Why not., zh: 可。}}
"""


def small(referrals: str | None = REFERRALS) -> Any:
    """A ruleset that refers, proposes and marks."""
    parts = {} if referrals is None else {"referrals": referrals}
    return ruleset(
        STEPS, facts=FACTS, outputs=OUTPUTS, outcomes=OUTCOMES, baseline="amount: 1\nterm: 30", **parts
    )


def opened(facts: dict[str, Any], text: str | None = REFERRALS) -> Any:
    """The referral that these facts open at ``AT``."""
    return referral_of(decide(small(text), facts), AT)


@pytest.mark.parametrize(
    ("amount", "asks"), [("100", False), ("101", True), ("1_001", True), ("7", True), ("8", False)]
)
def test_a_referral_a_proposal_and_what_else_is_named_ask_for_a_person(amount: str, asks: bool) -> None:
    assert (opened({"amount": amount}) is not None) is asks


def test_hours_run_as_the_clock_does_and_an_unknown_number_of_them_is_due_at_once() -> None:
    assert opened({"amount": "101", "hours": "48"}).due_at == AT + timedelta(hours=48)
    assert opened({"amount": "101"}).due_at == AT
    assert opened({"amount": "101", "hours": "-5"}).due_at == AT
    assert opened({"amount": "101", "hours": "9_000_000_000_000"}).due_at.year == 9999


def test_a_ruleset_that_says_nothing_refers_all_the_same_without_a_due_time() -> None:
    found = opened({"amount": "101"}, None)
    assert (found.policy, found.due_at) == ("small", None)
    assert settling_outcomes(small(None)) == ("pass", "counter", "cut", "refuse")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"amount": "101"}, "pass"),
        ({"amount": "101", "term": "61"}, "counter"),
        ({"amount": "1_001"}, "cut"),
        ({"amount": "1_001", "term": "61"}, "cut"),
    ],
)
def test_the_rules_alone_say_the_strictest_outcome_but_the_call_for_a_person(facts: Any, said: str) -> None:
    evaluation = decide(small(), facts)
    assert ruled(small(), [one.rule for one in evaluation.fired if one.effective]) == said


NO_LIMIT = Authority("small")
CASES = [
    # authority: amount, days, outcomes; figures: amount, days; outcome; what is beyond it
    ((None, None, ()), ("9999999.00", 365), "pass", []),
    (("100.00", None, ()), ("100.00", 365), "pass", []),
    (
        ("100.00", None, ()),
        ("100.01", 365),
        "pass",
        [Shortfall("amount", Decimal("100.00"), Decimal("0.01"))],
    ),
    (("0.00", None, ()), ("0.00", 0), "pass", []),
    ((None, 60, ()), ("1.00", 60), "pass", []),
    ((None, 60, ()), ("1.00", 61), "pass", [Shortfall("days", 60, 1)]),
    ((None, 0, ()), ("1.00", 0), "pass", []),
    (("100.00", None, ()), (None, 1), "pass", [Shortfall("amount", Decimal("100.00"))]),
    ((None, 60, ()), ("1.00", None), "pass", [Shortfall("days", 60)]),
    ((None, None, ()), (None, None), "pass", []),
    ((None, None, ("pass",)), ("1.00", 1), "pass", []),
    ((None, None, ("pass",)), ("1.00", 1), "refuse", [Shortfall("outcome")]),
    (
        ("1.00", 1, ("pass",)),
        ("2.00", 3),
        "refuse",
        [
            Shortfall("amount", Decimal("1.00"), Decimal("1.00")),
            Shortfall("days", 1, 2),
            Shortfall("outcome"),
        ],
    ),
]


@pytest.mark.parametrize(("held", "about", "outcome", "beyond"), CASES)
def test_an_authority_covers_its_figures_and_nothing_beyond(
    held: Any, about: Any, outcome: str, beyond: Any
) -> None:
    assert list(shortfalls(authority(*held), figures(*about), [outcome])) == beyond


def test_days_that_a_policy_does_not_measure_count_against_nobody() -> None:
    assert shortfalls(authority(None, 0), Figures(Decimal(1), None, days_count=False), ["pass"]) == ()


@pytest.mark.parametrize(
    ("before", "terms", "after"),
    [
        (Figures(Decimal(5), 30), {}, Figures(Decimal(5), 30)),
        (Figures(Decimal(5), 30), {"limit": Decimal(9), "days": 20}, Figures(Decimal(9), 30)),
        (Figures(Decimal(5), 30), {"limit": Decimal(1), "days": 60}, Figures(Decimal(5), 60)),
        (Figures(None, None), {"limit": Decimal(1), "days": 60}, Figures(None, None)),
        (Figures(Decimal(5), None, days_count=False), {"days": 60}, Figures(Decimal(5), 60)),
        (Figures(Decimal(5), None, days_count=False), {}, Figures(Decimal(5), None, days_count=False)),
    ],
)
def test_of_the_decision_and_the_terms_the_larger_counts(before: Figures, terms: Any, after: Figures) -> None:
    assert with_terms(before, small(), terms) == after


def test_the_least_authority_that_suffices_is_asked_first() -> None:
    holders = [
        (person(1), authority("100.00")),
        (person(2), authority("500.00", 90)),
        (person(3), authority("500.00", 90)),
        (person(4), authority("500.00")),
        (person(5), authority(None)),
        (person(6, active=False), authority("200.00")),
        (person(7), authority("200.00", None, ("nothing",))),
    ]
    about = figures("150.00", 30)
    assert [one.login for one in least_sufficient(holders, about, ["pass"], ())] == ["p2", "p3"]
    excluded = {str(person(2).id), str(person(3).id)}
    assert [one.login for one in least_sufficient(holders, about, ["pass"], excluded)] == ["p4"]
    able = able_to_settle(holders, about, ["pass"], excluded)
    assert [one.login for one, _ in able] == ["p4", "p5"]
    assert least_sufficient(holders[:1], about, ["pass"], ()) == ()


def authority(
    amount: str | None = None, days: int | None = None, outcomes: tuple[str, ...] = ()
) -> Authority:
    """An authority in the small policy."""
    return Authority("small", None if amount is None else Decimal(amount), days, frozenset(outcomes))


def figures(amount: str | None, days: int | None) -> Figures:
    """Figures, amounts as text."""
    return Figures(None if amount is None else Decimal(amount), days)


def person(number: int, *, active: bool = True) -> Person:
    """An officer."""
    return Person(UUID(int=number), f"p{number}", f"Person {number}", Role.CREDIT_OFFICER, active)
