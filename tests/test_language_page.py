"""The page on the language says what is so: its blocks are a sound ruleset, its cells and formulas hold."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.analysis.examples import run_samples
from app.domain.arithmetic import compiled
from app.domain.evaluation import Plan
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import holds
from app.domain.values import SCALES, Kind, Value, ValueType, of_type
from app.engine.agreement import Engine
from schemas.cells import unary_test
from schemas.constants import constant, constants, day, exact
from schemas.formula_types import resolved
from schemas.formulas import formula
from schemas.functions import SIGNATURES
from schemas.names import Names
from schemas.ruleset import load
from schemas.ruleset.words import RESERVED

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
CHOICES = ("A", "B", "C")
OPERANDS = {
    "a": (ValueType(Kind.NUMBER, 4), Decimal(7)),
    "b": (ValueType(Kind.NUMBER, 4), Decimal(2)),
    "gone": (ValueType(Kind.NUMBER, 4), None),
    "grade": (ValueType(Kind.CHOICE, choices=CHOICES), "B"),
    "day": (ValueType(Kind.DATE), date(2026, 1, 31)),
    "holidays": (ValueType(Kind.DATES), ()),
}


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    lines = PAGE.split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.fixture(scope="module")
def page() -> Ruleset:
    return load("".join(BLOCKS))


def test_its_blocks_are_one_ruleset_whose_examples_and_cases_hold(page: Ruleset) -> None:
    engine = Engine(page)
    findings, coverage = run_samples(Plan(page), engine.matcher)
    engine.close()
    assert [finding.message for finding in findings] == []
    assert coverage.outcomes == {outcome.id for outcome in page.outcomes}


def test_it_shows_every_kind_of_step_and_every_part(page: Ruleset) -> None:
    assert {type(step).__name__ for step in page.steps} == {"Formula", "Scorecard", "Table", "RuleList"}
    assert page.letters
    assert page.cases
    assert page.checks


def typed(word: str, kind: Kind) -> Value:
    value_type = ValueType(kind, SCALES.get(kind, 0), CHOICES if kind in (Kind.CHOICE, Kind.CHOICES) else ())
    if word == "unknown":
        return None
    if kind is Kind.CHOICES:
        return constants([] if word == "none" else word.split("+"), value_type)
    return constant(word, value_type)


@pytest.mark.parametrize("row", table("Cell"), ids=lambda row: row[0])
def test_its_cells_hold_as_it_says(row: list[str]) -> None:
    kind = Kind(row[1])
    value_type = ValueType(kind, 0, CHOICES if kind in (Kind.CHOICE, Kind.CHOICES) else ())
    test = unary_test(row[0].strip("`"), value_type, {})
    for words, expected in ((row[2], True), (row[3], False)):
        for word in filter(None, (one.strip() for one in words.split(","))):
            assert holds(test, typed(word, kind)) is expected, word


def formulas() -> list[tuple[str, str]]:
    """Each formula of the table with its result."""
    pairs = []
    for said, results in table("Formula"):
        written = re.findall(r"`([^`]*)`", said)
        values = [one.strip() for one in results.split(",")]
        pairs += list(zip(written, values, strict=True))
    return pairs


def result(text: str) -> tuple[Kind, Value]:
    """What the formula yields, whatever its kind, and of which kind that is."""
    names = Names({name: value_type for name, (value_type, _) in OPERANDS.items()})
    values = {name: value for name, (_, value) in OPERANDS.items()}
    for kind in (Kind.NUMBER, Kind.YES_NO, Kind.DATE):
        wanted = ValueType(kind, SCALES.get(kind, 0))
        try:
            tree = resolved(formula(text), names, wanted)
        except ValueError:
            continue
        found = compiled(tree)(values)
        return kind, of_type(wanted, found) if kind is Kind.NUMBER and found is not None else found
    raise AssertionError(text)


@pytest.mark.parametrize(("text", "said"), formulas(), ids=[text for text, _ in formulas()])
def test_its_formulas_yield_what_it_says(text: str, said: str) -> None:
    kind, found = result(text)
    read = {Kind.NUMBER: exact, Kind.YES_NO: lambda word: {"yes": True, "no": False}[word], Kind.DATE: day}
    assert found == (None if said == "unknown" else read[kind](said))


def test_it_names_every_function_every_type_and_every_word_of_the_language() -> None:
    assert [name for name in SIGNATURES if f"{name}(" not in PAGE] == []
    assert [str(kind) for kind in Kind if f"`{kind}`" not in PAGE] == []
    words = PAGE[PAGE.index("These words belong") :]
    assert [word for word in RESERVED if not re.search(rf"\b{word}\b", words)] == []
