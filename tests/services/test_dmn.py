"""Models of others are decided as DMN says: expressions, unary tests and hit policies."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from app.services.dmn.comparing import Verdict, compared
from app.services.dmn.running import Running
from schemas.interchange.dmn.cases import read_cases
from schemas.interchange.dmn.model import (
    Decision,
    DecisionTable,
    InputClause,
    InputData,
    Literal,
    Model,
    OutputClause,
    TableRule,
)
from schemas.unreadable import Unreadable


def table(policy: str, rows: Sequence[tuple[str, str]], values: str = "", **more: str) -> DecisionTable:
    rules = tuple(TableRule(f"r{n}", (test,), (result,)) for n, (test, result) in enumerate(rows))
    output = OutputClause(values=values, default=more.pop("default", ""))
    return DecisionTable(policy, more.pop("aggregation", ""), (InputClause("x"),), (output,), rules)


def decided(boxed: DecisionTable | Literal, **given: Any) -> Any:
    inputs = {name: InputData(f"i-{name}", name) for name in given}
    decision = Decision("d", "d", "", tuple(one.id for one in inputs.values()), (), boxed)
    return Running(Model("m", inputs, {"d": decision}, {}), given).decided("d")


TWO = [("> 1", '"A"'), ("> 2", '"B"')]


@pytest.mark.parametrize(
    ("boxed", "x", "expected"),
    [
        (table("UNIQUE", TWO), 2, "A"),
        (table("UNIQUE", TWO), 3, None),
        (table("U", TWO), 1, None),
        (table("UNIQUE", TWO, default='"C"'), 1, "C"),
        (table("ANY", TWO), 3, None),
        (table("ANY", [*TWO, ("3", '"B"')][1:]), 3, "B"),
        (table("FIRST", TWO), 3, "A"),
        (table("PRIORITY", TWO, '"B", "A"'), 3, "B"),
        (table("RULE ORDER", [*TWO, ("> 0", '"A"')]), 3, ["A", "B", "A"]),
        (table("OUTPUT ORDER", [*TWO, ("> 0", '"A"')], '"B", "A"'), 3, ["B", "A", "A"]),
        (table("COLLECT", TWO), 3, ["A", "B"]),
        (table("COLLECT", [("> 1", "10"), ("> 2", "x * 2.5")], aggregation="SUM"), 3, Decimal("17.5")),
        (table("COLLECT", [("> 1", "10"), ("> 2", "7")], aggregation="MIN"), 3, Decimal(7)),
        (table("COLLECT", [("> 1", "10"), ("> 2", "7")], aggregation="MAX"), 3, Decimal(10)),
        (table("COLLECT", TWO, aggregation="COUNT"), 3, Decimal(2)),
        (table("COLLECT", TWO, aggregation="COUNT"), 0, Decimal(0)),
    ],
)
def test_hit_policies_are_as_dmn_says(boxed: DecisionTable, x: int, expected: Any) -> None:
    assert decided(boxed, x=Decimal(x)) == expected


@pytest.mark.parametrize(
    ("test", "holds_on", "not_on"),
    [
        ("5", ["5", "5.0"], ["5.01", None]),
        ("[1..2)", ["1", "1.999"], ["2", "0.999", None]),
        ("]1..2]", ["2", "1.001"], ["1", None]),
        ("not(5)", ["6", None], ["5"]),  # null = 5 is false
        ("not(5, > 7)", ["6", "7"], ["5", "8", None]),  # null > 7 is null, and so is its negation
        ("not([1..2])", ["3"], ["1", None]),
        ("not([2..1])", ["1", "3"], [None]),
        ("[2..1]", [], ["1", "2", None]),
        ("[1..2[, ]5..6], 9", ["1", "5.5", "9"], ["2", "5", None]),
        ('"5", 6', ["6"], ["5", None]),  # a value of another kind is never equal
        ('not("5")', [None], ["5", "6"]),
        ('> "5"', [], ["6", None]),
        ("> null", [], ["6", None]),
        ("[1, 2, y]", ["1", "2"], ["3", None]),  # in a list
        ("not([1, null])", ["3"], ["1", None]),
        ("not([])", ["1", None], []),
        ("> 1.00000000000001", ["1.00000000000002"], ["1.00000000000001", "1"]),
        ("< 10 ** 40", ["1"], [str(10**40), None]),
        ("not(null)", ["1"], [None]),
        ("null, 3", [None, "3"], ["4"]),
        ("not(3, null)", ["4"], [None, "3"]),
        ("-", ["1", None], []),
        ("> 1 + y", ["3.5"], ["3", None]),
    ],
)
def test_unary_tests_are_as_dmn_says(test: str, holds_on: list[str | None], not_on: list[str | None]) -> None:
    for expected, values in (("yes", holds_on), (None, not_on)):
        for one in values:
            x = None if one is None else Decimal(one)
            assert decided(table("FIRST", [(test, '"yes"')]), x=x, y=Decimal(2)) == expected, one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("2 ** -1 * 4 - -1", Decimal(3)),
        ("1 / 0", None),
        ('"a" + "b"', "ab"),
        ('if 1 < 2 and "a" != "b" then [1, null] else 3', [Decimal(1), None]),
        ("true or null", True),
        ("false and null", False),
        ("true and null", None),
        ("1 = null", False),
        ('1 = "1"', None),
        ("{a: 2, b: a * 3}.b", Decimal(6)),
        ("sum([1, 2, 3]) + max(1, 5) + count([])", Decimal(11)),
        ('date("2026-01-31") < @"2026-02-01"', True),
        (r'"a\n\u00e9\U01F600\"\\"', 'a\né\U0001f600"\\'),
        ("floor(-1.5) + ceiling(1.2) + abs(-3)", Decimal(3)),
        ("not(1 > 2)", True),
    ],
)
def test_expressions_are_as_feel_says(text: str, expected: Any) -> None:
    assert decided(Literal(text)) == expected


@pytest.mark.parametrize(
    "text", ["1 +", "(1", "unknown_name", "a b", "1 2", '"a', "[1", "-" * 100 + "1", "(" * 100, "{a 1}", "§"]
)
def test_a_text_that_is_no_expression_is_not_read(text: str) -> None:
    with pytest.raises(Unreadable):
        decided(Literal(text))


def test_only_what_needs_a_value_of_another_kind_is_not_read() -> None:
    told = """<testCases xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
      <testCase id="1">
        <inputNode name="x"><component name="day"><value xsi:type="xsd:duration">P1D</value></component>
          <component name="n"><value>1</value></component></inputNode>
        <resultNode name="whole"><expected/></resultNode>
        <resultNode name="day"><expected><value>1</value></expected></resultNode>
        <resultNode name="n"><expected><value>1.000000001</value></expected></resultNode>
        <resultNode name="n"><expected><value xsi:type="xsd:time">12:00:00</value></expected></resultNode>
      </testCase>
      <testCase id="2"><resultNode name="n" errorResult="true"><expected/></resultNode></testCase>
      <testCase id="3"><inputNode name="x"><component name="n"><value>2</value></component></inputNode>
        <resultNode name="n"><expected><value>1</value></expected></resultNode></testCase>
    </testCases>"""
    texts = {"whole": "x", "day": "x.day", "n": "x.n"}
    decisions = {name: Decision(name, name, "", ("i",), (), Literal(text)) for name, text in texts.items()}
    model = Model("m", {"x": InputData("i", "x")}, decisions, {})
    found = list(compared(model, read_cases(told.encode())))
    unread, passed, failed = Verdict.NOT_READ, Verdict.PASSED, Verdict.FAILED
    assert [one.verdict for one in found] == [unread, unread, passed, unread, passed, failed]
    assert [one.why for one in found[:2]] == ["a value of type duration is not read"] * 2
