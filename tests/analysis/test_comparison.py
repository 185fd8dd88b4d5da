"""A comparison of two versions says, in words: what changed, what follows from it, and where it stands."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from app.analysis.comparison.changes import Sort
from app.analysis.comparison.lines import unified
from app.analysis.comparison.versions import Comparison, Version, compare
from app.analysis.comparison.wording import change_said, effect_said, line_said
from schemas.ruleset import load
from schemas.text import read

TESTS = Path(__file__).resolve().parents[1]
EXAMPLE = (TESTS / "rulesets" / "example.yaml").read_text("utf-8")
FEATURES = (TESTS / "rulesets" / "every-feature.yaml").read_text("utf-8")


def version(text: str) -> Version:
    return Version(load(text), text, read(text))


def compared(*changes: tuple[str, str], text: str = EXAMPLE) -> Comparison:
    """A text against itself with replacements."""
    after = text
    for old, new in changes:
        assert old in after, old
        after = after.replace(old, new)
    return compare(version(text), version(after))


def told(found: Comparison, language: str = "en") -> list[str]:
    return [change_said(one, language) for one in found.changes]


def follows(found: Comparison, language: str = "en") -> list[str]:
    return [effect_said(one, language) for one in found.effects]


def test_the_same_text_differs_in_nothing():
    found = compared()
    assert (found.changes, found.effects, found.hunks, found.text_only) == ((), (), (), ())


def test_a_parameter_is_told_with_the_rule_that_fires_elsewhere_though_its_text_is_the_same():
    found = compared(("type: days, value: 90", "type: days, value: 60"))
    assert told(found) == ["Parameter `max_balance_days` 90 -> 60"]
    assert follows(found) == [
        "`max_balance_days`: rule `term-too-long` now fires from 61 (before: from 91)",
        "`max_balance_days`: rule `term-too-long` now gives `net_days` 60 (before: 90)",
        "`max_balance_days`: reason `TERM_TOO_LONG` now says 60 (before: 90)",
    ]
    (change,) = found.changes
    assert change.lines_before == change.lines_after
    assert EXAMPLE.splitlines()[change.lines_before.first - 1].strip().startswith("max_balance_days:")


def test_it_speaks_chinese():
    found = compared(("type: days, value: 90", "type: days, value: 60"))
    assert told(found, "zh") == ["参数 `max_balance_days` 90 -> 60"]
    assert "规则 `term-too-long`现从 61 起触发（原从 91 起）" in follows(found, "zh")[0]


def test_a_rule_with_other_conditions_names_the_fact_and_the_bounds_that_hold():
    found = compared(("type: money, value: 50_000.00", "type: money, value: 40_000.00"), text=FEATURES)
    assert (
        "`large_amount`: rule `large-on-account` now fires from 40,000.01 EUR to 1,000,000.00 EUR in"
        " `open_amount` (before: from 50,000.01 EUR to 1,000,000.00 EUR)"
    ) in follows(found)


def test_a_choice_and_points_that_are_parameters_have_their_effects():
    found = compared(("value: C, source", "value: B, source"), text=FEATURES.replace("[B, ", "[A, "))
    assert "`worst_grade`: row `worst` now fires at B in `grade` (before: at C)" not in follows(found)
    assert "`worst_grade`: row `worst` now fires at B (before: at C)" in follows(found)
    text = FEATURES.replace("points: 20}", "points: late_days}")
    found = compared(("type: days, value: 30", "type: days, value: 25"), text=text)
    assert "`late_days`: band `much-prepaid` now gives 25 points (before: 30)" in follows(found)
    assert "`late_days`: band `slow` now fires from 5 to 24 (before: from 5 to 29)" in follows(found)


def test_a_formula_is_told_with_both_expressions_and_with_what_reads_it():
    found = compared(("(exposure + order_amount)", "(exposure - order_amount)"))
    assert told(found) == [
        "Formula `utilisation`, expression:"
        " `if credit_limit > 0 then (exposure + order_amount) / credit_limit else 1000%` ->"
        " `if credit_limit > 0 then (exposure - order_amount) / credit_limit else 1000%`"
    ]
    (said,) = follows(found)
    assert said.startswith("Formula `utilisation` changed; it is read by `base-terms/best-within-limit`")
    assert "`safeguards/over-limit-without-prepayment`" in said


def test_a_formula_that_reads_a_parameter_now_calculates_with_another_value():
    found = compared(("[2026-05-01, 2026-01-01]", "[2026-05-01]"), text=FEATURES)
    assert follows(found) == [
        "`holidays`: formula `due_day` now calculates with 2026-05-01 (before: 2026-01-01, 2026-05-01);"
        " it is read by `due`, `warnings/due-soon`, `warnings/due-later`"
    ]


VALUES = {
    "Fact `requested_net_days`, largest value: 365 -> 180": ("max: 365, ch", "max: 180, ch"),
    "Fact `exposure`, who may give it: file, finance -> file": ("[file, finance]", "[file]"),
    "Fact `grade`, sensitive: nothing -> yes": ("unknown: allowed, ", "sensitive: yes, unknown: allowed, "),
    "Output `net_days`, how contributions are combined: smallest -> largest": (
        "combine: smallest",
        "combine: largest",
    ),
    "Row `middle`, when `utilisation`: `-` -> `<= 90%`": ('["C", -]', '["C", "<= 90%"]'),
    "Row `weak`, gives `prepayment_due`: 100% -> 90%": (
        '"D, E", -],          then: [0, 100%]',
        '"D, E", -], then: [0, 90%]',
    ),
    "Rule `grade-unknown`, gives `net_days`: nothing -> 0": (
        "reason: FILE_INCOMPLETE}",
        "reason: FILE_INCOMPLETE, net_days: 0}",
    ),
    "The ruleset, outcome when no rule sets one: offer -> refer": ("otherwise: offer", "otherwise: refer"),
    "List of rules `safeguards`, hit policy: COLLECT -> FIRST": ("hit_policy: COLLECT", "hit_policy: FIRST"),
    "Reason `FILE_INCOMPLETE`, English: The credit file is not complete. -> Incomplete.": (
        "The credit file is not complete.",
        "Incomplete.",
    ),
    "Case `A long term for a good customer is countered, not refused`, given `grade`: A -> B": (
        "given:  {grade: A, ",
        "given:  {grade: B, ",
    ),
    "The ruleset, checks `gaps`: error -> warn": ("gaps: error", "gaps: warn"),
}


@pytest.mark.parametrize("said", VALUES)
def test_every_value_is_told_where_it_stands(said):
    assert said in told(compared(VALUES[said]))


def test_a_value_written_differently_is_said_to_be_the_same():
    (said,) = told(compared(("100_000.00", "100000")))
    assert said.endswith("100_000.00 -> 100000 (the same value, written differently)")


def test_parts_that_are_new_gone_or_renamed_are_told_once():
    found = compared(
        (
            '  - {id: weak,               when: ["D, E", -],',
            '  - {id: poor,               when: ["D, E", -],',
        ),
        ("  - id: grade-unknown", "  - id: grade-missing"),
        ("prepayment: 29%", "prepayment: 28%"),
    )
    assert [(one.sort, one.id, one.before) for one in found.changes[:2]] == [
        (Sort.RENAMED, "poor", "weak"),
        (Sort.RENAMED, "grade-missing", "grade-unknown"),
    ]
    assert told(found)[2:] == [
        "Rule `over-limit-without-prepayment`, example that fires `prepayment`: 29% -> 28%"
    ]
    row = '  - {id: tiny, when: [A, "> 500%"], then: [0, 0%], source: "S0:L7"}\n'
    found = compared(("  - {id: not-graded", f"{row}  - {{id: not-graded"))
    assert told(found) == [
        "Row `tiny` (base-terms) added: id tiny, when [A, > 500%], then [0, 0%], source S0:L7"
    ]
    back = compare(
        version(EXAMPLE.replace("  - {id: not-graded", f"{row}  - {{id: not-graded")), version(EXAMPLE)
    )
    assert told(back) == [
        "Row `tiny` (base-terms) removed; it was: id tiny, when [A, > 500%], then [0, 0%], source S0:L7"
    ]


def test_a_move_says_whether_the_order_counts():
    rows = [
        line
        for line in FEATURES.splitlines(keepends=True)
        if "{id: low-points" in line or "{id: gold-" in line
    ]
    found = compared(("".join(rows), "".join(rows[::-1])), text=FEATURES)
    (said,) = told(found)
    assert "moved from place" in said
    assert said.endswith("FIRST: of the rules that hold, the first decides")
    assert found.text_only == ()
    outcomes = [line for line in EXAMPLE.splitlines(keepends=True) if line.startswith("- {id: ")][1:3]
    (said,) = told(compared(("".join(outcomes), "".join(outcomes[::-1]))))
    assert said.endswith("outcomes stand mildest to strictest")


def test_a_new_column_is_told_cell_by_cell_where_it_says_something():
    text = EXAMPLE.replace("inputs:  [grade, utilisation]", "inputs:  [grade, utilisation, prepayment]")
    for old in ('"<= 100%"]', '"> 100%"]', '["C", -]', '["D, E", -]', "[unknown, -]"):
        text = text.replace(old, old[:-1] + (', "< 50%"]' if old == '"> 100%"]' else ", -]"))
    found = compare(version(EXAMPLE), version(text))
    assert told(found) == [
        "Table `base-terms`, input columns: grade, utilisation -> grade, utilisation, prepayment",
        "Row `best-over-limit`, when `prepayment`: `-` -> `< 50%`",
    ]


def test_a_comment_or_layout_is_told_as_a_line_of_the_text():
    found = compared(("# the numbers an officer tunes; one place, named, sourced", "# the numbers"))
    assert found.changes == ()
    assert [line_said(one, "en").split(",")[0] for one in found.text_only] == [
        "Only in the text (a comment"
    ] * 2
    assert len(compared(("otherwise: offer  ", "otherwise:  offer  ")).text_only) == 2


def test_the_text_is_a_unified_difference_with_line_numbers():
    found = compared(("type: days, value: 90", "type: days, value: 60"))
    number = next(i for i, line in enumerate(EXAMPLE.splitlines(), 1) if "max_balance_days:" in line)
    lines = unified(found.hunks, "a", "b").splitlines()
    assert lines[:3] == ["--- a", "+++ b", f"@@ -{number - 3},7 +{number - 3},7 @@"]
    assert [line[:22] for line in lines if line[:1] in "-+"][2:] == [
        "-  max_balance_days:  ",
        "+  max_balance_days:  ",
    ]


def test_five_hundred_rows_take_well_under_a_second():
    rows = "".join(
        f'  - {{id: r-{n}, when: ["[{n}..{n + 1})"], then: [{n}], source: x}}\n' for n in range(500)
    )
    columns = "inputs: [order_amount]\n  outputs: [net_days]"
    table = f"- table: big\n  hit_policy: UNIQUE\n  {columns}\n  rows:\n{rows}\n"
    before = EXAMPLE.replace("- rules: safeguards", f"{table}- rules: safeguards")
    sides = (
        version(before),
        version(re.sub(r"then: \[([0-9]+)\], source: x", r"then: [1\1], source: x", before)),
    )
    started = time.process_time()
    found = compare(*sides)
    assert time.process_time() - started < 1
    assert sum(one.id.startswith("r-") for one in found.changes) == 500
