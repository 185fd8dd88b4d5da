"""A scorecard adds the points of the band that holds for each characteristic, rescaled over those present."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.decision import Evaluation
from app.domain.ruleset import Ruleset
from tests.small_rulesets import decide, rules, ruleset

FACTS = """
ratio: {type: number, decimals: 2, unknown: allowed}
late: {type: days, min: 0, unknown: allowed}
insured: {type: yes_no}
"""
REASONS = "LOW_RATIO: {en: Low., zh: 低。}\nPAYS_LATE: {en: Late., zh: 迟。}\nOTHER: {en: Other., zh: 其他。}"
CHARACTERISTICS = """
  characteristics:
  - fact: ratio
    bands:
    - {id: strong, when: ">= 2", points: 12}
    - {id: fair, when: "[1.2..2)", points: 8, reason: LOW_RATIO}
    - {id: weak, when: "< 1.2", points: 0, reason: LOW_RATIO}
    unknown: {id: ratio-unknown, points: skip}
  - fact: late
    bands:
    - {id: prompt, when: "< 5", points: 6}
    - {id: late, when: ">= 5", points: best_late, reason: PAYS_LATE}
    unknown: {id: late-unknown, points: 0}
  - fact: insured
    bands:
    - {id: is-insured, when: "yes", points: 2}
    - {id: not-insured, when: "no", points: -3.5, reason: OTHER}
"""


def card(keys: str, more: str = "") -> Ruleset:
    return ruleset(
        f"- scorecard: score\n  source: x\n{keys}{CHARACTERISTICS}{more}",
        facts=FACTS,
        parameters="best_late: {type: number, value: 1}",
        reasons=REASONS,
        baseline="{ratio: 2, late: 0, insured: yes}",
    )


PLAIN, SCALED = card("  decimals: 1\n"), card("  decimals: 1\n  scale: 100\n")


def score(decided: Ruleset, **facts: str) -> Decimal | None:
    found: Decimal | None = decide(decided, facts).derived["score"]
    return found


@pytest.mark.parametrize(
    ("facts", "plain", "scaled"),
    [
        ({}, "20.0", "100.0"),
        ({"ratio": "1.99"}, "16.0", "80.0"),
        ({"ratio": "1.2", "late": "5"}, "11.0", "55.0"),
        (
            {"ratio": "1.19", "late": "5", "insured": "no"},
            "-2.5",
            "-12.5",
        ),  # below 0: a formula clamps, no card does
        ({"ratio": "unknown"}, "8.0", "100.0"),  # left out: 8 of the 8 that could be had
        ({"ratio": "unknown", "late": "5"}, "3.0", "37.5"),
        ({"late": "unknown"}, "14.0", "70.0"),  # worth 0, and not left out
        ({"insured": "no"}, "14.5", "72.5"),
    ],
)
def test_points(facts: dict[str, str], plain: str, scaled: str) -> None:
    assert str(score(PLAIN, **facts)) == plain
    assert str(score(SCALED, **facts)) == scaled


def test_a_score_is_rounded_half_to_even_at_its_decimals() -> None:
    assert str(score(card("  decimals: 0\n  scale: 100\n"), ratio="unknown", late="5")) == "38"
    assert str(score(card("  decimals: 0\n  scale: 100\n"), insured="no")) == "72"
    assert str(score(card("  scale: 100\n"), ratio="unknown", late="5")) == "37.5000"


def test_a_scale_with_nothing_present_gives_no_score() -> None:
    only = ruleset(
        """
        - scorecard: score
          scale: 100
          source: x
          characteristics:
          - fact: ratio
            bands: [{id: any-ratio, when: known, points: 5}]
            unknown: {id: no-ratio, points: skip}
        """,
        facts="ratio: {type: number, unknown: allowed}",
    )
    assert decide(only).derived["score"] is None
    assert decide(only, {"ratio": "-3"}).derived["score"] == 100


def held(evaluation: Evaluation) -> list[tuple[str, Decimal | None]]:
    return [(one.rule.id, one.points_lost) for one in evaluation.fired]


def test_every_band_that_holds_is_a_fired_rule_with_the_points_it_lost() -> None:
    assert held(decide(PLAIN, {"ratio": "1.5", "insured": "no"})) == [
        ("fair", Decimal(4)),
        ("prompt", Decimal(0)),
        ("not-insured", Decimal("5.5")),
    ]


def test_points_lost_are_counted_after_scaling() -> None:
    assert held(decide(SCALED, {"ratio": "1.5"}))[0] == ("fair", Decimal("20.0"))
    assert held(decide(SCALED, {"ratio": "unknown", "late": "5"})) == [
        ("ratio-unknown", None),
        ("late", Decimal("62.5")),
        ("is-insured", Decimal("0.0")),
    ]


def test_reasons_stand_by_points_lost_behind_those_of_an_outcome() -> None:
    more = rules("after", "COLLECT", "counters, {insured: no}, {outcome: counter, reason: OTHER}")
    evaluation = decide(card("  decimals: 1\n", more), {"ratio": "1.5", "late": "5", "insured": "no"})
    assert [reason.code for reason in evaluation.reasons] == ["OTHER", "PAYS_LATE", "LOW_RATIO"]
    assert evaluation.reasons[0].rule == "after/counters"


def test_the_score_is_readable_by_the_steps_below() -> None:
    more = rules("after", "COLLECT", 'low, {score: "< 15"}, {outcome: counter, reason: OTHER}')
    reading = card("  decimals: 1\n", more)
    assert [decide(reading, facts).outcome for facts in ({}, {"late": "unknown"})] == ["pass", "counter"]
