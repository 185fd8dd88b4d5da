"""A mapping file turns somebody else's rows into requests, and says what is wrong with it by line and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from app.domain.errors import Invalid
from app.domain.requests import DecisionRequest
from schemas.mapping import plain_mapping, read_mapping
from schemas.mapping.dates import DateForm
from schemas.mapping.rows import LeftOut
from schemas.ruleset import load
from tests.small_rulesets import text

DAY = date(2026, 1, 15)
RULESET = load(
    text(
        "- {formula: half, type: money, expression: amount / 2, label: {en: Half, zh: 一半}}",
        facts="""
            amount: {type: money, min: 0}
            due: {type: date, unknown: allowed}
            share: {type: percent, unknown: allowed}
            disputed: {type: yes_no, unknown: allowed}
            grade: {type: choice, values: [A, B], unknown: allowed}
            marks: {type: list of choice, values: [X, Y, Z], unknown: allowed}
            term: {type: days, unknown: allowed}
            remark: {type: text, unknown: allowed}
        """,
        baseline="amount: 1.00",
    )
)
HEADER = ("Invoice", "Client", "Amount", "Due", "Disputed?", "Rating", "Marks", "Ratio", "Note", "Currency")
ROW = dict(
    zip(
        HEADER,
        ("I-1", " C-9 ", "10.50", "3/1/2026", "Yes", "good", "x;Z", "0.123456789", "hm", ""),
        strict=True,
    )
)


def mapped(
    written: str, cells: Mapping[str, str] | None = None, day: date = DAY
) -> DecisionRequest | LeftOut:
    mapping = read_mapping(dedent(written).encode(), RULESET, HEADER)
    return mapping.request({**ROW, **(cells or {})}, day)


def facts(written: str, **cells: str):
    found = mapped(written, cells)
    assert isinstance(found, DecisionRequest)
    return found.facts


def faults(written: str) -> list[str]:
    with pytest.raises(Invalid) as caught:
        read_mapping(dedent(written).encode(), RULESET, HEADER)
    return [f"{one.line}: {one.message}" for one in caught.value.problems]


def refused(written: str, **cells: str) -> list[str]:
    with pytest.raises(Invalid) as caught:
        mapped(written, cells)
    return [one.message for one in caught.value.problems]


def test_columns_constants_words_and_dates_become_facts() -> None:
    found = mapped("""
        columns:
          reference: Invoice
          customer: Client
          amount: Amount
          due: Due
          disputed: Disputed?
          grade: Rating
          marks: Marks
          remark: Note
          currency: Currency
        constants: {term: 30, share: 5%}
        values:
          disputed: {"Yes": "yes", "No": "no"}
          grade: {good: A, bad: B}
          marks: {x: X}
        date_format: "%m/%d/%Y"
    """)
    assert found == DecisionRequest(
        facts={
            "amount": "10.50",
            "due": "2026-03-01",
            "share": "0.0500",
            "disputed": True,
            "grade": "A",
            "marks": ["X", "Z"],
            "term": 30,
            "remark": "hm",
        },
        customer="C-9",
        reference="I-1",
        as_of=DAY,
    )


def test_formulas_read_raw_columns_exactly_and_round_once_to_the_facts_scale() -> None:
    given = facts(
        """
        columns: {ratio: {column: Ratio, type: number}, big: {column: Amount, type: number}}
        formulas: {share: "ratio * 2", amount: "big * 1_000_000 / 3"}
        """,
        Amount="65.07600000000001",
    )
    assert given == {"share": "0.2469", "amount": "21692000.00"}


def test_a_formula_may_round_coarser_and_read_the_formulas_above_it() -> None:
    given = facts("""
        columns: {amount: Amount, ratio: {column: Ratio, type: number}}
        formulas: {share: "round(ratio, 1)", term: "if share > 5% then 60 else 30"}
    """)
    assert (given["share"], given["term"]) == ("0.1000", 60)


def test_a_word_for_unknown_may_stand_in_every_column() -> None:
    written = """
        columns: {amount: Amount, due: Due, ratio: {column: Ratio, type: number}}
        values: {"*": {"?": unknown, "n/a": unknown}}
        formulas: {share: ratio + 1}
    """
    assert facts(written, Due="?", Ratio="n/a") == {"amount": "10.50"}


def test_empty_cells_are_unknown_and_unknown_operands_make_unknown_facts() -> None:
    written = (
        "columns: {amount: Amount, ratio: {column: Ratio, type: number}}\nformulas: {share: ratio / 0}\n"
    )
    assert facts(written, Ratio="") == {"amount": "10.50"}
    assert facts(written) == {"amount": "10.50"}


FILTER = """
    columns: {amount: Amount, due: Due, made: {column: Note, type: date}}
    date_format: "%m/%d/%Y"
    keep_if: made <= as_of and as_of < due
