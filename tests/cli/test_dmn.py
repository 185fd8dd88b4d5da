"""``termwise dmn run``: models of others on the test files of the DMN kit, matched by both engines."""

from __future__ import annotations

from typing import Any

import pytest

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="lending">
  <inputData id="i1" name="Credit Score"/><inputData id="i2" name="Size Class"/>
  <inputData id="i3" name="order"/>
  <decision id="d1" name="Order Value">
    <informationRequirement><requiredInput href="#i3"/></informationRequirement>
    <literalExpression><text>order.unit price * order.pieces - 0.5</text></literalExpression>
  </decision>
  <decision id="d2" name="Offer">
    <informationRequirement><requiredInput href="#i1"/></informationRequirement>
    <informationRequirement><requiredInput href="#i2"/></informationRequirement>
    <informationRequirement><requiredDecision href="#d1"/></informationRequirement>
    <decisionTable hitPolicy="PRIORITY">
      <input><inputExpression><text>Credit Score</text></inputExpression></input>
      <input><inputExpression><text>Size Class</text></inputExpression></input>
      <input><inputExpression><text>Order Value</text></inputExpression></input>
      <output name="Terms"><outputValues><text>"Cash", "Part", "Open"</text></outputValues></output>
      <output name="Days"><outputValues><text>0, 30, 60</text></outputValues></output>
      <rule id="r1"><inputEntry><text>&gt;= 700</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <inputEntry><text>-</text></inputEntry>
        <outputEntry><text>"Open"</text></outputEntry><outputEntry><text>60</text></outputEntry></rule>
      <rule id="r2"><inputEntry><text>-</text></inputEntry><inputEntry><text>not("Large")</text></inputEntry>
        <inputEntry><text>&gt; 100</text></inputEntry>
        <outputEntry><text>"Part"</text></outputEntry><outputEntry><text>30</text></outputEntry></rule>
      <rule id="r3"><inputEntry><text>&lt; 500, null</text></inputEntry>
        <inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>"Cash"</text></outputEntry><outputEntry><text>0</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""
CASE = """<testCase id="{id}">
  <inputNode name="Credit Score"><value xsi:type="xsd:decimal">{score}</value></inputNode>
  <inputNode name="Size Class"><value xsi:type="xsd:string">{size}</value></inputNode>
  <inputNode name="order"><component name="unit price"><value xsi:type="xsd:decimal">10.25</value></component>
    <component name="pieces"><value xsi:type="xsd:decimal">{pieces}</value></component></inputNode>
  <resultNode name="Offer" type="decision"><expected>
    <component name="Terms"><value xsi:type="xsd:string">{terms}</value></component>
    <component name="Days"><value xsi:type="xsd:decimal">{days}</value></component>
  </expected></resultNode></testCase>"""
HEAD = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
)


def cases(*rows: tuple[Any, ...]) -> str:
    names = ("score", "size", "pieces", "terms", "days")
    told = (CASE.format(id=n, **dict(zip(names, row, strict=True))) for n, row in enumerate(rows, 1))
    return f"{HEAD}{''.join(told)}</testCases>"


def test_a_model_that_agrees_with_its_cases_says_so(empty_shell) -> None:
    model = empty_shell.write("model.dmn", MODEL)
    told = cases(
        (710, "Large", 1, "Open", 60), (710, "Small", 100, "Part", 30), (400, "Small", 100, "Cash", 0)
    )
    done = empty_shell.run("dmn", "run", model, empty_shell.write("cases.xml", told))
    assert "3 passed, 0 failed, 0 not read" in done.out
    assert done.code == 0


def test_a_result_that_is_another_is_shown_beside_the_expected_one(empty_shell) -> None:
    model = empty_shell.write("model.dmn", MODEL)
    told = cases((710, "Large", 1, "Open", 90), (600, "Large", 1, "Open", 90))
    done = empty_shell.run("dmn", "run", model, empty_shell.write("cases.xml", told), "--json")
    assert done.code == 1
    assert [(one["result"], one["found"]) for one in done.json] == [
        ("failed", {"Terms": "Open", "Days": "60"}),
        ("failed", None),
    ]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            MODEL.replace("literalExpression", "context"),
            "`Order Value` is made by context, which is not read",
        ),
        (MODEL.replace(" - 0.5", " - sqrt(2)"), "`sqrt` is no name that can be read here"),
        (MODEL.replace('href="#d1"', 'href="#d2"'), "`Offer` requires itself"),
        (MODEL.replace("&gt; 100", 'starts with("a")'), "`starts` is no name that can be read here"),
    ],
)
def test_what_is_not_read_is_told_and_nothing_is_guessed(empty_shell, model: str, message: str) -> None:
    told = cases((710, "Large", 1, "Open", 60))
    written = empty_shell.write("model.dmn", model), empty_shell.write("cases.xml", told)
    done = empty_shell.run("dmn", "run", *written, "--json")
    assert done.code == 1
    assert [one["result"] for one in done.json] == ["not read"]
    assert message in done.json[0]["why"]


def test_files_that_are_neither_are_refused(empty_shell) -> None:
    model = empty_shell.write("model.dmn", MODEL)
    done = empty_shell.run("dmn", "run", model, model)
    assert done.code != 0
    assert "it begins with `definitions`, and a test file with `testCases`" in done.err
