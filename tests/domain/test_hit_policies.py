"""A hit policy chooses among the rules that hold as DMN 1.5 says (8.2.10); a conflict becomes a referral."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.decision import Evaluation
from tests.small_rulesets import decide, rules, ruleset

ROWS = ["one", "two", "three", "twin"]
FACTS = "hold: {type: list of choice, values: [ONE, TWO, THREE, TWIN]}"
WORDS = "{high: {en: High, zh: 高}, middle: {en: Middle, zh: 中}, low: {en: Low, zh: 低}}"
WHO = "{who: {type: number, decimals: 0, label: {en: Who, zh: 谁}}}"
OUTPUTS = f"""
level: {{type: choice, values: {WORDS}, combine: first, label: {{en: Level, zh: 级别}}}}
trail: {{type: list of record, fields: {WHO}, combine: append, label: {{en: Trail, zh: 轨迹}}}}
"""
# Row `twin` gives what row `one` gives; `three` gives no level and has the lowest priority.
TABLE = """
- table: tried
  hit_policy: {policy}
  inputs: [hold]
  outputs: [level, trail]
  rows:
  - {{id: one, when: [ONE], then: [low, {{who: 1}}], source: x}}
  - {{id: two, when: [TWO], then: [high, {{who: 2}}], source: x}}
  - {{id: three, when: [THREE], then: ["", {{who: 3}}], source: x}}
  - {{id: twin, when: [TWIN], then: [low, {{who: 1}}], source: x}}
