"""A gap in a table that some row should always answer ..."""

from __future__ import annotations

import pytest

from tests.analysis.tables import claimed, findings, ruleset, said, table


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
def test_is_told_by_the_values_that_no_row_covers(policy: str) -> None:
    made = ruleset(table(policy, "days", "< 10", "[10..20)", "> 30"))
    assert said(made, "gaps") == ["`table`: no row holds where: Text 20 to 30"]


@pytest.mark.parametrize("policy", ["ANY", "COLLECT", "RULE ORDER"])
def test_is_none_where_no_row_needs_to_hold(policy: str) -> None:
    assert said(ruleset(table(policy, "days", "< 10")), "gaps") == []


def test_is_none_where_the_rows_cover_everything() -> None:
    made = ruleset(
        table("UNIQUE", "days, grade", "< 10 | A, B", "[10..20) | not(C)", ">= 20 | A, B", "- | C")
    )
    assert claimed(made) == []


@pytest.mark.parametrize(
    ("inputs", "rows", "gap"),
    [
        ("days", ["[0..3]", "[4..365]"], None),
        ("days", ["< 365"], "Text 365"),
        ("days", ["(0..365)"], "Text 0 or 365"),
        ("amount", ["< 100", "> 100"], "Text 100.00 CNY"),
        ("amount", ["[0..99.99]", ">= 100"], None),
        ("amount", ["[0..99.98]", ">= 100"], "Text 99.99 CNY"),
        ("rate", ["<= 50%"], "Text from 51%"),
        ("rate", ["> -5%"], "Text up to -5%"),
        ("due", ["< 2026-01-01", "> 2026-01-01"], "Text 2026-01-01"),
        ("due", ["[2026-01-01..2026-12-31]"], "Text up to 2025-12-31 or from 2027-01-01"),
        ("signed", ["yes"], "Text no"),
        ("insured", ["yes", "no"], "Text not known"),
        ("insured", ["yes", "unknown"], "Text no"),
        ("grade", ["A", "C"], "Text B"),
        ("grade", ["not(A)"], "Text A"),
        ("tier", ["not(X)"], "Text X or not known"),
        ("tier", ["X, unknown", "Y"], "Text Z"),
        ("tier", ["known"], "Text not known"),
        ("tier", ["known", "unknown"], None),
        ("late", ["[0..10), unknown", "[10..365]"], None),
        ("late", ["< 10", "not(< 10)"], "Text not known"),
        ("flags", ["P, Q"], "Text such as an empty list"),
        ("flags", ["P", "not(P)"], None),
        ("flags", ["all(P, Q)", "not(P)"], "Text such as (P)"),
        ("flags", ["all(P, Q)", "not(P)", "not(Q)"], None),
        ("note", ["known"], "Text not known"),
    ],
)
def test_is_exact_for_every_kind_of_value(inputs: str, rows: list[str], gap: str | None) -> None:
    """Whole numbers have nothing between 3 and 4, and an unknown needs a cell that asks for it."""
    made = ruleset(table("FIRST", inputs, *rows))
    assert said(made, "gaps") == ([f"`table`: no row holds where: {gap}"] if gap else [])


def test_joins_what_differs_in_one_column_only() -> None:
    made = ruleset(table("UNIQUE", "grade, signed, days", "A | yes | < 10", "B | - | -", "C | - | -"))
    assert said(made, "gaps") == [
        "`table`: no row holds where: Text A; Text no",
        "`table`: no row holds where: Text A; Text yes; Text 10 to 365",
    ]


def test_reaches_no_further_than_the_bounds_of_a_fact() -> None:
    facts = "days: {type: days, min: 5, max: 20}\n"
    made = ruleset(table("UNIQUE", "days", "< 10", "[10..20]"), facts=facts, baseline="days: 5")
    assert said(made, "gaps") == []


def test_is_shown_by_facts_and_then_an_error() -> None:
    (gap,) = findings(ruleset(table("UNIQUE", "days", "< 10", "[10..20)", "> 30")), "gaps")
    assert gap.severity == "error"
    assert gap.facts is not None
    assert 20 <= gap.facts.values["days"] <= 30
    assert "it happens on the baseline with days" in gap.message


def test_is_none_where_the_steps_above_never_lead_to_it() -> None:
    """Twice the same fact, calculated: the table does not know that both are one, the chain does."""
    twice = "- {formula: again, type: days, expression: days, label: {en: Text, zh: 文字}}"
    made = ruleset(twice, table("UNIQUE", "days, again", "< 10 | < 10", ">= 10 | >= 10"))
    assert findings(made, "gaps") == []


@pytest.mark.parametrize(("asked", "severities"), [("error", ["error"]), ("warn", ["warn"]), ('"off"', [])])
def test_is_as_grave_as_the_ruleset_says(asked: str, severities: list[str]) -> None:
    made = ruleset(table("UNIQUE", "days", "< 10"), checks=f"gaps: {asked}")
    assert [one.severity for one in findings(made, "gaps")] == severities


def test_is_counted_where_there_are_too_many_to_show() -> None:
    made = ruleset(table("FIRST", "days, amount", *(f"{day} | > {day}" for day in range(20))))
    gaps = findings(made, "gaps")
    assert len(gaps) == 5
    assert gaps[-1].message.endswith("more)")
