"""A rule that can never be effective, or says again what another says, ..."""

from __future__ import annotations

import pytest

from tests.analysis.tables import findings, ruleset, said, table
from tests.small_rulesets import rules


@pytest.mark.parametrize(
    ("rows", "dead", "covered_by"),
    [
        (["< 20 | -", "< 10 | A", "- | -"], 2, "`row-1`"),
        (["< 20 | -", ">= 20 | -", "- | -"], 3, "`row-1`"),
        (["- | A", "- | not(A)", "5 | B"], 3, "`row-2`"),
        (["< 10 | A, B", "[10..30] | A", "[5..20] | A", "- | -"], 3, "`row-1`"),
    ],
)
def test_is_told_with_the_rows_that_stand_before_it(rows: list[str], dead: int, covered_by: str) -> None:
    (told,) = said(ruleset(table("FIRST", "days, grade", *rows)), "dead_rules")
    assert told.startswith(f"`table`: `row-{dead}` (line ")
    assert f"is never effective: {covered_by}" in told
    assert "wherever it does" in told


def test_names_no_more_rows_than_are_needed() -> None:
    made = ruleset(table("FIRST", "days", "< 5", "< 10", "< 20", ">= 20", "7"))
    (told,) = said(made, "dead_rules")
    assert told.endswith("holds wherever it does")
    assert "`row-2`" in told


def test_is_covered_only_if_the_unknown_is() -> None:
    assert said(ruleset(table("FIRST", "late", "known", "-")), "dead_rules") == []
    assert len(said(ruleset(table("FIRST", "late", "known", "unknown", "-")), "dead_rules")) == 1


@pytest.mark.parametrize(
    ("inputs", "cell"),
    [
        ("days", "> 365"),
        ("days", "(3..4)"),
        ("amount", "< 0"),
        ("rate", "(1%..2%)"),
    ],
)
def test_is_found_where_no_value_meets_the_test(inputs: str, cell: str) -> None:
    told = said(ruleset(table("COLLECT", inputs, cell, "-")), "dead_rules")
    assert len(told) == 1
    assert "`row-1`" in told[0]
    assert told[0].endswith(f"never holds: Text is never `{cell}`")


def test_is_dead_under_priority_when_a_higher_rule_holds_wherever_it_does() -> None:
    made = ruleset(table("PRIORITY", "days", "< 10 => HIGH", "< 20 => LOW", ">= 20 => LOW", outputs="band"))
    (told,) = said(made, "dead_rules")
    assert told.startswith("`table`: `row-1`")
    assert "`row-2`" in told


def test_is_found_in_lists_of_rules() -> None:
    made = ruleset(
        rules(
            "list",
            "FIRST",
            'late-ones, {late: "> 30"}, {outcome: refuse}',
            'very-late-ones, {late: "> 60", signed: "yes"}, {outcome: refuse}',
            "unknown-ones, {late: unknown}, {outcome: refer}",
        )
    )
    (told,) = said(made, "dead_rules")
    assert "`very-late-ones`" in told
    assert "`late-ones`" in told


def test_is_a_repetition_when_conditions_and_results_are_the_same() -> None:
    twice = ['one, {late: "> 30"}, {outcome: refuse}', 'two, {late: "> 30"}, {outcome: refuse}']
    made = ruleset(rules("list", "COLLECT", *twice, "none, {late: unknown}, {outcome: refer}"))
    found = findings(made, "dead_rules")
    assert [one.severity for one in found] == ["error"]
    assert "`two`" in found[0].message
    assert "has the same conditions and the same result as `one`" in found[0].message


def test_is_a_warning_when_it_lies_within_another_that_gives_as_much() -> None:
    nested = [
        'wide, {late: "> 30"}, {outcome: refuse}',
        'narrow, {late: "> 60", grade: A}, {outcome: counter}',
    ]
    made = ruleset(rules("list", "COLLECT", *nested, "none, {late: unknown}, {outcome: refer}"))
    found = findings(made, "dead_rules")
    assert [one.severity for one in found] == ["warn"]
    assert "`narrow`" in found[0].message
    assert "adds nothing: `wide`" in found[0].message


@pytest.mark.parametrize(
    "second",
    [
        "{outcome: refer, mark: 1}",  # a sum counts it twice
        "{outcome: refuse}",  # stricter
        "{outcome: refer, reason: LATE}",  # another reason
        "{outcome: refer, band: LOW}",  # another output
    ],
)
def test_is_neither_when_it_adds_something(second: str) -> None:
    lines = (
        'wide, {late: "> 30"}, {outcome: refer, mark: 1}',
        f'narrow, {{late: "> 60"}}, {second}',
        "none, {late: unknown}, {outcome: refer}",
    )
    reasons = {"reasons": "LATE: {en: Late, zh: 迟}"} if "LATE" in second else {}
    made = ruleset(rules("list", "COLLECT", *lines), **reasons)
    assert said(made, "dead_rules") == []


def test_is_no_fault_of_the_unknown_band_that_the_language_asks_for() -> None:
    """The language takes a quotient for what may be unknown, though here its divisor is never 0."""
    ratio = "- {formula: ratio, type: number, expression: 1 / (days ** 2 + 1), label: {en: R, zh: 比}}"
    card = """
- scorecard: points
  source: x
  characteristics:
  - fact: ratio
    bands:
    - {id: small, when: "< 1", points: 0}
    - {id: large, when: ">= 1", points: 1}
    unknown: {id: ratio-unknown, points: 0}
"""
    assert said(ruleset(ratio, card), "dead_rules") == []


def test_is_a_band_that_no_value_falls_into() -> None:
    card = """
- scorecard: points
  source: x
  characteristics:
  - fact: days
    bands:
    - {id: few, when: "<= 365", points: 0}
    - {id: many, when: "> 365", points: 1}
"""
    (told,) = said(ruleset(card), "dead_rules")
    assert "`many`" in told
