"""The file of what fills the customer file: what is wrong with it is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import Invalid
from schemas.customer_facts import FileFacts
from schemas.customer_rules import read_customer_rules
from tests import shipped

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = read_customer_rules((ROOT / "rulesets" / "customer-file.yaml").read_bytes())
RULESETS = [one.ruleset for one in shipped.FILES if one.path.stem == "1.0.0"]
SIGNALS = "signals:\n  suit: {en: Suit, zh: 诉讼}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SIGNALS + "facts_from_signals:\n  suits: {count: [suits], source: S}\n", "did you mean `suit`?"),
        (
            SIGNALS + "facts_from_signals:\n  suits: {source: S}\n",
            "`suits` has one of count, sum, any, latest",
        ),
        (SIGNALS + "facts_from_signals:\n  suits: {count: [suit]}\n", "`source` is missing"),
        (
            SIGNALS + "facts_from_signals:\n  suits: {count: [suit], days: ten, source: S}\n",
            "not a number of days",
        ),
        (
            SIGNALS + "facts_from_signals:\n  suits: {any: [suit], checked_by: [suit], source: S}\n",
            "both checked_by and checked_days",
        ),
        ("facts_from_decisions:\n- {policy: p, facts: {a: b}}\n", "with which outcomes"),
        (
            "facts_from_decisions:\n- {policy: p, outcome_kinds: [good], facts: {a: b}}\n",
            "no kind of outcome",
        ),
        ("facts_from_decisions:\n- {policy: p, outcomes: [o], facts: {a: {}}}\n", "has take: or before:"),
        ("signal: {}\n", "did you mean `signals`?"),
        ("not_for_sales: [Agency score]\n", "`Agency score` is not a name"),
    ],
)
def test_a_fault_says_what_would_be_right(text: str, told: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_customer_rules(text.encode())
    assert any(told in problem.message for problem in caught.value.problems), caught.value.problems
    assert all(problem.line for problem in caught.value.problems)


def test_the_shipped_file_names_what_shipped_rulesets_have() -> None:
    facts = FileFacts(RULESETS, SHIPPED)
    assert set(SHIPPED.signals) <= set(facts.specs)
    policies = {one.policy: one for one in RULESETS}
    for back in SHIPPED.decided:
        ruleset = policies[back.policy]
        assert back.outcomes <= {one.id for one in ruleset.outcomes}
        known = {*ruleset.outputs, *ruleset.facts, "as_of"}
        assert {one.takes for one in back.facts if one.takes is not None} <= known
        assert {one.fact for one in back.facts} <= {*facts.specs, "stage_since"}
    assert {"grade", "previous_grade", "agency_score"} <= facts.sensitive
    assert set(facts.specs) >= SHIPPED.not_for_sales, "a name misspelt would hide nothing"


def test_a_name_that_two_policies_type_differently_is_refused_with_both() -> None:
    with pytest.raises(ValueError, match=r"two policies type it differently: \S+ takes .* and \S+ takes"):
        FileFacts(RULESETS, SHIPPED).value("rungs_done", [])
