"""Decisions are found by what stands in the clear, newest first."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from app.domain.errors import NotFound
from app.domain.sealed import DecisionFilter
from tests import databases
from tests.recordings import hashed, ids, indexed, opened, sealed

START = datetime(2026, 1, 1, tzinfo=UTC)


def on(day, **changes):
    """A decision made on a day of the year."""
    return sealed(START + timedelta(days=day), decision=indexed(**changes))


def found(store, **wanted):
    """The days of the decisions found, in the order found."""
    page = store.finding.search(DecisionFilter(**wanted), limit=1000)
    return [(one.entry.at - START).days for one in page.decisions]


@pytest.fixture(scope="module")
def filled(shared_database_url, tmp_path_factory):
    """Ten decisions that every test only reads."""
    keys = tmp_path_factory.mktemp("keys")
    databases.copy_into(keys, "keys.db")
    with opened(shared_database_url, f"sqlite:///{keys}/keys.db") as store:
        yield ten_in(store)


@pytest.fixture
def growing(store):
    """The same ten in a store of the test's own, which may record more."""
    return ten_in(store)


def ten_in(store):
    """Ten decisions that differ from the second to the ninth in one thing each."""
    recordings = [
        on(0),
        on(1, policy="credit-approval"),
        on(2, version="2.0.0"),
        on(3, outcome="refuse", outcome_kind="adverse"),
        on(4, customer=hashed("C-2")),
        on(5, reference=hashed("SO-2")),
        on(6, requester=hashed("sales-8")),
        on(7, reasons=("TERM_TOO_LONG", "PREPAYMENT_TOO_LOW")),
        on(8, rules=("safeguards/term-too-long",)),
        on(9, customer=None, reference=None),
    ]
    # Not in the order of their times: what counts is when a decision was made.
    store.record_many([recordings[place] for place in (7, 2, 9, 0, 4, 6, 1, 8, 5, 3)])
    return store


def test_without_a_filter_everything_comes_newest_first(filled):
    assert found(filled) == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("wanted", "days"),
    [
        ({"policy": "credit-approval"}, [1]),
        ({"version": "2.0.0"}, [2]),
        ({"outcome": "refuse"}, [3]),
        ({"outcome_kind": "adverse"}, [3]),
        ({"customer": hashed("C-2")}, [4]),
        ({"reference": hashed("SO-2")}, [5]),
        ({"requester": hashed("sales-8")}, [6]),
        ({"reason": "TERM_TOO_LONG"}, [7]),
        ({"reason": "PREPAYMENT_TOO_LOW", "since": START + timedelta(days=6)}, [9, 8, 7, 6]),
        ({"rule": "safeguards/term-too-long"}, [8]),
        ({"since": START + timedelta(days=8)}, [9, 8]),
        ({"until": START + timedelta(days=2)}, [1, 0]),
        ({"since": START + timedelta(days=2), "until": START + timedelta(days=4)}, [3, 2]),
        ({"policy": "payment-terms", "outcome": "refuse", "customer": hashed("C-1042")}, [3]),
        ({"policy": "nothing-of-the-kind"}, []),
        ({"customer": hashed("C-3")}, []),
    ],
)
def test_each_filter_narrows_and_all_must_hold(filled, wanted, days):
    assert found(filled, **wanted) == days


@pytest.mark.parametrize(
    "part", ["TERM_TOO", "TOO_LONG", "term_too_long", "TERM%", "_", "TERM_TOO_LONG PREPAYMENT_TOO_LOW X"]
)
def test_part_of_a_reason_is_no_reason(filled, part):
    assert found(filled, reason=part) == []


def test_pages_follow_each_other_without_gap_or_repeat(growing):
    days, after = [], None
    while True:
        page = growing.finding.search(DecisionFilter(), after=after, limit=3)
        days.append([(one.entry.at - START).days for one in page.decisions])
        after = page.next
        if after is None:
            break
        # What is recorded meanwhile is newer, and moves no later page.
        growing.record(on(20 + len(days)))
    assert days == [[9, 8, 7], [6, 5, 4], [3, 2, 1], [0]]


def test_a_last_page_that_is_just_full_has_no_next(filled):
    assert filled.finding.search(DecisionFilter(), limit=10).next is None


