"""Decision tables of others: several outputs, words and days, allowed values, and tables that are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
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
    ItemType,
    Model,
    OutputClause,
    TableRule,
)
from schemas.interchange.dmn.xml import read_model
from schemas.unreadable import Unreadable

Row = tuple[Sequence[str], Sequence[str]]
PAIR = (OutputClause("lane", values='"fast", "slow"'), OutputClause("days"))
SINGLE = (OutputClause(),)


def table(
    policy: str, rows: Sequence[Row], outputs: Sequence[OutputClause] = SINGLE, inputs: str = "x"
) -> DecisionTable:
    rules = tuple(TableRule(f"r{n}", tuple(tests), tuple(found)) for n, (tests, found) in enumerate(rows))
    return DecisionTable(policy, "", tuple(map(InputClause, inputs.split())), tuple(outputs), rules)


def decided(
    boxed: DecisionTable, given: dict[str, Any], types: Sequence[ItemType] = (), result: str = ""
) -> Any:
    inputs = {name: InputData(f"i-{name}", name) for name in given}
    decision = Decision("d", "d", result, tuple(one.id for one in inputs.values()), (), boxed)
    model = Model("m", inputs, {"d": decision}, {one.name: one for one in types})
    return Running(model, given).decided("d")


def pair(lane: str, days: int) -> dict[str, Any]:
    return {"lane": lane, "days": Decimal(days)}


@pytest.mark.parametrize(
    ("test", "holds_on", "not_on"),
    [
        ('"m"', ["m"], ["M", "", None]),
        ('< "m"', ["M", "a", ""], ["m", "z", None]),
        ('["b".."d[, ]")', ["b", "c", "d"], ["a", "e", None]),
        ('"a, b", "c"', ["a, b", "c"], ["a", "b"]),
        ('not("a", "b")', ["c", None], ["a", "b"]),
        ("true", [], ["true"]),
    ],
)
def test_words_are_tested_as_dmn_says(test: str, holds_on: list[Any], not_on: list[Any]) -> None:
    for expected, values in (("yes", holds_on), (None, not_on)):
        for one in values:
            assert decided(table("UNIQUE", [([test], ['"yes"'])]), {"x": one}) == expected, one


@pytest.mark.parametrize(
    ("test", "holds_on", "not_on"),
    [
        ('> date("2026-01-31")', [date(2026, 2, 1)], [date(2026, 1, 31), None]),
        ('[@"2026-01-01"..@"2026-01-31")', [date(2026, 1, 1)], [date(2026, 1, 31)]),
        ("true", [True], [False, None]),
        ("not(true)", [False, None], [True]),
        ("< true", [], [False, True, None]),
    ],
)
def test_days_and_truth_values_are_tested_as_dmn_says(
    test: str, holds_on: list[Any], not_on: list[Any]
) -> None:
    for expected, values in (("yes", holds_on), (None, not_on)):
        for one in values:
            assert decided(table("UNIQUE", [([test], ['"yes"'])]), {"x": one}) == expected, one


MANY = [(["> 1"], ['"slow"', "1"]), (["> 2"], ['"fast"', "9"]), (["> 3"], ['"slow"', "0"])]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("UNIQUE", None),
        ("ANY", None),
        ("FIRST", pair("slow", 1)),
        ("PRIORITY", pair("fast", 9)),
        ("COLLECT", [pair("slow", 1), pair("fast", 9), pair("slow", 0)]),
        ("RULE ORDER", [pair("slow", 1), pair("fast", 9), pair("slow", 0)]),
        ("OUTPUT ORDER", [pair("fast", 9), pair("slow", 1), pair("slow", 0)]),
    ],
)
def test_several_outputs_follow_every_hit_policy(policy: str, expected: Any) -> None:
    assert decided(table(policy, MANY, PAIR), {"x": Decimal(4)}) == expected


def test_equals_in_priority_stay_in_the_order_of_the_rules() -> None:
    rows = [(["-"], ['"fast"', days]) for days in ("1", "2", "1")]
    found = decided(table("OUTPUT ORDER", rows, PAIR), {"x": None})
    assert found == [pair("fast", 1), pair("fast", 2), pair("fast", 1)]


@pytest.mark.parametrize(
    ("policy", "expected"), [("COLLECT", []), ("RULE ORDER", None), ("OUTPUT ORDER", None), ("FIRST", None)]
)
def test_where_no_rule_holds_only_collecting_finds_an_empty_list(policy: str, expected: Any) -> None:
    assert decided(table(policy, MANY, PAIR), {"x": Decimal(0)}) == expected


def test_lists_are_counted_as_one_result_each() -> None:
    counting = replace(table("COLLECT", [(["-"], ["[1, 2, 3]"])]), aggregation="COUNT")
    assert decided(counting, {"x": None}) == Decimal(1)


@pytest.mark.parametrize(
    ("given", "expected"), [("High", "yes"), ("Low", "no"), ("Odd", None), (Decimal(1), None), (None, "no")]
)
def test_a_value_that_the_input_values_do_not_allow_makes_the_result_null(given: Any, expected: Any) -> None:
    boxed = table("FIRST", [(['"High"'], ['"yes"']), (["-"], ['"no"'])])
    limited = replace(boxed, inputs=(InputClause("x", values='"High", "Low"'),))
    assert decided(limited, {"x": given}) == expected


def test_the_types_of_the_outputs_give_the_priorities_that_the_table_does_not() -> None:
    word = ItemType("tWord", base="string", allowed='"b", "a"')
    both = ItemType("tBoth", components={"lane": ItemType("lane", base="m:tWord"), "days": ItemType("days")})
    rows = [(["-"], ['"a"', "1"]), (["-"], ['"b"', "2"])]
    several = table("PRIORITY", rows, (OutputClause("lane"), OutputClause("days")))
    assert decided(several, {"x": None}, [word, both], "m:tBoth") == {"lane": "b", "days": Decimal(2)}
    single = table("PRIORITY", [(tests, found[:1]) for tests, found in rows])
    assert decided(single, {"x": None}, [word], "tWord") == "b"


def test_a_table_without_rules_yields_null() -> None:
    assert decided(table("UNIQUE", []), {"x": Decimal(1)}) is None


def test_a_table_without_inputs_yields_its_rules() -> None:
    assert decided(table("UNIQUE", [([], ["1 + 1"])], inputs=""), {}) == Decimal(2)


@pytest.mark.parametrize(
    ("boxed", "given", "message"),
    [
        (table("BEST", MANY, PAIR), "a", "`BEST` is no hit policy of DMN"),
        (
            table("PRIORITY", MANY, (OutputClause("lane"), OutputClause("days"))),
            "a",
            "no output of the table lists",
        ),
        (
            replace(table("COLLECT", MANY, PAIR), aggregation="SUM"),
            "a",
            "SUM is not defined over several outputs",
        ),
        (
            table("FIRST", MANY),
            "a",
            "rule 1 has 1 input and 2 output entries, and the table has 1 inputs and 1",
        ),
        (table("FIRST", [([], ["1"])]), "a", "rule 1 has 0 input and 1 output entries"),
        (
            table("FIRST", [(["-"], ["1"])]),
            ["a"],
            "`x` is a list, and a column of a table tests single values",
        ),
        (table("FIRST", [(["!= 1"], ["1"])]), "a", "`!=` is no unary test of S-FEEL"),
        (
            table("FIRST", [(['< time("12:00:00")'], ["1"])]),
            "a",
            "times and durations are not read: `time(...)`",
        ),
        (table("FIRST", [(['duration("P1D")'], ["1"])]), "a", "durations are not read: `duration(...)`"),
    ],
)
def test_a_table_that_is_not_read_says_why(boxed: DecisionTable, given: Any, message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        decided(boxed, {"x": given})
    assert message in str(refused.value)


OPEN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:m="urn:m" name="open">
  <itemDefinition name="tCode"><typeRef>string</typeRef></itemDefinition>
  <itemDefinition name="tOrder"><itemComponent name="code"><typeRef>m:tCode</typeRef></itemComponent>
    <itemComponent name="due"><typeRef>feel:date</typeRef></itemComponent></itemDefinition>
  <inputData id="i" name="order"><variable name="order" typeRef="m:tOrder"/></inputData>
  <businessKnowledgeModel id="b" name="Rates"/>
  <decision id="d1" name="kind"><variable name="kind" typeRef="string"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <decisionTable><input><inputExpression><text>order.code</text></inputExpression></input>
      <input><inputExpression><text>order.due</text></inputExpression></input><output/>
      <rule><inputEntry><text>"007"</text></inputEntry>
        <inputEntry><text>&gt; date("2026-01-31")</text></inputEntry>
        <outputEntry><text>"0" + order.code</text></outputEntry></rule></decisionTable></decision>
  <decision id="d2" name="rate"><knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>
    <literalExpression><text>Rates(1)</text></literalExpression></decision>
  <decision id="d3" name="nothing"/>
</definitions>"""
CASES = """<testCases><testCase id="1">
  <inputNode name="order"><component name="code"><value>007</value></component>
    <component name="due"><value>2026-02-01</value></component></inputNode>
  <resultNode name="kind"><expected><value>0007</value></expected></resultNode>
  <resultNode name="rate"><expected><value>1</value></expected></resultNode>
  <resultNode name="nothing"><expected><value>1</value></expected></resultNode>
</testCase></testCases>"""


def test_a_value_without_a_type_is_what_the_model_says_it_is() -> None:
    kind, rate, nothing = compared(read_model(OPEN.encode()), read_cases(CASES.encode()))
    assert (kind.verdict, kind.expected, kind.found) == (Verdict.PASSED, "0007", "0007")
    assert rate.why == "`rate` invokes the business knowledge `Rates`, which is not read"
    assert nothing.why == "`nothing` has neither a table nor an expression"
