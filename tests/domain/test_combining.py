"""Contributions to one output combine in step then row order; what may be given once only is a conflict."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.small_rulesets import decide, rules, ruleset

FACTS = "hold: {type: list of choice, values: [ONE, TWO, THREE]}\nsaid: {type: text}"
LISTED = "type: list of choice, values: [A, B, C]"
TRAIL = ({"who": "B"}, {"who": "A"}, {"who": "B"})
RECORDS = "type: list of record, fields: {who: {type: choice, values: [A, B, C], label: {en: W, zh: W}}}"


def combined(declared: str, first: str, second: str, third: str) -> Any:
    """What three rules in two steps make of an output that is declared so."""
    steps = "\n".join(
        [
            rules(
                "early",
                "COLLECT",
                f"one, {{hold: ONE}}, {{given: {first}}}",
                f"two, {{hold: TWO}}, {{given: {second}}}",
            ),
            rules("late", "COLLECT", f"three, {{hold: THREE}}, {{given: {third}}}"),
        ]
    )
    outputs = f"given: {{{declared}, label: {{en: Given, zh: 给出}}}}"
    evaluation = decide(
        ruleset(steps, facts=FACTS, outputs=outputs, baseline="{hold: [ONE, TWO, THREE], said: words}")
    )
    return evaluation.failure or evaluation.outputs["given"]


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("type: money, combine: largest", ["5.00", "-7.00", "6.50"], Decimal("6.50")),
        ("type: money, combine: smallest", ["5.00", "-7.00", "6.50"], Decimal("-7.00")),
        ("type: money, combine: sum", ["0.10", "0.20", "-0.30"], Decimal("0.00")),
        ("type: money, combine: first", ["5.00", "-7.00", "6.50"], Decimal("5.00")),
        ("type: money, combine: last", ["5.00", "-7.00", "6.50"], Decimal("6.50")),
        ("type: days, combine: sum", ["5", "7", "30"], 42),
        ("type: date, combine: largest", ["2026-03-01", "2026-02-28", "2024-02-29"], date(2026, 3, 1)),
        ("type: date, combine: smallest", ["2026-03-01", "2026-02-28", "2024-02-29"], date(2024, 2, 29)),
        ("type: yes_no, combine: last", ["yes", "yes", "no"], False),
        ("type: text, combine: first", ["said", "said", "said"], "words"),
        ("type: choice, values: [A, B, C], combine: last", ["C", "B", "A"], "A"),
        (f"{LISTED}, combine: union", ["C", "[A, C]", "A"], ("A", "C")),  # in declared order, each once
        (f"{LISTED}, combine: last", ["C", "[A, C]", "B"], ("B",)),
        (f"{RECORDS}, combine: append", ["{who: B}", "{who: A}", "{who: B}"], TRAIL),
    ],
)  # fmt: skip
def test_into_this_value(declared: str, given: list[str], expected: Any) -> None:
    assert combined(declared, *given) == expected


def test_sums_stay_exact_at_thirty_digits() -> None:
    large = "1234567890123456789012345678.01"
    assert combined("type: money, combine: sum", large, "0.01", "0.01") == Decimal(
        "1234567890123456789012345678.03"
    )


def test_an_output_without_combine_may_be_given_once() -> None:
    steps = rules("tried", "COLLECT", "one, {hold: ONE}, {given: 1}", "two, {hold: TWO}, {given: 1}")
    once = ruleset(steps, facts=FACTS, outputs="given: {type: days}", baseline="{hold: [ONE], said: words}")
    assert decide(once).outputs["given"] == 1
    twice = decide(once, {"hold": ["ONE", "TWO"]})
    assert (twice.outcome, [reason.code for reason in twice.reasons]) == ("refer", ["RULES_CONFLICT"])
    assert twice.failure is not None
    assert "given was set twice" in twice.failure.detail


def test_what_is_unknown_contributes_nothing() -> None:
    steps = rules("tried", "COLLECT", "one, {}, {given: 5}", "two, {}, {given: said}")
    given = ruleset(
        steps, facts="said: {type: days, unknown: allowed}", outputs="given: {type: days, combine: smallest}"
    )
    assert decide(given).outputs["given"] == 5
    assert decide(given, {"said": "3"}).outputs["given"] == 3


def test_an_output_that_nobody_gave_is_unknown_and_may_be_tested_so() -> None:
    steps = "\n".join(
        [
            rules("giving", "COLLECT", "one, {hold: ONE}, {given: 5}"),
            rules(
                "asking",
                "COLLECT",
                "missing, {given: unknown}, {outcome: refuse}",
                "there, {given: '> 4'}, {outcome: counter}",
            ),
        ]
    )
    asked = ruleset(steps, facts=FACTS, outputs="given: {type: days}", baseline="{hold: [], said: words}")
    assert decide(asked).outcome == "refuse"
    assert decide(asked, {"hold": ["ONE"]}).outcome == "counter"


def test_later_steps_read_the_value_so_far() -> None:
    steps = "\n".join(
        [
            rules("first", "COLLECT", "one, {}, {given: 5}"),
            "- {formula: seen, type: days, expression: given * 10, label: {en: Seen, zh: 所见}}",
            rules("then", "COLLECT", "two, {}, {given: 3}"),
            "- {formula: seen_last, type: days, expression: given * 10, label: {en: Seen, zh: 所见}}",
        ]
    )
    evaluation = decide(ruleset(steps, outputs="given: {type: days, combine: smallest}"))
    assert (evaluation.derived["seen"], evaluation.derived["seen_last"]) == (50, 30)
    assert evaluation.outputs["given"] == 3


def test_a_formula_contributes_like_a_rule() -> None:
    steps = "\n".join(
        [
            rules("first", "COLLECT", "one, {}, {given: 5}"),
            "- {formula: more, type: days, expression: said + 1, output: given, label: {en: More, zh: 更多}}",
        ]
    )
    given = ruleset(
        steps, facts="said: {type: days, unknown: allowed}", outputs="given: {type: days, combine: sum}"
    )
    assert decide(given, {"said": "2"}).outputs["given"] == 8
    assert decide(given).outputs["given"] == 5