"""
CONFLICT = "RULES_CONFLICT"
# policy, rows that hold, what each effective row gave to the trail, in the order of contributing
EXPECTED = [
    ("UNIQUE", [], []),
    ("UNIQUE", ["TWO"], [2]),
    ("UNIQUE", ["ONE", "TWO"], CONFLICT),
    ("UNIQUE", ["ONE", "TWIN"], CONFLICT),  # the same outputs do not make it unique
    ("ANY", [], []),
    ("ANY", ["TWO"], [2]),
    ("ANY", ["ONE", "TWIN"], [1]),  # given once, not twice
    ("ANY", ["ONE", "TWO"], CONFLICT),
    ("ANY", ["ONE", "TWIN", "THREE"], CONFLICT),
    ("FIRST", [], []),
    ("FIRST", ["TWO", "THREE"], [2]),
    ("FIRST", ["ONE", "TWO", "THREE", "TWIN"], [1]),
    ("PRIORITY", [], []),
    ("PRIORITY", ["ONE", "TWO", "THREE"], [2]),  # high stands before low among the values
    ("PRIORITY", ["ONE", "THREE"], [1]),
    ("PRIORITY", ["THREE"], [3]),
    ("PRIORITY", ["TWIN", "ONE"], [1]),  # alike: the upper row
    ("OUTPUT ORDER", ["ONE", "TWO", "THREE"], [2, 1, 3]),
    ("OUTPUT ORDER", ["TWIN", "THREE", "ONE"], [1, 1, 3]),
    ("OUTPUT ORDER", [], []),
    ("RULE ORDER", ["THREE", "TWO", "ONE"], [1, 2, 3]),
    ("RULE ORDER", [], []),
    ("COLLECT", ["THREE", "TWO", "ONE"], [1, 2, 3]),
    ("COLLECT", [], []),
]  # fmt: skip


def tried(policy: str, hold: list[str]) -> Evaluation:
    return decide(
        ruleset(TABLE.format(policy=policy), facts=FACTS, outputs=OUTPUTS, baseline="hold: []"),
        {"hold": hold},
    )


@pytest.mark.parametrize(
    ("policy", "hold", "expected"),
    EXPECTED,
    ids=[f"{policy}: {'+'.join(hold) or 'none'}" for policy, hold, _ in EXPECTED],
)
def test_it_makes_these_rules_effective_in_this_order(
    policy: str, hold: list[str], expected: list[int] | str
) -> None:
    evaluation = tried(policy, hold)
    if expected == CONFLICT:
        assert evaluation.outcome == "refer"
        assert [reason.code for reason in evaluation.reasons] == [CONFLICT]
        assert evaluation.outputs == {}
        assert {one.rule.id for one in evaluation.fired} == {word.lower() for word in hold}
        assert not any(one.effective for one in evaluation.fired)
    else:
        assert [one["who"] for one in evaluation.outputs["trail"] or ()] == [
            Decimal(number) for number in expected
        ]
        assert evaluation.failure is None


@pytest.mark.parametrize("policy", ["FIRST", "PRIORITY", "ANY"])
def test_a_rule_that_another_overrules_is_still_reported(policy: str) -> None:
    evaluation = tried(policy, ["ONE", "TWIN"])
    assert [(one.rule.id, one.effective, one.effect == {}) for one in evaluation.fired] == [
        ("one", True, False),
        ("twin", False, True),
    ]


@pytest.mark.parametrize(
    ("aggregate", "hold", "expected"),
    [
        ("sum", ["ONE", "TWO", "THREE"], "8.50"),
        ("min", ["ONE", "TWO", "THREE"], "1.00"),
        ("max", ["ONE", "TWO", "THREE"], "5.00"),
        ("count", ["ONE", "TWO", "THREE"], "3"),
        ("sum", ["TWO"], "2.50"),
        ("count", [], "0"),
        ("sum", [], None),
        ("min", [], None),
        ("max", [], None),
        ("count", ["ONE", "TWIN"], "1"),  # a blank cell contributes nothing
    ],
)
def test_collecting_adds_up_what_the_rows_that_hold_give(
    aggregate: str, hold: list[str], expected: str | None
) -> None:
    table = f"""
    - table: added
      hit_policy: COLLECT
      aggregate: {aggregate}
      inputs: [hold]
      outputs: [total]
      rows:
      - {{id: one, when: [ONE], then: [1.00], source: x}}
      - {{id: two, when: [TWO], then: [2.50], source: x}}
      - {{id: three, when: [THREE], then: [5.00], source: x}}
      - {{id: twin, when: [TWIN], then: [""], source: x}}
    """
    decimals = 0 if aggregate == "count" else 2
    if aggregate == "count":
        table = table.replace("1.00", "1").replace("2.50", "2").replace("5.00", "5")
    outputs = f"total: {{type: number, decimals: {decimals}}}"
    adding = ruleset(table, facts=FACTS, outputs=outputs, baseline="hold: []")
    total = decide(adding, {"hold": hold}).outputs["total"]
    assert total == (None if expected is None else Decimal(expected))
    assert total is None or str(total) == expected  # at the declared scale, whatever it was made of


def test_any_asks_for_the_same_outcome_too() -> None:
    listed = rules(
        "tried", "ANY", "one, {hold: ONE}, {outcome: counter}", "two, {hold: TWO}, {outcome: refuse}"
    )
    conflicting = ruleset(listed, facts=FACTS, baseline="hold: []")
    assert decide(conflicting, {"hold": ["ONE"]}).outcome == "counter"
    assert decide(conflicting, {"hold": ["ONE", "TWO"]}).failure is not None


def test_priority_among_outcomes_goes_to_the_stricter() -> None:
    listed = rules(
        "tried", "PRIORITY", "one, {hold: ONE}, {outcome: counter}", "two, {hold: TWO}, {outcome: refuse}"
    )
    evaluation = decide(ruleset(listed, facts=FACTS, baseline="hold: [ONE, TWO]"))
    assert [one.rule.id for one in evaluation.fired if one.effective] == ["two"]


def test_priority_by_two_columns_goes_by_the_left_one_first() -> None:
    table = """
    - table: tried
      hit_policy: PRIORITY
      inputs: [hold]
      outputs: [outcome, level]
      rows:
      - {id: milder, when: [ONE], then: [counter, high], source: x}
      - {id: stricter, when: [TWO], then: [refuse, low], source: x}
      - {id: stricter-and-higher, when: [THREE], then: [refuse, middle], source: x}
    """
    ranked = ruleset(table, facts=FACTS, outputs=OUTPUTS, baseline="hold: []")
    for hold, effective in [(["ONE", "TWO"], "stricter"), (["ONE", "TWO", "THREE"], "stricter-and-higher")]:
        assert [one.rule.id for one in decide(ranked, {"hold": hold}).fired if one.effective] == [effective]


def test_a_conflict_stops_the_walk_and_overrides_what_was_decided_before() -> None:
    before = rules("before", "COLLECT", "strict, {hold: ONE}, {outcome: refuse}")
    after = rules("after", "COLLECT", "later, {hold: ONE}, {outcome: refuse}")
    steps = f"{before}\n{TABLE.format(policy='UNIQUE')}\n{after}"
    evaluation = decide(
        ruleset(steps, facts=FACTS, outputs=OUTPUTS, baseline="hold: []"), {"hold": ["ONE", "TWO"]}
    )
    assert (evaluation.outcome, evaluation.outputs) == ("refer", {})
    assert [one.id for one in evaluation.fired] == ["before/strict", "tried/one", "tried/two"]
    assert not any(one.effective or one.decisive for one in evaluation.fired)
    assert "one, two hold together" in evaluation.failure.detail  # type: ignore[union-attr]
