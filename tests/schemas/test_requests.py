"""The envelope of a request ..."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.domain.errors import Invalid
from app.domain.requests import DecisionRequest
from schemas.json_text import Inexact
from schemas.requests import line_id, matches, read_line, read_request


def faults(body: Any, **options: Any) -> dict[str, str]:
    """What is wrong, by pointer."""
    with pytest.raises(Invalid) as caught:
        read_request(body, **options)
    return {one.pointer: one.message for one in caught.value.problems}


def test_is_read_whole() -> None:
    body = {
        "facts": {"grade": "A"},
        "customer": "华东贸易 (C-1042)",
        "reference": "SO-881",
        "as_of": "2026-02-28",
        "currency": "CNY",
        "on_behalf_of": "desk 3",
    }
    assert read_request(body) == DecisionRequest(
        {"grade": "A"}, "华东贸易 (C-1042)", "SO-881", date(2026, 2, 28), "CNY", "desk 3"
    )


def test_needs_nothing_but_facts() -> None:
    assert read_request({"facts": {}}) == DecisionRequest({})
    assert read_request({"facts": {}, "customer": None, "as_of": None}) == DecisionRequest({})


@pytest.mark.parametrize("body", [None, [], "facts", 1, True, Inexact("1.5"), [{"facts": {}}]])
def test_is_an_object(body: Any) -> None:
    assert faults(body) == {"": "a request is an object with `facts`"}


@pytest.mark.parametrize("facts", [None, [], "{}", 1, Inexact("1.5"), False])
def test_holds_facts_as_an_object(facts: Any) -> None:
    assert "an object with the facts by name" in faults({"facts": facts})["/facts"]


def test_is_refused_without_facts() -> None:
    assert faults({}) == {"/facts": "`facts` is missing; it takes an object with the facts by name"}


@pytest.mark.parametrize("member", ["customer", "reference", "on_behalf_of"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        " C-1",
        "C-1 ",
        "a\nb",
        "a\n",
        "a\x1fb",
        "a\x7f",
        "a\x85b",
        "a\u2028b",
        "x" * 201,
        1,
        True,
        Inexact("1.5"),
        [],
        {},
        ["C-1"],
    ],
)
def test_takes_names_of_one_line(member: str, value: Any) -> None:
    message = f"`{member}` takes a line of 1 to 200 characters without space around it"
    assert faults({"facts": {}, member: value}) == {f"/{member}": message}


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30",
        "2026-2-3",
        "20260203",
        "2026-02-03T00:00:00",
        "2026-W05",
        "0000-01-01",
        "today",
        "",
        20260203,
        Inexact("2026.5"),
        True,
        [],
        "2" * 100_000,
        "２０２６-02-03",
    ],
)
def test_takes_days_that_exist(value: Any) -> None:
    assert faults({"facts": {}, "as_of": value}) == {"/as_of": "`as_of` takes a date such as 2026-01-31"}


@pytest.mark.parametrize("value", ["cny", "CN", "CNYY", "CNY\n", "", 156, Inexact("1.5"), ["CNY"]])
def test_takes_currencies_by_their_code(value: Any) -> None:
    assert "/currency" in faults({"facts": {}, "currency": value})


def test_names_every_strange_member_and_the_nearest_known_one() -> None:
    found = faults({"facts": {}, "custmer": "C-1", "grade": "A", "a/b~c": 1})
    assert found["/custmer"] == (
        "`custmer` is not a member of a request; did you mean `customer`?; facts stand inside `facts`"
    )
    assert found["/grade"] == "`grade` is not a member of a request; facts stand inside `facts`"
    assert "/a~1b~0c" in found


def test_names_a_version_in_simulations_only() -> None:
    assert read_request({"facts": {}, "version": "1.0.0"}, simulation=True).version == "1.0.0"
    assert "simulations only" in faults({"facts": {}, "version": "1.0.0"})["/version"]


def test_stays_readable_when_everything_is_wrong() -> None:
    with pytest.raises(Invalid) as caught:
        read_request({"facts": {}, **{f"strange-{number}" * 50: 1 for number in range(5000)}})
    assert len(caught.value.problems) == 101
    assert caught.value.problems[-1].message == "and 4,900 more"
    assert all(len(one.message) < 200 for one in caught.value.problems)


def test_may_carry_an_id_and_a_key_in_a_batch() -> None:
    request, key = read_line({"id": 7, "idempotency_key": "run-1/7", "facts": {"a": 1}, "reference": "SO-1"})
    assert (request, key) == (DecisionRequest({"a": 1}, reference="SO-1"), "run-1/7")
    assert read_line({"facts": {}}) == (DecisionRequest({}), None)


@pytest.mark.parametrize("key", ["", 1, Inexact("1.5"), {}, ["k"], "k" * 201, "k\n", "\u00e9", True])
def test_takes_idempotency_keys_of_printable_ascii(key: Any) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        read_line({"facts": {}, "idempotency_key": key})


@pytest.mark.parametrize("id", ["", 2**53, -(2**53), "x" * 201, True, Inexact("1.5"), [], {}])
def test_takes_line_ids_that_come_back_as_they_were(id: Any) -> None:
    assert line_id(id) is None
    with pytest.raises(Invalid, match="cannot be read"):
        read_line({"facts": {}, "id": id})


def test_matches_a_pattern_to_the_end() -> None:
    assert matches("^[a-z]{1,3}$", "abc")
    assert not matches("^[a-z]{1,3}$", "abc\n")
