"""A value from outside ..."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.domain.values import MOST_WHOLE
from schemas.facts import facts_from_json
from schemas.json_text import Inexact
from schemas.json_values import json_values
from schemas.policies import facts_schema
from tests.every_kind import GIVEN, READER, RULESET, faults, read

FORMS: dict[str, Any] = {
    "amount": "80000.00",
    "share": "0.30",
    "ratio": "1.25",
    "late": 30,
    "within": 24,
    "due": "2026-01-31",
    "insured": False,
    "grade": "A",
    "flags": ["MOVED"],
    "remark": "a remark",
}
TEXTS = ["", "x", "yes", "true", "50%", "1_000.00", "1,5", " 1", "1 ", "+1", "1e3", "NaN", "Infinity", "0x1"]
TEXTS += [
    "١",
    "１",
    ".5",
    "5.",
    "--1",
    "1\n",
    "2026-1-1",
    "2026-01-32",
    "20260101",
    "9" * 31,
    "0." + "0" * 31,
]
OTHERS: list[Any] = [None, True, 1, 2**53, -(2**53), 10**31, Inexact("1.0"), Inexact("1e2"), Inexact("0.30")]
OTHERS += [[], ["A"], ["DISPUTE", "DISPUTE"], ["OTHER"], [1], [None], {}, {"A": 1}, "x" * 2001, *TEXTS]
FITS: dict[str, list[Any]] = {
    "amount": [1],
    "share": [1],
    "ratio": [1, 2**53, -(2**53), "20260101"],
    "late": [1],
    "within": [1],
    "due": [],
    "insured": [True],
    "grade": [],
    "flags": [[]],
    "remark": [None, *TEXTS],
}


@pytest.mark.parametrize(
    ("name", "came", "value"),
    [
        ("amount", "-5.00", Decimal("-5.00")),
        ("amount", "1000000", Decimal("1000000.00")),
        ("amount", 7, Decimal("7.00")),
        ("amount", "0007.10", Decimal("7.10")),
        ("amount", "-0.00", Decimal("0.00")),
        ("amount", "1.100", Decimal("1.10")),
        ("share", "0.1234", Decimal("0.1234")),
        ("share", 1, Decimal("1.0000")),
        ("ratio", "-123456789012345678901234567.125", Decimal("-123456789012345678901234567.125")),
        ("late", 365, 365),
        ("within", -MOST_WHOLE, -MOST_WHOLE),
        ("due", "2000-01-01", date(2000, 1, 1)),
        ("due", "2024-02-29", date(2024, 2, 29)),
        ("insured", False, False),
        ("grade", "C", "C"),
        ("flags", ["MOVED", "DISPUTE"], ("DISPUTE", "MOVED")),
        ("flags", [], ()),
        ("remark", "", ""),
        ("remark", "1.5", "1.5"),
        ("remark", "备" * 2000, "备" * 2000),
        ("remark", None, None),
    ],
)
def test_becomes_the_exact_value(name: str, came: Any, value: Any) -> None:
    found = read(**{name: came})[name]
    assert found == value
    assert type(found) is type(value)
    if isinstance(value, Decimal):
        assert found.as_tuple() == value.as_tuple()


@pytest.mark.parametrize("name", FORMS)
def test_is_refused_in_any_form_but_its_own(name: str) -> None:
    for came in OTHERS:
        if any(came == one and type(came) is type(one) for one in FITS[name]):
            read(**{name: came})
            continue
        found = faults({**GIVEN, name: came})
        assert list(found) == [f"/facts/{name}"], f"{name} as {came!r}"
        assert len(found[f"/facts/{name}"]) < 300


MONEY = 'a decimal string such as "80000.00", or an integer'
FLAGS = "a list of DISPUTE, LAWSUIT, MOVED, each at most once"


@pytest.mark.parametrize(
    ("name", "came", "says"),
    [
        ("amount", Inexact("0.1"), f"came as the float 0.1, and it takes {MONEY}"),
        ("amount", "1.005", "`1.005` has too many digits; the smallest step of this money is 0.01"),
        ("amount", "-5.01", "is -5.01, and the least it may be is -5.00"),
        ("amount", "1000000.01", "is 1,000,000.01, and the most it may be is 1,000,000.00"),
        ("ratio", 10**27, f"`{10**27}` has more than 30 digits, 3 of them decimals"),
        ("ratio", -(10**29), f"`{-(10**29)}` has more than 30 digits, 3 of them decimals"),
        ("share", "1.01", "is 101%, and the most it may be is 100%"),
        (
            "share",
            "30%",
            "came as the text '30%', and it takes a decimal string such as \"0.30\", or an integer",
        ),
        ("late", -1, "is -1, and the least it may be is 0"),
        ("late", True, "came as true, and it takes an integer of at most 2^53 - 1"),
        ("late", "1", "came as the text '1', and it takes an integer of at most 2^53 - 1"),
        ("due", "1999-12-31", "is 1999-12-31, and the least it may be is 2000-01-01"),
        ("insured", "yes", "came as the text 'yes', and it takes true or false"),
        ("insured", 1, "came as the integer 1, and it takes true or false"),
        ("grade", "a", "`a` is not one of A, B, C; did you mean `A`?"),
        ("grade", None, "may not be unknown; it takes one of A, B, C"),
        ("flags", ["MOVED", "MOVED"], f"came as the list MOVED, MOVED, and it takes {FLAGS}"),
        ("flags", "MOVED", f"came as the text 'MOVED', and it takes {FLAGS}"),
        ("flags", ["LAWSUITS"], "`LAWSUITS` is not one of DISPUTE, LAWSUIT, MOVED; did you mean `LAWSUIT`?"),
        ("remark", {}, "came as an object, and it takes a text of at most 2,000 characters"),
    ],
)
def test_is_refused_with_what_came_and_what_is_accepted(name: str, came: Any, says: str) -> None:
    assert faults({**GIVEN, name: came}) == {f"/facts/{name}": f"`{name}` {says}"}


@pytest.mark.parametrize("ratio", ["1.25", 0, 10**27 - 1, "-" + "9" * 27 + ".999", "0.001", "-0.0"])
def test_survives_being_stored(ratio: Any) -> None:
    values = READER.read({**GIVEN, **FORMS, "ratio": ratio})
    stored = json_values(values)
    assert stored["amount"] == "80000.00"
    assert stored["share"] == "0.3000"
    assert facts_from_json(RULESET, stored) == values
    assert json_values(facts_from_json(RULESET, stored)) == stored


def test_is_described_by_a_json_schema_that_refuses_nothing_the_reader_takes() -> None:
    schema = facts_schema(RULESET)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    validator.validate({**GIVEN, **FORMS})
    assert not validator.is_valid({**GIVEN, "strange": 1})
    assert not validator.is_valid({name: GIVEN[name] for name in GIVEN if name != "late"})
    for name, fitting in FITS.items():
        for came in fitting:
            validator.validate({**GIVEN, name: came})
        assert not validator.is_valid({**GIVEN, name: 0.5})
        assert not validator.is_valid({**GIVEN, name: {}})