def test_a_page_holds_at_least_one_and_at_most_a_thousand(filled):
    assert len(filled.finding.search(DecisionFilter(), limit=0).decisions) == 1
    assert len(filled.finding.search(DecisionFilter(), limit=10**6).decisions) == 10


def test_a_decision_that_is_not_there_is_not_found(store):
    with pytest.raises(NotFound, match="no decision"):
        store.decisions.get(ids.new())
    with pytest.raises(NotFound, match="no entry"):
        store.decisions.entry(uuid4())


def test_entries_are_listed_by_kind_in_rising_order(growing):
    other = sealed(START + timedelta(days=5), decision=None)
    growing.record(other)
    everything = growing.decisions.entries()
    assert [one.id for one in everything] == sorted(one.id for one in everything)
    assert len(everything) == 11
    assert len(growing.decisions.entries("decision", limit=4)) == 4
    assert growing.decisions.entries("simulation") == ()
    assert [one.id for one in growing.decisions.entries(after=everything[8].id)] == [
        one.id for one in everything[9:]
    ]


def test_earlier_decisions_come_oldest_first_by_the_day_they_are_about(store):
    about = [date(2026, 6, day) for day in (3, 1, 2, 2, 4)]
    store.record_many([on(day, as_of=as_of) for day, as_of in enumerate(about)])
    earlier = store.decisions.earlier("payment-terms", before=date(2026, 6, 4), reference=hashed("SO-881"))
    assert [(one.entry.at - START).days for one in earlier] == [1, 2, 3, 0]
    assert [one.index.as_of.day for one in earlier] == [1, 2, 2, 3]


def test_earlier_decisions_are_of_one_policy_and_one_reference_or_customer(store):
    day = date(2026, 6, 1)
    store.record_many(
        [
            on(0, as_of=day),
            on(1, as_of=day, policy="credit-approval"),
            on(2, as_of=day, reference=hashed("SO-2")),
            on(3, as_of=day, customer=hashed("C-2")),
        ]
    )
    later = date(2026, 6, 2)
    by_reference = store.decisions.earlier("payment-terms", before=later, reference=hashed("SO-881"))
    by_customer = store.decisions.earlier("payment-terms", before=later, customer=hashed("C-1042"))
    assert [(one.entry.at - START).days for one in by_reference] == [0, 3]
    assert [(one.entry.at - START).days for one in by_customer] == [0, 2]
    assert store.decisions.earlier("payment-terms", before=day, reference=hashed("SO-881")) == ()


def test_earlier_decisions_of_nobody_cannot_be_asked_for(store):
    with pytest.raises(ValueError, match="give one of them"):
        store.decisions.earlier("payment-terms", before=date(2026, 6, 1))


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"policy": "payment-terms"}, "decision_policy"),
        ({"customer": hashed("C-1042")}, "decision_customer"),
        ({"reference": hashed("SO-881"), "policy": "payment-terms"}, "decision_reference"),
        ({"since": START, "until": START + timedelta(days=1)}, "sqlite_autoindex_decision_1"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_index_leads_to_what_is_looked_for_and_nothing_is_sorted(store, database_url, wanted, index):
    plans = _plans(database_url, lambda: store.finding.search(DecisionFilter(**wanted)), store)
    assert any(index in step for step in plans)
    assert not any("TEMP B-TREE" in step for step in plans)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_entries_of_a_rare_kind_are_found_by_their_own_index(store, database_url):
    plans = _plans(database_url, lambda: store.decisions.entries("simulation"), store)
    assert any("entry_kind" in step for step in plans)


def _plans(url, work, store):
    """How SQLite goes about the statements that ``work`` runs."""
    statements = []
    engine = store._reader.engine
    seen = lambda connection, cursor, statement, parameters, *_: statements.append((statement, parameters))  # noqa: E731
    event.listen(engine, "before_cursor_execute", seen)
    work()
    event.remove(engine, "before_cursor_execute", seen)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        rows = [
            connection.execute(f"EXPLAIN QUERY PLAN {one}", given).fetchall() for one, given in statements
        ]
    return [row[-1] for found in rows for row in found]
