"""Rows of a UNIQUE table that hold together ..."""

from __future__ import annotations

import pytest

from tests.analysis.tables import claimed, findings, ruleset, said, table

SHARE = "- {formula: share, type: percent, decimals: 2, expression: amount / 1000, label: {en: S, zh: 比例}}"


@pytest.mark.parametrize(
    ("inputs", "rows", "sample"),
    [
        ("days", ["<= 10", ">= 10"], "Text 10"),
        ("days", ["< 10", ">= 10"], None),
        ("days", ["(3..4)", "-"], None),
        ("amount", ["<= 10", "[10.00..20]"], "Text 10.00 CNY"),
        ("amount", ["< 10.01", "> 10"], None),
        ("due", ["<= 2026-05-01", "[2026-05-01..2026-06-01]"], "Text 2026-05-01"),
        ("signed", ["yes", "not(no)"], "Text yes"),
        ("grade", ["A, B", "B, C"], "Text B"),
        ("tier", ["X, unknown", "Y, Z"], None),
        ("tier", ["X, unknown", "Y, unknown"], "Text not known"),
        ("tier", ["not(X)", "unknown"], None),
        ("late", ["unknown, < 5", "known"], "Text 0"),
        ("flags", ["P", "Q"], "Text P, Q"),
        ("flags", ["P", "not(P)"], None),
        ("flags", ["all(P, Q)", "not(R)"], "Text P, Q"),
        ("flags", ["not(P, Q)", "R"], "Text R"),
        ("days, grade", ["< 10 | A", "< 20 | B", "[5..15] | A, C"], "Text 5, Text A"),
        ("days, grade", ["< 10 | A", "< 20 | B", "[10..15] | A, C"], None),
    ],
)
def test_are_told_with_both_lines_and_a_sample(inputs: str, rows: list[str], sample: str | None) -> None:
    made = ruleset(table("UNIQUE", inputs, *rows))
    lines = said(made, "overlaps")
    if sample is None:
        assert lines == []
    else:
        (line,) = lines
        assert line.endswith(f"hold together, for example: {sample}")
        first = made.steps[0].rules[0].line  # type: ignore[union-attr]
        assert f"`row-1` (line {first})" in line


def test_are_no_fault_where_the_hit_policy_allows_them() -> None:
    for policy in ("FIRST", "COLLECT", "RULE ORDER"):
        assert said(ruleset(table(policy, "days", "< 10", "< 20")), "overlaps") == []


def test_are_a_fault_under_any_only_when_they_give_different_things() -> None:
    same = ruleset(table("ANY", "days", "< 10 => 1", "< 20 => 1"))
    other = ruleset(table("ANY", "days", "< 10 => 1", "< 20 => 2"))
    assert said(same, "overlaps") == []
    assert len(said(other, "overlaps")) == 1


def test_are_shown_by_the_facts_nearest_to_the_baseline() -> None:
    made = ruleset(table("UNIQUE", "days, grade", "< 20 | -", ">= 20 | A, B", "- | C"))
    overlap = findings(made, "overlaps")[0]
    assert overlap.severity == "error"
    assert overlap.message.endswith("it happens on the baseline with grade C")


def test_are_found_at_one_point_of_a_calculated_column() -> None:
    """Only an amount of exactly 449.50 to 450.49 rounds to 45%: it is calculated, not guessed."""
    made = ruleset(SHARE, table("UNIQUE", "share", "< 45%", "[45%..45%]", ">= 45%"))
    (overlap,) = findings(made, "overlaps")
    assert overlap.severity == "error"
    assert overlap.facts is not None
    assert round(overlap.facts.values["amount"] / 10) == 45


def test_are_none_where_the_steps_above_never_lead_to_them() -> None:
    other = "- {formula: unsigned, type: yes_no, expression: not(signed), label: {en: Open, zh: 未签}}"
    made = ruleset(other, table("UNIQUE", "signed, unsigned", "yes | -", "- | yes"))
    assert findings(made, "overlaps") == []


def test_are_not_said_of_values_that_no_step_above_gives() -> None:
    bands = table("UNIQUE", "days", "< 10 => LOW", ">= 10 => LOW", name="bands", outputs="band")
    made = ruleset(bands, table("UNIQUE", "band, signed", "LOW | -", "HIGH | yes", "- | -"))
    assert [one for one in said(made, "overlaps") if "row-2" in one] == []
    assert any("`row-2`" in one and "never holds" in one for one in said(made, "dead_rules"))


def test_are_left_unsaid_when_the_ruleset_says_off() -> None:
    made = ruleset(table("UNIQUE", "days", "-", "-"), checks='overlaps: "off"')
    assert findings(made, "overlaps") == []
    assert claimed(made)
