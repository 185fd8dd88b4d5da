"""What one file says of a customer twice: the same is taken, another value is refused, and so is a slip."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.customer_file import Source
from app.domain.errors import Invalid
from schemas.customer_facts import FileFacts
from schemas.customer_items import Filed, Given, Part, Refusal, check_day, target
from schemas.customer_rows import CustomerRows
from schemas.customer_rules import read_customer_rules
from schemas.mapping import plain_mapping
from schemas.said_once import facts_said_once
from schemas.tabular import csv_table
from tests.schemas.test_customer_rules import RULESETS, SHIPPED

DAY, TODAY = date(2026, 11, 1), date(2026, 11, 22)
FACTS = FileFacts(RULESETS, SHIPPED)
OWN = "facts:\n  branch: {type: %s, label: {en: Branch, zh: 分行}}\n"


def said(place: int, day: date = DAY, source: Source = Source.ERP, **facts: object) -> Filed:
    return Filed(place, "C-1", (Part(day, source, None, None, dict(facts)),))


def test_another_value_for_the_same_customer_day_and_source_is_refused() -> None:
    rows = [
        said(2, limit="1.00", grade="A"),
        said(3, limit="1.00"),
        said(4, branch="north", kinds=["X"]),
        said(5, grade="B", branch="north"),
        said(6, kinds=["X", "Y"]),
        said(7, day=date(2026, 11, 2), limit="2.00"),
        said(8, source=Source.MANUAL, limit="3.00"),
        said(9, branch="south", limit="4.00"),
    ]
    found = list(facts_said_once(rows))
    refused = [one for one in found if isinstance(one, Refusal)]
    assert [one.place for one in refused] == [5, 6, 9]
    assert [problem.pointer for problem in refused[2].problems] == ["/facts/limit", "/facts/branch"]
    assert "grade of C-1 was given another value before" in refused[0].problems[0].message


def test_the_file_declares_facts_of_its_own() -> None:
    rules = read_customer_rules((OWN % "text").encode())
    own = FileFacts([], rules)
    assert own.value("branch", "north") == "north"
    assert own.specs["branch"].label.zh == "分行"
    assert FACTS.value("industry", "construction") == "construction"
    for type, told in (("money", "money"), ("colour", "colour"), ("choice", "needs `values`")):
        with pytest.raises(Invalid) as caught:
            read_customer_rules((OWN % type).encode())
        assert told in caught.value.problems[0].message


def test_a_fact_of_its_own_that_a_ruleset_types_differently_is_refused() -> None:
    rules = read_customer_rules((OWN % "text").replace("branch", "credit_limit").encode())
    with pytest.raises(ValueError, match="two policies type it differently"):
        FileFacts(RULESETS, rules).value("credit_limit", "1.00")


@pytest.mark.parametrize("written", ["9" * 14, "9" * 21 + ".00"])
def test_an_amount_of_more_digits_than_any_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        FACTS.value("credit_limit", written)
    with pytest.raises(ValueError, match="digits"):
        FACTS.cell_reader("credit_limit")(written)


def test_a_day_before_any_record_is_refused() -> None:
    with pytest.raises(ValueError, match="no day before 1900"):
        check_day(date(1, 1, 1), TODAY)
    table = csv_table(["customer,as_of,credit_limit\n", "C-1,0001-01-01,1.00\n"])
    mapping = plain_mapping(target(FACTS), table.header)
    rows = CustomerRows(mapping, table.header, FACTS, Given(source=Source.ERP), TODAY)
    (row,) = rows.read(table.rows)
    assert isinstance(row, Refusal)


@pytest.mark.parametrize(("sign", "called"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_table_between_whose_columns_stands_no_comma_says_what_does(sign: str, called: str) -> None:
    with pytest.raises(Invalid) as caught:
        csv_table([f"customer{sign}credit_limit\n"])
    assert called in caught.value.problems[0].message
    assert caught.value.problems[0].code == "csv"
