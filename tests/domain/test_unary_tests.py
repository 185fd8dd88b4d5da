"""A unary test holds as S-FEEL says (DMN 1.5, 9.2), but never on what is unknown; both engines agree."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.unary_tests import holds
from app.domain.values import Kind, Value, ValueType
from schemas.cells import unary_test
from tests.small_rulesets import decide, rules, ruleset, written

CHOICE = "values: [A, B, C, D, E]"
PARAMETERS = {
    "limit": (ValueType(Kind.MONEY, 2), Decimal("50.00")),
    "best": (ValueType(Kind.CHOICE, choices=("A",)), "A"),
}
# type, cell, values for which it holds, values for which it does not (`unknown` among them unless it holds)
TABLE = [
    ("days", "-", "-5 0 30 unknown", ""),
    ("days", "90", "90", "89 91"),
    ("days", "0", "0", "-1 1"),
    ("days", "-5", "-5", "5 -4 -6"),
    ("days", "< 30", "29 -100", "30 31"),
    ("days", "<= 30", "30 29", "31"),
    ("days", "> 30", "31", "30 29"),
    ("days", ">= 30", "30 31", "29"),
    ("days", "[10..30]", "10 20 30", "9 31"),
    ("days", "[10..30)", "10 29", "9 30"),
    ("days", "(10..30]", "11 30", "10 31"),
    ("days", "(10..30)", "11 29", "10 30"),
    ("days", "[30..30]", "30", "29 31"),
    ("days", "[-10..-5]", "-10 -5", "-11 -4 0"),
    ("days", "10, 20, 30", "10 20 30", "15 0"),
    ("days", "< 10, [20..30), 45, > 90", "9 20 29 45 91", "10 19 30 44 46 90"),
    ("days", "not(30)", "29 31", "30"),
    ("days", "not(< 10, > 20)", "10 15 20", "9 21"),
    ("days", "not([10..20])", "9 21", "10 20"),
    ("days", "unknown", "unknown", "0 30"),
    ("days", "known", "0 -1 30", ""),
    ("days", "unknown, > 30", "unknown 31", "30"),
    ("days", "unknown, known", "unknown 0", ""),
    ("hours", "> 24", "25", "24"),
    ("money", "> 1_000.00", "1000.01", "1000.00 999.99"),
    ("money", "< 0", "-0.01", "0.00 0.01"),
    ("money", ">= limit", "50.00 50.01", "49.99"),
    ("money", "(limit..100.00]", "50.01 100.00", "50.00 100.01"),
    ("money", "not(limit)", "49.99", "50.00"),
    ("percent", "30%", "30% 0.3", "29.99% 30.01%"),
    ("percent", "< 0.3", "29.99%", "30%"),
    ("number", "[1.2..2)", "1.2 1.2000 1.9999", "1.1999 2"),
    ("date", "< 2026-03-01", "2026-02-28 0001-01-01", "2026-03-01 9999-12-31"),
    ("date", "[2024-02-29..2024-03-01]", "2024-02-29 2024-03-01", "2024-02-28 2024-03-02"),
    ("yes_no", '"yes"', "yes", "no"),
    ("yes_no", "no", "no", "yes"),
    ("yes_no", "yes, no", "yes no", ""),
    ("yes_no", "not(yes)", "no", "yes"),
    ("yes_no", "no, unknown", "no unknown", "yes"),
    ("choice", "A", "A", "B E"),
    ("choice", "A, B", "A B", "C"),
    ("choice", '"A", B', "A B", "C"),
    ("choice", "not(E)", "A D", "E"),
    ("choice", "not(A, B)", "C D E", "A B"),
    ("choice", "best", "A", "B"),
    ("choice", "known", "A E", ""),
    ("choice", "E, unknown", "E unknown", "A"),
    ("list of choice", "A", "A A,B", "B []"),
    ("list of choice", "A, B", "A B B,C A,B", "C []"),
    ("list of choice", "all(A, B)", "A,B A,B,C", "A B []"),
    ("list of choice", "all(A, B), C", "A,B C A,C", "A B []"),
    ("list of choice", "not(A, B)", "C C,D []", "A B,C"),
    ("list of choice", "not(all(A, B))", "A [] C", "A,B A,B,C"),
    ("list of choice", "known", "[] A", ""),
    ("list of choice", "unknown", "unknown", "[] A"),
    ("list of choice", "-", "unknown [] A", ""),
    ("text", "known", "anything", ""),
    ("text", "unknown", "unknown", "anything"),
]  # fmt: skip


every_row = pytest.mark.parametrize(
    ("kind", "cell", "true", "false"), TABLE, ids=[f"{kind}: {cell}" for kind, cell, *_ in TABLE]
)


def declared(kind: str) -> ValueType:
    words = tuple("ABCDE") if "choice" in kind else ()
    return ValueType(Kind(kind), {"money": 2, "percent": 4, "number": 4}.get(kind, 0), words)


def sample(value: str, kind: str) -> Value:
    if kind == "list of choice" and value != "unknown":
        return written([] if value == "[]" else value.split(","), declared(kind))
    return written(value, declared(kind))


@every_row
def test_it_holds_for_these_values_and_not_for_those(kind: str, cell: str, true: str, false: str) -> None:
    test = unary_test(cell, declared(kind), PARAMETERS)
    never = [*false.split(), *(["unknown"] if "unknown" not in true else [])]
    for value in true.split():
        assert holds(test, sample(value, kind)), value
    for value in never:
        assert not holds(test, sample(value, kind)), value


@every_row
def test_both_engines_find_the_same(kind: str, cell: str, true: str, false: str) -> None:
    values = f", {CHOICE}" if "choice" in kind else ""
    quoted = cell.replace("'", "''")
    tested, asking = f"tested, {{fact: '{quoted}'}}, {{outcome: refuse}}", "asking, {fact: unknown}, {}"
    asked = ruleset(
        rules("only", "COLLECT", tested, asking),
        facts=f"fact: {{type: {kind}{values}, unknown: allowed}}",
        parameters="limit: {type: money, value: 50.00}\nbest: {type: choice, values: [A], value: A}",
    )
    expected = {**dict.fromkeys(true.split(), "refuse"), **dict.fromkeys(false.split(), "pass")}
    for value, outcome in expected.items():
        listed = kind == "list of choice" and value != "unknown"
        given = [one for one in value.split(",") if one != "[]"] if listed else value
        assert decide(asked, {"fact": given}).outcome == outcome, value


def test_no_value_is_between_two_adjacent_ones() -> None:
    """Exactly one of ``< c``, ``c`` and ``> c`` holds, at and next to c, for every ordered type."""
    for kind, constant, step in [
        ("days", "30", 1),
        ("money", "0.10", Decimal("0.01")),
        ("percent", "10%", Decimal("0.0001")),
        ("date", "2024-02-29", timedelta(days=1)),
    ]:
        tests = [unary_test(f"{sign}{constant}", declared(kind), {}) for sign in ("< ", "", "> ")]
        middle = written(constant, declared(kind))
        for value, expected in [(middle - step, 0), (middle, 1), (middle + step, 2)]:
            assert [holds(test, value) for test in tests] == [place == expected for place in range(3)]


def test_the_outcome_so_far_may_be_tested_by_its_id() -> None:
    first = rules("first", "COLLECT", 'counts, {fact: "> 0"}, {outcome: counter}')
    second = rules("second", "COLLECT", 'after, {outcome: "not(counter)"}, {outcome: refuse}')
    two_steps = ruleset(f"{first}\n{second}", facts="fact: {type: days}", baseline="fact: 0")
    assert decide(two_steps).outcome == "refuse"
    assert decide(two_steps, {"fact": "1"}).outcome == "counter"
