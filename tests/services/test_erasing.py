"""An erased customer is gone: nothing that was sealed opens, and what comes after is sealed anew."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from app.domain.audit import EntryKind
from app.domain.errors import NotFound, Refused, Unavailable
from app.domain.keeping import Reason
from tests.clock import Clock
from tests.kept import Died, Kept, dying_at, kept
from tests.recordings import index, recording

COMMITS = 5
"""Of one erasure: retired, noted, recorded, destroyed, buried."""

with_several_writers = pytest.mark.parametrize("both_urls", ["postgresql"], indirect=True)


@pytest.fixture
def one(tmp_path: Path, both_urls: tuple[str, str]) -> Iterator[Kept]:
    """A store of either kind."""
    with kept(tmp_path, both_urls) as opened:
        yield opened


def erasures(one: Kept) -> list[dict[str, object]]:
    """What the log says in the clear of every erasure."""
    found = one.store.decisions.entries(EntryKind.ERASURE)
    return [json.loads(entry.leaf)["clear"] for entry in found]


def test_everything_about_the_customer_is_gone_and_nothing_else(one: Kept) -> None:
    gone = [one.decide(), one.decide(), one.decide(kind=EntryKind.SIMULATION)]
    stays = [one.decide("C-2"), one.decide(None)]
    made = one.erase()
    assert all(map(one.is_erased, gone))
    assert not any(map(one.is_erased, stays))
    assert made.decisions == 3
    assert len(made.keys) == 1


def test_what_is_decided_afterwards_is_sealed_under_a_key_of_its_own_and_goes_with_the_next(
    one: Kept,
) -> None:
    before = one.decide()
    one.erase()
    after = one.decide()
    assert (one.is_erased(before), one.is_erased(after)) == (True, False)
    again = one.erase()
    assert one.is_erased(after)
    assert again.decisions == 1


def test_the_entry_names_keys_reason_and_number_and_nobody(one: Kept) -> None:
    one.decide()
    made = one.keep.erasing.erase("C-1", Reason.ORDERED, "file 7", by=None)
    (clear,) = erasures(one)
    actor = one.vault.pseudonyms.actor("operator").hex()
    assert clear == {"keys": [str(made.keys[0])], "reason": "ordered", "decisions": 1, "actor": actor}
    entry = one.store.decisions.entry(made.id)
    assert json.loads(one.recorder.unsealed(entry)) == {"note": "file 7"}
    hashes = one.vault.pseudonyms
    for named in (b"C-1", hashes.customer("C-1"), hashes.customer("C-1").hex().encode()):
        assert named not in entry.leaf


def test_given_again_it_says_what_was_erased_and_records_nothing(one: Kept) -> None:
    one.decide()
    made = one.erase()
    assert one.erase() == made
    assert len(erasures(one)) == 1


def test_a_customer_of_whom_nothing_is_kept_is_not_found(one: Kept) -> None:
    with pytest.raises(NotFound, match="Nothing is kept"):
        one.erase("C-unknown")


def test_a_customer_is_still_found_by_name(one: Kept) -> None:
    id = one.decide()
    one.erase()
    (found,) = one.store.decisions.earlier(
        "payment-terms", before=index().as_of.replace(year=2030), customer=one.recorder.customer_hash("C-1")
    )
    assert found.entry.id == id


def test_old_and_new_keys_of_a_customer_go_together(one: Kept) -> None:
    first = one.decide()
    one.keep.erasing.retire(one.vault.keys_of(["customer:C-1"]))
    second = one.decide()
    made = one.erase()
    assert len(made.keys) == 2
    assert one.is_erased(first)
    assert one.is_erased(second)
    assert made.decisions == 2


def test_an_erasure_that_died_at_any_step_is_finished_by_the_next_start(
    tmp_path: Path, both_urls: tuple[str, str]
) -> None:
    for step in range(COMMITS + 1):
        customer, clock = f"C-{step}", Clock()
        with kept(tmp_path, both_urls, clock) as one:
            id = one.decide(customer)
            with dying_at(step) as committed:
                if step < COMMITS:
                    with pytest.raises((Died, Unavailable)):
                        one.erase(customer)
                else:
                    one.erase(customer)
            assert committed == [step]
            assert len(one.store.keeping.dying()) == (step in (3, 4))
        with kept(tmp_path, both_urls, clock) as one:
            promised = step > 2  # the entry is durable from then on
            assert one.is_erased(id) is promised
            assert one.store.keeping.dying() == []
            after = one.decide(customer)
            assert not one.is_erased(after)
            made = one.erase(customer)
            assert one.is_erased(id)
            assert one.is_erased(after)
            assert made.decisions == (1 if promised else 2)


@with_several_writers
def test_what_one_process_erased_no_other_opens_or_seals_under(
    tmp_path: Path, both_urls: tuple[str, str]
) -> None:
    with kept(tmp_path, both_urls) as here, kept(tmp_path, both_urls) as there:
        before = there.decide()
        assert not there.is_erased(before)  # there remembers the key, for sealing and for opening
        here.erase()
        assert there.is_erased(before)
        after = there.decide()
        assert not here.is_erased(after)
        many = [recording(decision=index(customer="C-1")) for _ in range(5)]
        here.erase()
        assert [type(outcome).__name__ for outcome in there.recorder.record_many(many)] == ["Recorded"] * 5
        assert not any(here.is_erased(one.id) for one in many)


def test_decisions_that_race_with_erasures_are_either_erased_and_counted_or_stay(
    tmp_path: Path, both_urls: tuple[str, str]
) -> None:
    """The promise, with decisions made in another process wherever there can be one."""
    stop, decided = threading.Event(), list[tuple[float, float, UUID]]()
    erased: list[tuple[float, float]] = []
    alone = both_urls[0].startswith("sqlite")
    with kept(tmp_path, both_urls) as here:
        with kept(tmp_path, both_urls) if not alone else nullcontext(here) as there:

            def decide() -> None:
                while not stop.is_set():
                    began = time.monotonic()
                    id = there.decide()
                    decided.append((began, time.monotonic(), id))

            threads = [threading.Thread(target=decide) for _ in range(3)]
            for thread in threads:
                thread.start()
            for wanted in count(10, 10):
                while len(decided) < wanted:
                    assert any(thread.is_alive() for thread in threads)
                    stop.wait(0.001)
                began = time.monotonic()
                here.erase()
                erased.append((began, time.monotonic()))
                if len(erased) == 3:
                    break
            stop.set()
            for thread in threads:
                thread.join()
            gone = {id for _, _, id in decided if there.is_erased(id)}
        for start, end, id in decided:
            if any(end < began for began, _ in erased):
                assert id in gone
            if start > erased[-1][1]:
                assert id not in gone
        assert gone == {id for _, _, id in decided if here.is_erased(id)}
        assert sum(int(str(clear["decisions"])) for clear in erasures(here)) == len(gone)


@with_several_writers
def test_who_retires_a_key_waits_for_a_decision_under_way(tmp_path: Path, both_urls: tuple[str, str]) -> None:
    with kept(tmp_path, both_urls) as one:
        (key,) = {one.store.decisions.entry(one.decide()).key_id}
        engine = create_engine(both_urls[0])
        with engine.connect() as late:
            late.execute(
                text(
                    "INSERT INTO entry (id, kind, at, leaf, sealed, key_id)"
                    " VALUES (gen_random_uuid(), 'x', now(), '', '', :key)"
                ),
                {"key": key},
            )
            retiring = threading.Thread(target=one.keep.erasing.retire, args=([key],))
            retiring.start()
            waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            with engine.connect() as looking:
                while looking.execute(waiting).scalar() == 0:
                    assert retiring.is_alive()
                    looking.rollback()
            assert one.store.keeping.retired([key]) == []
            late.commit()
        retiring.join()
        engine.dispose()
        assert one.store.keeping.retired([key]) == [key]


def test_a_restored_key_database_is_swept(tmp_path: Path, both_urls: tuple[str, str]) -> None:
    with kept(tmp_path, both_urls) as one:
        id, stays = one.decide(), one.decide("C-2")
        (backup,) = [
            key for key in one.store.keys.page(None, 10) if key.id == one.store.decisions.entry(id).key_id
        ]
        one.erase()
        one.store.keys.add([backup])
        assert not one.is_erased(id)
        assert one.keep.erasing.sweep() == 1
        assert one.is_erased(id)
        assert not one.is_erased(stays)
        assert one.keep.erasing.sweep() == 0


def test_a_hold_forbids_it(one: Kept) -> None:
    id = one.decide()
    one.keep.holds.place("C-1", "a lawsuit", by=None)
    with pytest.raises(Refused, match="legal hold"):
        one.erase()
    assert not one.is_erased(id)
    one.keep.holds.release("C-1", "settled", by=None)
    one.erase()
    assert one.is_erased(id)
    assert one.keep.holds.standing("C-1").reason is None
