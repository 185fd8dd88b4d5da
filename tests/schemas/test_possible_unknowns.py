"""Whether a formula can be unknown is told from its text: a scorecard then asks what the unknown is worth."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from app.domain.declarations import FactSpec
from app.domain.errors import Invalid
from app.domain.evaluation import Plan
from app.domain.values import Kind, Value
from app.engine.agreement import Engine
from schemas.ruleset import load
from tests.small_rulesets import TODAY, text

FACTS = """
a: {type: number, unknown: allowed}
b: {type: number, unknown: allowed}
maybe: {type: yes_no, unknown: allowed}
flags: {type: list of choice, values: [X], unknown: allowed}
n: {type: number}
from_one: {type: number, min: 1}
from_zero: {type: number, min: 0}
below: {type: number, max: -1}
sure: {type: yes_no}
"""
PARAMETERS = "five: {type: number, value: 5}\nnothing: {type: number, value: 0}"
BASELINE = "{n: 1, from_one: 1, from_zero: 1, below: -1, sure: yes}"
CARD = """
- scorecard: score
  source: x
  characteristics:
  - {fact: tested, bands: [{id: any-value, when: known, points: 1}]}
"""
NEVER_UNKNOWN = [
    "5", "n + 1", "five * n", "known_a", "if sure then 1 else n", "abs(n) + floor(n)",
    "days_between(as_of, as_of)",
    # asked first
    "if known(a) then a else 0",
    "if known(a) and known(b) then a + b else 0",
    "if known(a + b) then a * b else 0",
    "if not(known(a)) then 0 else a",
    "if not(known(a)) or not(known(b)) then 0 else a + b",
    "if both_known then a + b else 0",
    "if known_a = 1 then 1 else 0",
    "if known(a) and a > 3 then a else 0",
    "if known(a) and known(b) and a + b > 3 then b else 0",
    "if known(a) then (if known(b) then a / five + b else a) else 0",
    "least_known(a, b, 0)", "greatest_known(a, n)",
    "if known(maybe) and maybe then 1 else 0", "if not(known(maybe)) or maybe then 1 else 0",
    "if known(flags) and contains(flags, X) then 1 else 0",
    # a divisor that cannot be 0
    "1 / 365", "n / five", "n / from_one", "n / below", "n / (from_one + from_zero)",
    "n / (from_one * five)", "n / -from_one",
    "n / from_one ** 2", "n / max(1, n)", "n / min(-1, n)", "n / (from_zero + 0.5)",
    "n / (if sure then 1 else five)",
    "if n != 0 then 1 / n else 0", "if n = 0 then 0 else 1 / n", "if n > 0 then 1 / n else 0",
    "if n <= 0 then 0 else 1 / n",
    "if 0 < n then 1 / n else 0", "if n < nothing then 1 / n else 0", "if n > five then 1 / n else 0",
    "if n > from_zero then 1 / n else 0", "if n > from_one then 1 / (n - from_one) else 0",
    "if n = five then 0 else 1 / (n - five)", "if known(a) and a > 0 then 1 / a else 0", "n / at_least_two",
]  # fmt: skip
MAY_BE_UNKNOWN = [
    "a", "a + 1", "-a", "a * 0", "if sure then a else 1", "min(a, 1)", "round(a, 2)", "least_known(a, b)",
    "twice_a",
    # asked about something else, or in the wrong place
    "if known(b) then a else 0", "if known(a) then b else a", "if known(a) or known(b) then a else 0",
    "if known(a) then 0 else a", "if a > 0 then 1 else 0", "if maybe then 1 else 0",
    "if known(a) and b > 3 then 1 else 0",
    "if contains(flags, X) then 1 else 0", "if not(maybe) then 1 else 0",
    # a divisor that may be 0
    "1 / n", "1 / from_zero", "1 / (n - n)", "n / (from_one + below)", "1 / nothing", "n / (n * five)",
    "1 / max(n, 0)",
    "1 / min(n, 1)", "if n >= 0 then 1 / n else 0", "if n != 1 then 1 / n else 0",
    "if n > below then 1 / n else 0",
    "if n > 0 then 1 else 1 / n", "if n > 0 then 1 / (n - 1) else 0", "n / floor(from_one / 3)",
    "1 / least_half", "a / five",
    "if n > from_one then 1 / (n + from_one) else 0",
]  # fmt: skip


def reading(expression: str) -> str:
    """A ruleset with a scorecard that has no band for the unknown of this formula."""
    earlier = [
        ("known_a", "number", 4, "if known(a) then 1 else 0"),
        ("twice_a", "number", 4, "a * 2"),
        ("at_least_two", "number", 0, "max(2, n)"),
        ("least_half", "number", 0, "max(0.5, n)"),  # rounds to 0
    ]
    steps = [
        f"- {{formula: {n}, type: {t}, decimals: {d}, expression: '{e}', label: {{en: L, zh: L}}}}"
        for n, t, d, e in earlier
    ]
    steps.append(
        "- {formula: both_known, type: yes_no, expression: known(a) and known(b), label: {en: L, zh: L}}"
    )
    steps.append(f"- {{formula: tested, type: number, expression: '{expression}', label: {{en: L, zh: L}}}}")
    return text("\n".join([*steps, CARD]), facts=FACTS, parameters=PARAMETERS, baseline=BASELINE)


@pytest.mark.parametrize("expression", NEVER_UNKNOWN)
def test_it_cannot_be(expression: str) -> None:
    load(reading(expression))


@pytest.mark.parametrize("expression", NEVER_UNKNOWN)
def test_and_it_is_not_whatever_the_facts(expression: str) -> None:
    chance = random.Random(expression)
    ruleset = load(reading(expression))
    engine = Engine(ruleset)
    plan = Plan(ruleset)
    for _ in range(100):
        facts = {name: value_of(spec, chance) for name, spec in ruleset.facts.items()}
        assert plan.evaluate(engine.matcher, facts, TODAY).derived["tested"] is not None, facts
    engine.close()


def value_of(spec: FactSpec, chance: random.Random) -> Value:
    """A value that the fact may have, often unknown, 0 or at its bounds."""
    if spec.unknown_allowed and chance.random() < 0.4:
        return None
    if spec.type.kind is Kind.YES_NO:
        return chance.random() < 0.5
    if spec.type.kind is Kind.CHOICES:
        return chance.choice([(), ("X",)])
    number = Decimal(chance.choice([-5, -1, 0, 0, 1, 2, 5])).quantize(Decimal("0.0001"))
    low, high = spec.minimum, spec.maximum
    return max(number, low) if low is not None else min(number, high) if high is not None else number


@pytest.mark.parametrize("expression", MAY_BE_UNKNOWN)
def test_it_may_be(expression: str) -> None:
    with pytest.raises(Invalid) as refused:
        load(reading(expression))
    (problem,) = refused.value.problems
    assert "`tested` may be unknown, so say under `unknown:` what it is worth then" in problem.message


@pytest.mark.parametrize(
    ("tested", "possible"),
    [("n", False), ("a", True), ("given", True), ("plain", False), ("scaled", False), ("skipping", True)],
)
def test_other_names_that_a_band_may_test(tested: str, possible: bool) -> None:
    cards = """
    - scorecard: plain
      source: x
      characteristics: [{fact: sure, bands: [{id: i1, when: known, points: 1}]}]
    - scorecard: scaled
      scale: 10
      source: x
      characteristics: [{fact: sure, bands: [{id: i3, when: known, points: 1}]}]
    - scorecard: skipping
      scale: 10
      source: x
      characteristics: [{fact: a, bands: [{id: i5, when: known, points: 1}], unknown: {id: i6, points: skip}}]
    """
    steps = "\n".join([*cards.split("\n    "), CARD.replace("tested", tested)])
    whole = text(
        steps, facts=FACTS, parameters=PARAMETERS, outputs="given: {type: number}", baseline=BASELINE
    )
    if possible:
        with pytest.raises(Invalid, match="1 fault"):
            load(whole)
    else:
        load(whole)
