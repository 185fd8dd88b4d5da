"""A line of CSV ..."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.errors import Invalid
from app.domain.requests import DecisionRequest
from schemas.json_text import MAX_BYTES
from schemas.rows import cells_of, header_of, line_from_row, row_of
from tests.every_kind import READER, RULESET


def problems(error: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [one.message for one in error.value.problems]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        (b"a,b", ["a", "b"]),
        (b" a , b ,", ["a", "b", ""]),
        (b'"a,b","c ""d"""', ["a,b", 'c "d"']),
        ("等级,金额".encode(), ["等级", "金额"]),
        (b"\xef\xbb\xbfgrade,amount", ["grade", "amount"]),
        (b"", []),
    ],
)
def test_is_split_into_cells(line: bytes, cells: list[str]) -> None:
    assert cells_of(line, "Line 2") == cells


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'a,"b', "a cell may not hold a line break"),
        (b'"a"b,c', "no line of CSV"),
        (b"a\rb", "no line of CSV"),
        (b"a\x00b", "NUL"),
        (b"\xff,b", "byte 1 is not UTF-8"),
        ("e\u0301,b".encode(), "normal form C"),
        (b"x" * (MAX_BYTES + 1), "longer than 262,144 bytes"),
        (b'"' * 200_001, "no line of CSV"),
    ],
)
def test_is_refused_by_itself(line: bytes, says: str) -> None:
    with pytest.raises(Invalid) as caught:
        cells_of(line, "Line 2")
    assert caught.value.message.startswith("Line 2 cannot be read: ")
    assert says in caught.value.message


def test_has_a_header_of_facts_and_of_the_envelope() -> None:
    assert header_of(RULESET, b"id,customer,amount,grade") == ["id", "customer", "amount", "grade"]
    with pytest.raises(Invalid) as caught:
        header_of(RULESET, b"id,amuont,grade,grade,,id")
    assert problems(caught) == [
        "column 2: `amuont` is no fact of every-kind; did you mean `amount`?",
        "column 4: `grade` stands twice",
        "column 5: `` is no fact of every-kind",
        "column 6: `id` stands twice",
    ]


def test_has_as_many_cells_as_the_header() -> None:
    assert row_of(["a", "b"], ["1", ""]) == {"a": "1", "b": ""}
    with pytest.raises(Invalid, match="3 cells, and the header 2"):
        row_of(["a", "b"], ["1", "2", "3"])


def test_is_a_request() -> None:
    row = {
        "id": "7",
        "idempotency_key": "run/7",
        "customer": "C-1",
        "reference": "",
        "as_of": "2026-01-31",
        "amount": "80000.00",
        "share": "30%",
        "ratio": "1.25",
        "late": "30",
        "within": "",
        "due": "2026-02-01",
        "insured": "yes",
        "grade": "A",
        "flags": "MOVED; DISPUTE",
        "remark": 'a "remark", with a comma',
    }
    request, key = line_from_row(RULESET, row)
    assert key == "run/7"
    assert request == DecisionRequest(
        {
            "amount": "80000.00",
            "share": "0.3000",
            "ratio": "1.250",
            "late": 30,
            "due": "2026-02-01",
            "insured": True,
            "grade": "A",
            "flags": ["DISPUTE", "MOVED"],
            "remark": 'a "remark", with a comma',
        },
        customer="C-1",
        as_of=date(2026, 1, 31),
    )
    with pytest.raises(Invalid, match="1 fact cannot be accepted"):
        READER.read(request.facts)


def test_is_refused_with_one_problem_a_cell() -> None:
    with pytest.raises(Invalid) as caught:
        line_from_row(RULESET, {"amount": "1,000.00", "late": "soon", "insured": "Y", "remark": "x" * 4001})
    assert caught.value.message == "4 cells cannot be read."
    assert [one.pointer for one in caught.value.problems] == [
        "/facts/amount",
        "/facts/late",
        "/facts/insured",
        "/facts/remark",
    ]
    assert problems(caught)[0] == "column amount: `1,000.00` is not an amount such as 80_000.00"


def test_is_refused_for_its_envelope_like_any_request() -> None:
    with pytest.raises(Invalid) as caught:
        line_from_row(RULESET, {"as_of": "31.01.2026", "currency": "euro"})
    assert {one.pointer for one in caught.value.problems} == {"/as_of", "/currency"}
