"""A formula is exact, rounds once and half-even, and is unknown where an operand is or a divisor is 0."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.arithmetic import compiled
from app.domain.values import Kind, ValueType, of_type
from schemas.formula_types import resolved
from schemas.formulas import formula
from schemas.names import Names
from tests.small_rulesets import TODAY, decide, ruleset

CHOICES = ("A", "B", "C")
TYPES = {
    "a": ValueType(Kind.NUMBER, 4),
    "b": ValueType(Kind.NUMBER, 4),
    "zero": ValueType(Kind.NUMBER, 4),
    "nobody": ValueType(Kind.NUMBER, 4),
    "share": ValueType(Kind.PERCENT, 4),
    "days": ValueType(Kind.DAYS),
    "yes_fact": ValueType(Kind.YES_NO),
    "no_fact": ValueType(Kind.YES_NO),
    "maybe": ValueType(Kind.YES_NO),
    "grade": ValueType(Kind.CHOICE, choices=CHOICES),
    "no_grade": ValueType(Kind.CHOICE, choices=CHOICES),
    "flags": ValueType(Kind.CHOICES, choices=CHOICES),
    "no_flags": ValueType(Kind.CHOICES, choices=CHOICES),
    "day": ValueType(Kind.DATE),
    "no_day": ValueType(Kind.DATE),
    "holidays": ValueType(Kind.DATES),
}
VALUES = {
    "a": Decimal("7.0000"), "b": Decimal("2.0000"), "zero": Decimal("0.0000"), "nobody": None,
    "share": Decimal("0.3000"), "days": 30, "yes_fact": True, "no_fact": False, "maybe": None,
    "grade": "B", "no_grade": None, "flags": ("A", "C"), "no_flags": None,
    "day": TODAY, "no_day": None, "holidays": (date(2026, 1, 19),),
}  # fmt: skip


def value(text: str, kind: Kind = Kind.NUMBER, decimals: int = 4) -> Any:
    """What a formula of that type yields for the values above."""
    wanted = ValueType(kind, decimals, CHOICES if kind is Kind.CHOICE else ())
    found = compiled(resolved(formula(text), Names(TYPES), wanted))(VALUES)
    return of_type(wanted, found) if found is not None and wanted.numeric else found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * 3", "13"),
        ("(a + b) * 3", "27"),
        ("a - b - 1", "4"),
        ("a / b / 2", "1.75"),
        ("-a + b", "-5"),
        ("a - -b", "9"),
        ("2 * a ** 2", "98"),
        ("a ** 0", "1"),
        ("0 ** 0", "1"),
        ("b ** 10", "1024"),
        ("10_000.5 * b", "20001"),
        ("a * 30%", "2.1"),
        ("share * days", "9"),
        ("0.1 + 0.2", "0.3"),
        ("min(a, b, 3)", "2"),
        ("max(a, b, 3)", "7"),
        ("abs(b - a)", "5"),
        ("floor(-3.5)", "-4"),
        ("ceiling(-3.5)", "-3"),
        ("floor(a / b)", "3"),
        ("ceiling(a / b)", "4"),
        ("if a > b then 1 else 2", "1"),
        ("if a < b then 1 else if a = 7 then 3 else 4", "3"),
        ("least_known(a, nobody, b)", "2"),
        ("greatest_known(nobody, a)", "7"),
        ("days_between(2026-01-01, day)", "14"),
        ("days_between(day, 2026-01-01)", "-14"),
    ],
)
def test_its_value(text: str, expected: str) -> None:
    assert value(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "decimals", "expected"),
    [
        ("0.125", 2, "0.12"),  # half to even
        ("0.135", 2, "0.14"),
        ("-0.125", 2, "-0.12"),
        ("0.1250000001", 2, "0.13"),
        ("1 / 3", 4, "0.3333"),
        ("2 / 3", 4, "0.6667"),
        ("1 / 3 + 1 / 3 + 1 / 3", 4, "1.0000"),  # not 0.9999: only the result is rounded
        ("1 / 3 * 3", 0, "1"),
        ("1 / 8", 2, "0.12"),
        ("3 / 8", 2, "0.38"),
        ("1 / 400 * 5 + 1 / 800", 2, "0.01"),
        ("round(2.5, 0)", 4, "2.0000"),
        ("round(3.5, 0)", 4, "4.0000"),
        ("round(1 / 3, 2) * 3", 4, "0.9900"),  # asked to round earlier
        ("-0.001", 2, "0.00"),
        ("10 ** 10 / 10 ** 10 / 3", 6, "0.333333"),
    ],
)
def test_it_is_rounded_once_to_its_scale_and_half_to_even(text: str, decimals: int, expected: str) -> None:
    assert str(value(text, decimals=decimals)) == expected


def test_there_is_no_minus_zero() -> None:
    assert str(value("-zero", decimals=2)) == "0.00"
    assert str(value("0 * -1 / 3", decimals=2)) == "0.00"


def test_whole_days_are_rounded_half_to_even_too() -> None:
    assert [value(text, Kind.DAYS, 0) for text in ("days / 4", "days / 12", "42 / 12")] == [8, 2, 4]


@pytest.mark.parametrize(
    "text",
    [
        "nobody", "nobody + 1", "a * nobody", "nobody * 0", "-nobody", "nobody ** 2",
        "min(a, nobody)", "max(nobody, a)", "abs(nobody)", "round(nobody, 2)",
        "if maybe then 1 else 1", "if nobody > 1 then 1 else 2",
        "if a > b then nobody else 1", "least_known(nobody, nobody)", "days_between(no_day, day)",
        "a / zero", "a / (b - 2)", "zero / zero", "a / zero * 0", "max(a / zero, 1)",
    ],
)  # fmt: skip
def test_it_is_unknown_where_an_operand_is_or_a_divisor_is_0(text: str) -> None:
    assert value(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "if a > b then 1 else nobody",
        "if known(nobody) then nobody else 5",
        "if a = 7 then a / b else a / zero",
    ],
)
def test_the_branch_not_taken_does_not_matter(text: str) -> None:
    assert value(text) is not None


TRUE, FALSE, UNKNOWN = "yes_fact", "no_fact", "maybe"
KLEENE = [
    (TRUE, TRUE, True, True), (TRUE, FALSE, False, True), (TRUE, UNKNOWN, None, True),
    (FALSE, TRUE, False, True), (FALSE, FALSE, False, False), (FALSE, UNKNOWN, False, None),
    (UNKNOWN, TRUE, None, True), (UNKNOWN, FALSE, False, None), (UNKNOWN, UNKNOWN, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "conjunction", "disjunction"), KLEENE)
def test_and_and_or_are_those_of_kleene(
    left: str, right: str, conjunction: bool | None, disjunction: bool | None
) -> None:
    assert value(f"{left} and {right}", Kind.YES_NO) is conjunction
    assert value(f"{left} or {right}", Kind.YES_NO) is disjunction


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not(yes_fact)", False), ("not(no_fact)", True), ("not(maybe)", None),
        ("known(maybe)", False), ("known(no_fact)", True),
        ("known(a / zero)", False), ("known(a / b)", True),
        ("known(nobody) and nobody > 3", False), ("not(known(nobody)) or nobody > 3", True),
        ("yes_fact or no_fact and no_fact", True), ("(yes_fact or no_fact) and no_fact", False),
        ("a = 7", True), ("a = 7.0", True), ("a != 7", False),
        ("a >= 7", True), ("a > 7", False), ("a <= b", False),
        ("1 / 3 < 0.3334", True), ("1 / 3 = 0.3333", False),
        ("1 / 3 + 2 / 3 = 1", True), ("a / b > 3.5", False),
        ("0.1 + 0.2 = 0.3", True), ("nobody = nobody", None), ("nobody != 1", None),
        ("grade = B", True), ('grade = "B"', True), ("B = grade", True),
        ("grade != A", True), ("no_grade = A", None),
        ("contains(flags, A)", True), ("contains(flags, grade)", False), ("contains(no_flags, A)", None),
        ("day = 2026-01-15", True), ("day < 2026-01-16", True), ("no_day < day", None),
        ("yes_fact = yes", True), ("no_fact = yes", False), ("yes", True),
    ],
)  # fmt: skip
def test_conditions(text: str, expected: bool | None) -> None:
    assert value(text, Kind.YES_NO) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if a > b then A else C", "A"),
        ("grade", "B"),
        ('if a < b then "A" else grade', "B"),
        ("no_grade", None),
    ],
)
def test_choices(text: str, expected: str | None) -> None:
    assert value(text, Kind.CHOICE) == expected


def test_thirty_digits_are_exact() -> None:
    assert value("123456789012345678901234567890 * 10 + 0.0001") == Decimal(
        "1234567890123456789012345678900.0001"
    )
    assert value("(123456789012345678901234567890 + 1) * 3 / 3 - 123456789012345678901234567890") == 1


def test_a_number_of_more_than_eighty_digits_is_unknown_and_said_to_be() -> None:
    steps = "- {formula: vast, type: number, expression: amount ** 10, label: {en: Vast, zh: 巨大}}"
    evaluation = decide(ruleset(steps, facts="amount: {type: number}", baseline="amount: 1_000_000_000"))
    assert evaluation.derived["vast"] is None
    assert [(note.name, note.because, note.unknown) for note in evaluation.notes] == [("vast", (), True)]


def test_a_decision_says_which_operands_were_unknown_and_whether_it_mattered() -> None:
    steps = """
    - {formula: worst, type: number, expression: "least_known(mine, theirs)", label: {en: Worst, zh: 最差}}
    - {formula: both, type: number, expression: mine + theirs, label: {en: Both, zh: 两者}}
    - {formula: ratio, type: number, expression: mine / (mine - mine), label: {en: Ratio, zh: 比率}}
    """
    facts = "mine: {type: number, unknown: allowed}\ntheirs: {type: number, unknown: allowed}"
    evaluation = decide(ruleset(steps, facts=facts), {"mine": "3"})
    assert (evaluation.derived["worst"], evaluation.derived["both"], evaluation.derived["ratio"]) == (
        3,
        None,
        None,
    )
    assert [(note.name, note.because, note.unknown) for note in evaluation.notes] == [
        ("worst", ("theirs",), False),
        ("both", ("theirs",), True),
        ("ratio", (), True),
    ]
