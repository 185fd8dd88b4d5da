"""Ruleset texts are kept by digest, and what is in force follows from events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import create_engine, text

from app.domain.errors import NotFound, Refused, Unavailable
from app.domain.lifecycle import State
from app.store.store import LATE_SECONDS, Store
from tests.recordings import NOON, change, event_of, opened
from tests.store.test_recording import in_threads

TEXT = b"language: 1\npolicy: payment-terms\n"
LATER = NOON + timedelta(days=30)


def then(before, state, **changes):
    """The change that follows another one of the same version; whoever approves wrote nothing."""
    event = event_of(before)
    if state is State.APPROVED:
        changes = {"by": "officer-3", **changes}
    return change(state, text=None, digest=event.digest, version=event.version, after=event.id, **changes)


def approved(store, **changes):
    """A version that was drafted, submitted and approved; its last change."""
    last = change(State.DRAFT, **changes)
    store.record(last)
    for state in (State.SUBMITTED, State.APPROVED):
        last = then(last, state)
        store.record(last)
    return last


def test_a_text_is_kept_byte_for_byte(store):
    drafted = change(State.DRAFT, text=TEXT)
    store.record(drafted)
    assert store.rulesets.text("sha256:" + sha256(TEXT).hexdigest()) == TEXT


def test_an_unknown_digest_is_not_found(store):
    with pytest.raises(NotFound, match="no ruleset"):
        store.rulesets.text("sha256:" + "0" * 64)


def test_a_text_whose_digest_no_longer_fits_is_not_handed_out(store, database_url):
    wrong = change(State.DRAFT, text=TEXT, digest="sha256:" + "0" * 64)
    store.record(wrong)
    with pytest.raises(Unavailable, match="was changed"):
        store.rulesets.text("sha256:" + "0" * 64)


def test_events_come_back_as_they_were_recorded(store):
    ready = approved(store, text=TEXT)
    active = then(ready, State.ACTIVE, effective_from=LATER)
    store.record(active)
    again = then(active, State.ACTIVE, supersedes=active.entry.id)
    store.record(again)
    made = change(State.DRAFT, text=TEXT + b"#", version="1.1.0", made_from=active.entry.id)
    store.record(made)
    assert store.rulesets.events("payment-terms")[2:] == tuple(map(event_of, (ready, active, again, made)))
    assert store.rulesets.versions("payment-terms") == (event_of(again), event_of(made))


def test_the_same_text_may_be_given_again(store):
    drafted = change(State.DRAFT, text=TEXT)
    store.record(drafted)
    again = change(State.DRAFT, text=TEXT, version="1.0.1")
    store.record(again)
    assert [event.version for event in store.rulesets.versions("payment-terms")] == ["1.0.0", "1.0.1"]


def test_an_event_about_a_text_that_is_not_stored_is_refused(store):
    with pytest.raises(Refused, match="text is not stored"):
        store.record(change(State.DRAFT, text=None))


def test_what_is_in_force_changes_with_the_commit_and_not_later(store):
    ready = approved(store, text=TEXT)
    assert store.rulesets.in_force("payment-terms", LATER) is None
    first = then(ready, State.ACTIVE)
    store.record(first)
    assert store.rulesets.in_force("payment-terms", LATER) == event_of(first)
    newer = then(approved(store, text=TEXT + b"#", version="1.1.0"), State.ACTIVE, supersedes=first.entry.id)
    store.record(newer)
    assert store.rulesets.in_force("payment-terms", LATER) == event_of(newer)
    assert store.rulesets.in_force("payment-terms", first.entry.at) == event_of(first)


def test_policies_are_those_that_ever_had_a_version(store):
    assert store.rulesets.policies() == ()
    store.record(change(State.DRAFT, policy="limit-adjustment"))
    store.record(change(State.DRAFT, policy="credit-approval"))
    assert store.rulesets.policies() == ("credit-approval", "limit-adjustment")
    assert store.rulesets.events("another") == ()


def test_of_two_people_who_change_a_version_at_once_one_is_refused(store):
    drafted = change(State.DRAFT, text=TEXT)
    store.record(drafted)
    rivals = [then(drafted, state) for state in (State.SUBMITTED, State.RETIRED)] * 4
    results = in_threads(lambda number: store.record(rivals[number]), len(rivals))
    assert results.count(None) == 1
    assert all(isinstance(result, Refused) and result.conflict for result in results if result is not None)
    assert len(store.rulesets.events("payment-terms")) == 2


def test_of_two_who_draft_one_version_at_once_one_is_refused(store):
    rivals = [change(State.DRAFT, text=TEXT + bytes([number])) for number in range(8)]
    results = in_threads(lambda number: store.record(rivals[number]), len(rivals))
    assert results.count(None) == 1


def test_another_process_sees_an_activation_after_a_quarter_of_a_second(postgres, tmp_path):
    postgres.run("CREATE DATABASE seen_late")
    urls = postgres.url("seen_late"), f"sqlite:///{tmp_path}/keys.db"
    now = [0.0]
    with opened(*urls) as one, Store.open(*urls, writing=True, clock=lambda: now[0]) as other:
        ready = approved(one, text=TEXT)
        assert other.rulesets.in_force("payment-terms", LATER) is None
        active = then(ready, State.ACTIVE)
        one.record(active)
        assert one.rulesets.in_force("payment-terms", LATER) == event_of(active)
        assert other.rulesets.in_force("payment-terms", LATER) is None
        assert other.rulesets.events_now("payment-terms")[-1] == event_of(active)
        now[0] += LATE_SECONDS
        assert other.rulesets.in_force("payment-terms", LATER) == event_of(active)


def test_reading_beside_a_sqlite_server_is_never_later_than_that(tmp_path):
    urls = f"sqlite:///{tmp_path}/termwise.db", f"sqlite:///{tmp_path}/keys.db"
    now = [0.0]
    with opened(*urls) as one, Store.open(*urls, writing=False, clock=lambda: now[0]) as other:
        drafted = change(State.DRAFT, text=TEXT)
        one.record(drafted)
        assert len(other.rulesets.events("payment-terms")) == 1
        one.record(then(drafted, State.SUBMITTED))
        now[0] += LATE_SECONDS
        assert len(other.rulesets.events("payment-terms")) == 2


def test_a_text_forged_in_the_database_is_noticed(store, database_url):
    store.record(change(State.DRAFT, text=TEXT))
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as intruder:
        on_sqlite = intruder.dialect.name == "sqlite"
        drop = "DROP TRIGGER ruleset_no_update" + ("" if on_sqlite else " ON ruleset")
        intruder.execute(text(drop))
        intruder.execute(text("UPDATE ruleset SET text = :forged"), {"forged": TEXT + b"# cheaper"})
    engine.dispose()
    with pytest.raises(Unavailable, match="was changed"):
        store.rulesets.text("sha256:" + sha256(TEXT).hexdigest())


def test_an_event_keeps_its_microseconds(store):
    exact = NOON.replace(microsecond=123_457)
    drafted = change(State.DRAFT, text=TEXT, at=exact)
    store.record(drafted)
    assert store.rulesets.events("payment-terms")[0] == replace(event_of(drafted), at=exact)
