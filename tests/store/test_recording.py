"""A recording is durable as a whole, or not there at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from app.domain.audit import AlreadyClaimed
from app.domain.errors import Invalid, NotFound, Refused, Unavailable
from app.domain.lifecycle import State
from app.domain.sealed import DecisionFilter, SealedRecording
from app.store.databases import parsed, writing_engine
from app.store.log_writer import LogWriter
from app.store.store import Store
from tests.recordings import change, event_of, hashed, indexed, sealed, sealed_claim

THREADS = 16


def in_threads(work: Callable[[int], object], count: int = THREADS) -> list[object]:
    """What ``work(0)`` ... returned or raised, all begun together."""
    results: list[object] = [None] * count
    start = threading.Barrier(count)

    def call(number: int) -> None:
        start.wait()
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=call, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _record_one_of(store: Store, recordings: Sequence[SealedRecording], number: int) -> None:
    store.record(recordings[number])


def count(store: Store) -> int:
    return len(store.finding.search(DecisionFilter(), limit=1000).decisions)


def test_what_was_recorded_is_read_back_exactly(store):
    recording = sealed()
    store.record(recording)
    found = store.decisions.get(recording.entry.id)
    assert (found.entry, found.index) == (recording.entry, recording.decision)


def test_a_decision_without_customer_and_reference_is_read_back_too(store):
    recording = sealed(decision=indexed(customer=None, reference=None, reasons=(), rules=()))
    store.record(recording)
    assert store.decisions.get(recording.entry.id).index == recording.decision


def test_an_entry_that_is_no_decision_stands_in_the_log_alone(store):
    recording = sealed(decision=None)
    store.record(recording)
    assert store.decisions.entry(recording.entry.id) == recording.entry
    with pytest.raises(NotFound):
        store.decisions.get(recording.entry.id)


def test_what_one_process_recorded_another_reads(store, database_url, keys_url):
    recording = sealed()
    store.record(recording)
    with Store.open(database_url, keys_url, writing=False) as other:
        assert other.decisions.get(recording.entry.id).entry == recording.entry


def test_sixteen_threads_lose_nothing_and_mix_nothing_up(store):
    recordings = [[sealed(claim=sealed_claim(f"{n}-{i}")) for i in range(40)] for n in range(THREADS)]
    results = in_threads(lambda number: [store.record(one) for one in recordings[number]])
    assert not any(isinstance(result, Exception) for result in results)
    for one in (one for mine in recordings for one in mine):
        assert store.decisions.get(one.entry.id).entry == one.entry
    assert count(store) == THREADS * 40


def test_of_twins_under_one_idempotency_key_exactly_one_is_recorded(store):
    for turn in range(10):
        twins = [sealed(claim=sealed_claim(f"key-{turn}")) for _ in range(THREADS)]
        results = in_threads(partial(_record_one_of, store, twins))
        winners = [twins[place] for place, result in enumerate(results) if result is None]
        assert len(winners) == 1
        losers = [result for result in results if isinstance(result, AlreadyClaimed)]
        assert len(losers) == THREADS - 1
        named = {error.decision_id for error in losers}
        assert named == {winners[0].entry.id}
        assert count(store) == turn + 1


def test_a_claim_names_its_decision_and_its_body(store):
    recording = sealed(claim=sealed_claim("key-1", "the body"))
    store.record(recording)
    found = store.decisions.claimed(hashed("key-1"))
    assert (found.decision_id, found.body) == (recording.entry.id, hashed("the body"))
    assert store.decisions.claimed(hashed("key-2")) is None


def test_an_id_that_is_already_in_the_log_is_refused_and_changes_nothing(store):
    recording = sealed()
    store.record(recording)
    with pytest.raises(Refused, match="already in the log") as refused:
        store.record(replace(sealed(), entry=replace(recording.entry, leaf=b"other")))
    assert refused.value.conflict
    assert store.decisions.get(recording.entry.id).entry == recording.entry


def shared_commit(url: str, *items: Any) -> list[Exception | None]:
    """The outcomes of items that are certain to share one commit."""
    engine = writing_engine(parsed(url))
    with closing(LogWriter(engine)) as writer:
        outcomes = list(writer.commit(items))
    engine.dispose()
    return outcomes


def test_a_refused_recording_fails_alone(store, database_url):
    known = sealed(claim=sealed_claim("taken"))
    store.record(known)
    good = [sealed(claim=sealed_claim(f"free-{number}")) for number in range(3)]
    twin = sealed(claim=sealed_claim("taken"))
    outcomes = shared_commit(database_url, good[0], known, good[1], twin, good[2])
    assert [outcomes[place] for place in (0, 2, 4)] == [None] * 3
    assert isinstance(outcomes[1], AlreadyClaimed)
    assert isinstance(outcomes[3], AlreadyClaimed)
    assert count(store) == 4
    with pytest.raises(NotFound):
        store.decisions.entry(twin.entry.id)


def test_a_text_that_cannot_be_stored_fails_alone(store, database_url):
    good, half = sealed(), sealed(decision=indexed(reasons=("HALF_\ud800",)))
    outcomes = shared_commit(database_url, half, good)
    assert isinstance(outcomes[0], Invalid)
    assert outcomes[1] is None
    assert count(store) == 1


def test_a_row_that_is_no_row_fails_alone(store, database_url):
    good, wrong = sealed(), sealed(decision=indexed(policy=None))
    outcomes = shared_commit(database_url, wrong, good)
    assert isinstance(outcomes[0], Refused)
    assert outcomes[1] is None


def test_twins_in_one_commit_are_told_apart(store, database_url):
    twins = [sealed(claim=sealed_claim("same")) for _ in range(3)]
    outcomes = shared_commit(database_url, *twins)
    assert outcomes.count(None) == 1
    winner = twins[outcomes.index(None)].entry.id
    assert {error.decision_id for error in outcomes if isinstance(error, AlreadyClaimed)} == {winner}
    assert sum(isinstance(error, AlreadyClaimed) for error in outcomes) == 2


def test_many_are_recorded_in_order_with_an_outcome_each(store):
    known = sealed()
    store.record(known)
    many = [sealed(claim=sealed_claim(f"item-{number}")) for number in range(700)]
    many[333] = known
    outcomes = store.record_many(many)
    assert [place for place, outcome in enumerate(outcomes) if outcome is not None] == [333]
    assert isinstance(outcomes[333], Refused)
    assert count(store) == 700


def test_nothing_to_record_is_no_trouble(store):
    assert store.record_many([]) == []


def test_a_store_opened_for_reading_records_nothing(store, database_url, keys_url):
    with (
        Store.open(database_url, keys_url, writing=False) as reading,
        pytest.raises(Unavailable, match="opened for reading"),
    ):
        reading.record(sealed())


def test_a_closed_store_records_nothing(store):
    store.close()
    with pytest.raises(Unavailable, match="closed"):
        store.record(sealed())


def test_closing_commits_what_waits(database_url, keys_url):
    Store.migrate(database_url, keys_url)
    store = Store.open(database_url, keys_url, writing=True)
    results = in_threads(lambda number: store.close() if number == 0 else _attempt(store))
    with Store.open(database_url, keys_url, writing=False) as reading:
        assert count(reading) == sum(1 for result in results if result == "recorded")


def _attempt(store: Store) -> str:
    try:
        store.record(sealed())
    except Unavailable:
        return "refused"
    return "recorded"


def test_old_idempotency_keys_are_let_go_and_young_ones_kept(store):
    old = [sealed(claim=sealed_claim(f"old-{number}")) for number in range(450)]
    store.record_many(old)
    young = sealed(claim=sealed_claim("young"))
    store.record(young)
    assert store.forget_claims(young.entry.at) == 450
    assert store.decisions.claimed(hashed("old-1")) is None
    assert store.decisions.claimed(hashed("young")) is not None
    assert count(store) == 451


def test_a_change_of_a_ruleset_and_its_entry_stand_or_fall_together(store):
    first = change(State.DRAFT)
    store.record(first)
    stale = change(State.SUBMITTED, text=None)
    with pytest.raises(Refused, match="changed by somebody else"):
        store.record(stale)
    with pytest.raises(NotFound):
        store.decisions.entry(stale.entry.id)
    assert store.rulesets.events("payment-terms") == (event_of(first),)