"""


def test_rows_are_kept_only_where_the_filter_says_yes() -> None:
    assert isinstance(mapped(FILTER, {"Note": "1/15/2026"}), DecisionRequest)
    assert mapped(FILTER, {"Note": "1/16/2026"}) == LeftOut(unknown=False)
    assert mapped(FILTER, {"Note": "1/15/2026"}, date(2026, 3, 1)) == LeftOut(unknown=False)


def test_a_filter_that_is_unknown_leaves_out_and_says_so() -> None:
    assert mapped(FILTER, {"Note": "1/15/2026", "Due": ""}) == LeftOut(unknown=True)


def test_rows_may_bring_their_own_day_and_formulas_see_it() -> None:
    written = "columns: {amount: Amount, as_of: Due}\nformulas: {due: 'add_days(as_of, 1)'}\n"
    found = mapped(written, {"Due": "2026-02-01"})
    assert isinstance(found, DecisionRequest)
    assert (found.as_of, found.facts["due"]) == (date(2026, 2, 1), "2026-02-02")


def test_cells_that_cannot_be_read_are_told_by_column_with_the_remedy() -> None:
    written = "columns: {amount: Amount, due: Due, disputed: Disputed?, share: Ratio}\n"
    assert refused(written, Amount="1,000.00") == [
        "column Amount: `1,000.00` is not an amount such as 80_000.00",
        "column Due: `3/1/2026` is not a date; write year-month-day, such as 2026-01-31",
        "column Disputed?: `Yes` is not yes or no",
        "column Ratio: `0.123456789` has too many digits; the smallest step of this percent is 0.01%;"
        " say in the mapping how to round it: read the column under a name of your own, raw: {column: ...,"
        " type: number}, and write the formula share: round(raw, 4)",
    ]


def test_dates_of_the_wrong_form_or_of_no_calendar_are_refused() -> None:
    written = 'columns: {amount: Amount, due: Due}\ndate_format: "%d.%m.%Y"\n'
    assert facts(written, Due="1.3.2026")["due"] == "2026-03-01"
    assert refused(written) == ["column Due: `3/1/2026` is not a date of the form %d.%m.%Y"]
    assert refused(written, Due="31.02.2026") == [
        "column Due: `31.02.2026` is not a date of the form %d.%m.%Y"
    ]


def test_a_formula_whose_value_no_amount_could_hold_is_refused() -> None:
    written = "columns: {big: {column: Amount, type: number}}\nformulas: {amount: big ** 10}\n"
    (told,) = refused(written, Amount="9" * 30)
    assert told == "the formula of amount gives a number of more than 80 digits"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "columns: {amount: Amount}\nfilter: yes\n",
            ["2: `filter` is not a key here; the keys here are columns,"],
        ),
        ("constants: {amount: 1.00}\n", ["1: `columns` is missing"]),
        (
            "columns: [amount]\n",
            ["1: `columns` takes our names with the file's, such as {due_date: DueDate}"],
        ),
        ("columns: {amount: [Amount]}\n", ["1: columns: `amount` takes one value, not a list or keys"]),
        (
            "columns:\n  amont: Amount\n",
            ["2: columns: `amont` is no fact of small; did you mean `amount`?; a name"],
        ),
        (
            "columns:\n  amount: Amoun\n",
            ["2: columns: the file has no column `Amoun`; did you mean `Amount`?"],
        ),
        (
            "columns:\n  amount: {column: Amount, type: number}\n",
            ["2: columns: the type of `amount` is known; write amount: Amount"],
        ),
        (
            "columns:\n  amount: Amount\n  raw: {column: Ratio, type: ratio}\nformulas: {share: raw}\n",
            ["3: columns: `ratio` is not a type here; the types are number, date, yes_no, text"],
        ),
        (
            "columns:\n  amount: Amount\n  raw: {column: Ratio}\n",
            ["3: columns, `raw`: `type` is missing; write what kind of value it is"],
        ),
        (
            "columns:\n  amount: Amount\n  Raw: {column: Ratio, type: number}\n",
            ["3: columns: `Raw` is not a name; write lower-case letters, digits and _"],
        ),
        (
            "columns:\n  amount: Amount\n  raw: {column: Ratio, type: number}\n",
            ["3: columns: `raw` is read by no formula; use it, or remove it"],
        ),
        (
            "columns: {due: Due}\n",
            ["1: `amount` may not be unknown; give it under columns, constants or formulas"],
        ),
        (
            "columns:\n  amount: Amount\nconstants:\n  amount: 1.00\n",
            ["4: constants: `amount` is given already on line 2; keep one of them"],
        ),
        (
            "columns: {amount: Amount}\nformulas:\n  amount: 1 + 1\n",
            ["3: formula of `amount`: `amount` is given already on line 1; keep one of them"],
        ),
        ("columns: {amount: Amount}\nconstants:\n  grade: C\n", ["3: constants: `C` is not one of A, B"]),
        (
            "columns: {amount: Amount}\nconstants:\n  gade: A\n",
            ["3: constants: `gade` is no fact of small; did you"],
        ),
        (
            "columns: {amount: Amount, grade: Rating}\nvalues:\n  grade: {good: C}\n",
            ["3: values of `grade`: `C` is not one of A, B"],
        ),
        (
            "columns: {amount: Amount}\nvalues:\n  grade: {good: A}\n",
            ["3: values: `grade` is not among the columns; * stands for every column"],
        ),
        (
            'columns: {amount: Amount}\nvalues:\n  "*": {"-": 0}\n',
            ["3: values of `*`: in every column a word can only mean unknown, not `0`"],
        ),
        (
            "columns: {amount: Amount}\nvalues: {amount: no}\n",
            ["2: values: `amount` takes names with values"],
        ),
        (
            "columns: {amount: Amount, due: Due}\ndate_format: '%m/%d/%y'\n",
            ["2: date_format: `%m/%d/%y` cannot be read; a form of a date has %Y, %m and %d, each once"],
        ),
        (
            "columns: {amount: Amount}\nformulas:\n  share: amont / 2\n",
            ["3: formula of `share`: `amont` is not declared; did you mean `amount`?"],
        ),
        (
            "columns: {amount: Amount}\nformulas:\n  share: amount +\n",
            ["3: formula of `share`: the formula cannot be read because it ends too early"],
        ),
        (
            "columns: {amount: Amount}\nformulas:\n  due: amount\n",
            ["3: formula of `due`: the formula yields a number, and its declared type is date"],
        ),
        (
            "columns: {amount: Amount}\nformulas:\n  half: amount / 2\n",
            ["3: formula of `half`: it is no fact of small"],
        ),
        (
            "columns: {amount: Amount}\nformulas:\n  share: term / 100\n  term: 30\n",
            ["3: formula of `share`: `term` is not declared"],
        ),
        (
            "columns: {amount: Amount}\nkeep_if: amount + 1\n",
            ["2: keep_if: the formula yields a number, and its declared type is yes_no"],
        ),
        (
            "columns: {amount: Amount}\nkeep_if: open(amount)\n",
            ["2: keep_if: there is no function open; the functions are"],
        ),
        ("columns: &x {amount: Amount}\n", ["1: the anchor &x is not allowed"]),
        ("columns: {amount: Amount}\ncolumns: {due: Due}\n", ["2: `columns` stands twice, first on line 1"]),
        ("- columns\n", ["1: a text starts with keys"]),
        ("columns: {amount: Amount}\nkeep_if: [amount > 0]\n", ["2: `keep_if` takes one value, not a list"]),
    ],
)
def test_what_is_wrong_is_told_with_line_key_and_remedy(written, told) -> None:
    found = faults(written)
    assert len(found) == len(told), found
    for line, wanted in zip(found, told, strict=True):
        assert line.startswith(wanted), (line, wanted)


def test_every_fault_of_a_mapping_is_told_at_once_and_what_follows_from_one_is_not() -> None:
    found = faults("""
        columns: {amount: Amoun, due: Due}
        constants: {grade: Z}
        formulas: {share: amount / 2, term: grade_points}
    """)
    assert [one.split(":")[1].strip() for one in found] == ["columns", "constants", "formula of `term`"]


def test_without_a_mapping_columns_are_named_as_the_facts_are() -> None:
    mapping = plain_mapping(RULESET, ("reference", "amount", "marks", "currency"))
    row = {"reference": "R-1", "amount": "1", "marks": "Z;X", "currency": "CNY"}
    found = mapping.request(row, DAY)
    assert isinstance(found, DecisionRequest)
    assert (found.facts, found.reference, found.currency) == (
        {"amount": "1.00", "marks": ["X", "Z"]},
        "R-1",
        "CNY",
    )
    with pytest.raises(Invalid) as caught:
        plain_mapping(RULESET, ("amount", "amout", "duty"))
    assert [one.message.split(";")[0] for one in caught.value.problems] == [
        "column `amout` is no fact of small",
        "column `duty` is no fact of small",
        "the columns may be customer, reference, as_of, currency, amount, due, share, disputed, grade, marks,"
        " term, remark",
    ]
    assert {one.code for one in caught.value.problems} == {"table"}
    with pytest.raises(Invalid, match="The file cannot be used: 1 fault") as caught:
        plain_mapping(RULESET, ("due",))
    assert "`amount` may not be unknown" in caught.value.problems[0].message


DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
FOREIGN = {
    "ibm_receivables": (
        "collections-escalation",
        "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate",
    ),
    "us_firms": (
        "credit-approval",
        "firm_id,fyear,status_label,current_assets,total_assets,cost_of_goods_sold,total_long_term_debt,"
        "depreciation_and_amortization,ebit,ebitda,gross_profit,inventory,total_current_liabilities,net_income,"
        "retained_earnings,total_receivables,total_revenue,market_value,total_liabilities,net_sales,failed",
    ),
    "polish_firms": ("credit-approval", ",".join([*(f"Attr{n}" for n in range(1, 65)), "bankrupt"])),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_the_documented_mappings_fit_the_shipped_rulesets(name) -> None:
    policy, header = FOREIGN[name]
    path = DOCS / "mappings" / f"{name}.yaml"
    shipped = load((DOCS.parent / "rulesets" / policy / "1.0.0.yaml").read_bytes())
    mapping = read_mapping(path.read_bytes(), shipped, header.split(","))
    assert mapping.cells


def test_the_example_of_the_documentation_is_the_file_beside_it() -> None:
    (example,) = re.findall(
        r"^```yaml\n(.*?)^```", (DOCS / "mapping.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    written = (DOCS / "mappings" / "ibm_receivables.yaml").read_text("utf-8")
    assert [line for line in written.splitlines() if not line.startswith("#")] == example.splitlines()


@pytest.mark.parametrize(
    ("form", "cell", "found"),
    [
        ("%Y%m%d", "20130102", date(2013, 1, 2)),
        ("%Y%m%d", "2013102", None),
        ("%d/%m/%Y", "1/2/2013", date(2013, 2, 1)),
        ("%d.%m.%Y", "01.02.2013", date(2013, 2, 1)),
        ("%d.%m.%Y", "01-02-2013", None),
        ("%d.%m.%Y", "1.2.13", None),
        ("%Y-%m-%d 00:00:00", "2013-01-02 00:00:00", date(2013, 1, 2)),
        ("%m/%d/%Y", "2/30/2013", None),
        ("%m/%d/%Y", "２/3/2013", None),
    ],
)
def test_dates_are_read_by_their_form_alone(form, cell, found) -> None:
    reads = DateForm(form).read
    if found is None:
        with pytest.raises(ValueError, match="is not a date of the form"):
            reads(cell)
    else:
        assert reads(cell) == found


@pytest.mark.parametrize(
    "form", ["%Y-%m", "%y-%m-%d", "%Y-%m-%d %H", "%Y-%m-%m-%d", "%Y-%m-%d%", "%%Y-%m-%d", ""]
)
def test_other_forms_of_dates_are_refused(form) -> None:
    with pytest.raises(ValueError, match="a form of a date has %Y, %m and %d, each once"):
        DateForm(form)
