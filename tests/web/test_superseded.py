"""A referral whose reference is decided on anew ..."""

from __future__ import annotations

import pytest

from tests.referred import LONG, REFERRED, UNGRADED, holder, listed, referred, settle, signed_in
from tests.web.service import FACTS, NOON, Service, serving, told

TODAY, BEFORE = NOON.date().isoformat(), "2026-11-20"


@pytest.fixture
def desk(tmp_path, database_url):
    """A service on either database."""
    with serving(tmp_path, REFERRED, database_url=database_url, now=lambda: NOON) as service:
        yield service


@pytest.fixture
def boss(desk: Service) -> dict[str, str]:
    """The session of an officer without limits."""
    return signed_in(desk, holder(desk, "boss"))


def found(desk: Service, boss, state: str = "open") -> dict[str, str | None]:
    """The decisions of a state, each with that which was made since."""
    rows = listed(desk, boss, state=state)["referrals"]
    return {one["decision"]: (one["decided_since"] or {}).get("decision") for one in rows}


def test_gives_way_to_the_newer_referral(desk: Service, boss) -> None:
    old = referred(desk, customer="C-1", reference="SO-1")
    middle = referred(desk, LONG, customer="C-1", reference="SO-1")
    new = referred(desk, customer="C-1", reference="SO-1")
    assert found(desk, boss) == {new: None}
    assert found(desk, boss, "superseded") == {old: new, middle: new}
    assert set(found(desk, boss, "all")) == {old, middle, new}
    refused = settle(desk, old, boss, note="known")
    assert (refused.status_code, f"Settle decision {new} instead" in refused.text) == (409, True)
    assert not told(desk.client.get(f"/v1/referrals/{old}", headers=boss))["may_settle"]
    assert settle(desk, new, boss, note="known").status_code == 201
    assert found(desk, boss) == {}
    assert set(found(desk, boss, "superseded")) == {old, middle}
    assert set(found(desk, boss, "settled")) == {new}


def test_stays_open_beside_a_newer_decision_that_asks_for_nobody(desk: Service, boss) -> None:
    old = referred(desk, customer="C-1", reference="SO-1")
    since = told(desk.decide(FACTS, customer="C-1", reference="SO-1"))
    assert found(desk, boss) == {old: since["id"]}
    (row,) = listed(desk, boss)["referrals"]
    told_since = row["decided_since"]
    assert (told_since["outcome"], told_since["referred"]) == (since["outcome"], False)
    assert not row["superseded"]
    assert settle(desk, old, boss, note="known").status_code == 201


def test_stays_open_where_the_other_is_of_an_older_day_or_about_something_else(desk: Service, boss) -> None:
    one = referred(desk, customer="C-1", reference="SO-1", as_of=TODAY)
    earlier = referred(desk, customer="C-1", reference="SO-1", as_of=BEFORE)
    others = [
        referred(desk, UNGRADED, **about)
        for about in (
            {"customer": "C-2", "reference": "SO-1"},
            {"customer": "C-1", "reference": "SO-2"},
            {"customer": "C-1"},
            {"customer": "C-1"},
            {},
        )
    ]
    assert set(found(desk, boss)) == {one, earlier, *others}
    assert found(desk, boss, "superseded") == {}
