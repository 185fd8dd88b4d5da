"""The facts of a request ..."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import Invalid
from schemas.json_text import Inexact
from tests.every_kind import GIVEN, READER, RULESET, faults, read


def test_are_complete_once_read() -> None:
    values = READER.read(GIVEN)
    assert list(values) == list(RULESET.facts)
    assert values["remark"] is None


def test_are_named_when_they_are_missing() -> None:
    found = faults({})
    assert list(found) == [f"/facts/{name}" for name, one in RULESET.facts.items() if not one.unknown_allowed]
    assert found["/facts/late"] == "`late` is missing; it takes an integer of at most 2^53 - 1"


def test_that_nobody_declared_are_refused_by_name_with_the_nearest_one() -> None:
    found = faults({**GIVEN, "amuont": 1, "as_of": "2026-01-01", "a/b": 1, "gr~ade": 1})
    assert found == {
        "/facts/amuont": "`amuont` is no fact of this policy; did you mean `amount`?",
        "/facts/as_of": "`as_of` is no fact of this policy; GET the policy for its facts",
        "/facts/a~1b": "`a/b` is no fact of this policy; GET the policy for its facts",
        "/facts/gr~0ade": "`gr~ade` is no fact of this policy; did you mean `grade`?",
    }


def test_may_be_named_like_anything_in_the_machinery() -> None:
    assert read(load="1.00", fields=3)["load"] == Decimal("1.00")
    for name in ("dump", "validate", "opts", "context", "Meta", "__class__", "", "amount.x", "a" * 10_000):
        (pointer,) = faults({**GIVEN, name: 1})
        assert pointer == f"/facts/{name[:64]}"


def test_are_given_only_by_those_who_may() -> None:
    assert faults({**GIVEN, "load": "1.00"}, roles=frozenset({"sales"})) == {
        "/facts/grade": "`grade` can be given by file, credit-officer only, not by sales",
        "/facts/load": "`load` can be given by finance only, not by sales",
    }
    assert list(faults({**GIVEN, "load": "1.00"}, roles=frozenset({"file"}))) == ["/facts/load"]
    assert READER.read({**GIVEN, "load": None}, roles=frozenset({"credit-officer"}))["load"] is None
    assert READER.read({**GIVEN, "load": "1.00"}, roles=None)["load"] == Decimal("1.00")


def test_are_told_of_all_at_once() -> None:
    found = faults(
        {**GIVEN, "amount": "x", "late": -1, "strange": 1, "load": "1"}, roles=frozenset({"credit-officer"})
    )
    assert set(found) == {"/facts/amount", "/facts/late", "/facts/strange", "/facts/load"}


def test_get_a_readable_answer_however_many_are_wrong() -> None:
    with pytest.raises(Invalid) as caught:
        READER.read({f"strange_{number}": 1 for number in range(20_000)})
    assert len(caught.value.problems) == 101
    assert caught.value.message == "20,009 facts cannot be accepted."


@pytest.mark.parametrize("given", [None, [], "facts", 1, Inexact("1.0")])
def test_come_in_an_object(given: Any) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        READER.read(given)


def test_are_recalled_from_earlier_outputs() -> None:
    earlier: list[dict[str, Any]] = [
        {"stage": "LETTER", "day": "2026-01-01"},
        {},
        {"stage": None, "day": "2026-02-01"},
        {"stage": "CALL"},
    ]
    assert READER.recalled(earlier, {"stages", "last_day"}) == {
        "stages": ("CALL", "LETTER"),
        "last_day": date(2026, 2, 1),
    }
    assert READER.recalled([], {"stages", "last_day"}) == {"stages": (), "last_day": None}
    assert READER.recalled(earlier, {"last_day"}) == {"last_day": date(2026, 2, 1)}


def test_are_not_recalled_in_a_form_they_no_longer_have() -> None:
    assert READER.recalled([{"stage": "GONE"}, {"stage": "CALL"}], {"stages"}) == {"stages": ("CALL",)}
    with pytest.raises(Invalid) as caught:
        READER.recalled([{"day": "soon"}], {"last_day"})
    assert caught.value.problems[0].message == (
        "`last_day` cannot be recalled from an earlier decision; send it with the request"
        " (`soon` is not a date; write year-month-day, such as 2026-01-31)"
    )
