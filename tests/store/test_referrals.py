"""Referrals and resolutions in the store: with their decision or not at all, and one of two at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.domain.audit import EntryKind
from app.domain.errors import NotFound, Refused
from app.domain.referrals import Referral, Resolution, ResolutionChange
from app.domain.sealed import Entry, SealedRecording
from app.store.log_writer import LogWriter
from tests.recordings import NOON, ids, recording, sealed, sealed_claim

DUE = NOON + timedelta(hours=48)


def waiting(**changes):
    """A decision that asks for a person."""
    return sealed(referral=Referral("payment-terms", DUE), **changes)


def resolution(decision, **changes) -> SealedRecording:
    """What somebody settled about a decision."""
    plain = recording(kind=EntryKind.RESOLUTION, decision=None)
    one = Resolution(plain.id, decision, "payment-terms", "offer", "RISK_TAKEN", plain.at, "officer-2")
    entry = Entry(plain.id, plain.kind, plain.at, b'{"leaf":1}', b"sealed", ids.new())
    return SealedRecording(entry, changes=(ResolutionChange(replace(one, **changes)),))


def settled(recorded: SealedRecording) -> Resolution:
    """The resolution that a recording holds."""
    (change,) = recorded.changes
    assert isinstance(change, ResolutionChange)
    return change.resolution


def test_a_referral_is_there_with_its_decision(store):
    one, other = waiting(), sealed()
    store.record(one)
    store.record(other)
    found = store.referrals.get(one.entry.id)
    assert (found.decision.entry, found.due_at, found.latest) == (one.entry, DUE, None)
    with pytest.raises(NotFound):
        store.referrals.get(other.entry.id)


def test_a_decision_that_is_refused_leaves_no_referral(store):
    first, twin = waiting(claim=sealed_claim()), waiting(claim=sealed_claim())
    outcomes = store.record_many([first, twin, waiting()])
    assert [outcome is None for outcome in outcomes] == [True, False, True]
    with pytest.raises(NotFound):
        store.referrals.get(twin.entry.id)


def test_referrals_go_the_quick_way_with_their_decisions(store, monkeypatch):
    monkeypatch.setattr(LogWriter, "_write_each", _never)
    many = [waiting() if place % 2 else sealed() for place in range(20)]
    assert store.record_many(many) == [None] * 20
    assert store.referrals.get(many[1].entry.id).due_at == DUE


def test_a_resolution_comes_back_as_it_was_recorded(store):
    one = waiting()
    store.record(one)
    made = resolution(
        one.entry.id, expires_at=DUE, override=True, asked=("a/b", "a/c"), overruled=("d/e",), reason="WHY"
    )
    store.record(made)
    latest = store.referrals.latest(one.entry.id)
    assert (latest.entry, latest.resolution) == (made.entry, settled(made))
    assert store.referrals.get(one.entry.id).latest == latest
    assert list(store.referrals.resolutions(None, None, None)) == [settled(made)]


def test_the_latest_is_the_one_that_none_follows_whatever_the_clocks_said(store):
    one = waiting()
    store.record(one)
    first = resolution(one.entry.id)
    store.record(first)
    behind = NOON - timedelta(days=1)
    second = resolution(one.entry.id, follows=first.entry.id, at=behind)
    store.record(second)
    assert store.referrals.latest(one.entry.id).resolution == settled(second)
    history = [kept.resolution for kept in store.referrals.history(one.entry.id)]
    assert history == [settled(first), settled(second)]


def test_what_is_no_referral_cannot_be_settled(store):
    decided = sealed()
    store.record(decided)
    with pytest.raises(Refused):
        store.record(resolution(decided.entry.id))
    with pytest.raises(NotFound):
        store.decisions.entry(resolution(decided.entry.id).entry.id)


def test_of_those_who_settle_at_once_exactly_one_wins(store):
    for _ in range(10):
        one = waiting()
        store.record(one)
        rivals = [resolution(one.entry.id, by=f"officer-{place}") for place in range(6)]
        with ThreadPoolExecutor(len(rivals)) as pool:
            outcomes = list(pool.map(partial(recorded, store, threading.Barrier(len(rivals))), rivals))
        (winner,) = [rival for rival, refused in zip(rivals, outcomes, strict=True) if refused is None]
        assert all(refused.conflict for refused in outcomes if refused is not None)
        assert store.referrals.latest(one.entry.id).resolution == settled(winner)
        assert len(store.referrals.history(one.entry.id)) == 1


def recorded(store, start, rival) -> Refused | None:
    """Why a rival was refused, None for the one who was first."""
    start.wait()
    try:
        store.record(rival)
    except Refused as refused:
        return refused
    return None


def _never(*_):
    raise AssertionError("the slow way was taken")
