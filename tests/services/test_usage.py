"""How a policy is used is counted ..."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.referrals import Referral
from app.services.decisions.usage import Usage
from tests import databases
from tests.recordings import indexed, opened, sealed
from tests.store.test_referrals import resolution

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 15, 16, tzinfo=UTC)
"""When the week began in that zone."""
NOW = MONDAY + timedelta(days=6)
GOOD, LONG = "base-terms/good", "safeguards/term-too-long"


@pytest.fixture(scope="module")
def store(shared_database_url, tmp_path_factory):
    """Decisions around the beginning of the week, one of another policy, and one of thirteen weeks before."""
    keys = tmp_path_factory.mktemp("keys")
    databases.copy_into(keys, "keys.db")
    with opened(shared_database_url, f"sqlite:///{keys}/keys.db") as store:
        store.record_many(
            [
                on(MONDAY),
                on(MONDAY + timedelta(hours=1), rules=(GOOD, LONG), outcome="offer"),
                on(MONDAY + timedelta(hours=2), version="2.0.0"),
                on(MONDAY - timedelta(seconds=1)),
                on(MONDAY, policy="credit-approval"),
                on(MONDAY - timedelta(weeks=12, seconds=1)),
            ]
        )
        yield store


def on(at, **changes):
    """A decision that waits for a person."""
    changes = {"rules": (GOOD,), **changes}
    return sealed(
        at, decision=indexed(**changes), referral=Referral(changes.get("policy", "payment-terms"), None)
    )


def used(store, weeks=13, now=NOW):
    return Usage(store.decisions, lambda: now).of("payment-terms", weeks, ZONE)


def test_by_weeks_of_the_reader_and_by_version(store):
    found = used(store)
    assert [one.outcomes.total() for one in found.weeks] == [*[0] * 11, 1, 3]
    assert found.weeks[-1].outcomes == {"counter": 2, "offer": 1}
    assert (found.since, found.decisions) == (MONDAY - timedelta(weeks=12), 4)
    assert found.versions == {"1.0.0": 3, "2.0.0": 1}
    assert found.fired == {"1.0.0": {GOOD: 3, LONG: 1}, "2.0.0": {GOOD: 1}}


def test_for_as_long_as_is_asked_for(store):
    assert (used(store, 1).decisions, used(store, 14).decisions, len(used(store, 1000).weeks)) == (3, 5, 53)


def test_with_each_decision_that_was_overridden_once(store):
    one = on(MONDAY + timedelta(hours=3), rules=(LONG,))
    store.record(one)
    first = resolution(one.entry.id, override=True)
    store.record(first)
    again = resolution(one.entry.id, override=True, follows=first.entry.id)
    store.record(again)
    assert used(store).overridden == {"1.0.0": {LONG: 1}}
    assert used(store, now=NOW + timedelta(weeks=13)).overridden == {}


def test_anew_while_a_week_may_still_grow(store):
    usage = Usage(store.decisions, lambda: NOW)
    before = usage.of("payment-terms", 1, ZONE).decisions
    store.record(on(MONDAY + timedelta(hours=4)))
    assert usage.of("payment-terms", 1, ZONE).decisions == before + 1
