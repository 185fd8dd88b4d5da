"""Holds, keep times, and the keys that seal: what stays, what goes, and what is finished after a death."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from app.domain.audit import EntryKind
from app.domain.errors import Invalid, NotFound, Refused, Unavailable
from app.domain.keeping import Reason, State, SubjectChange, SubjectEvent, of_customer
from app.domain.people import Person, Role
from app.domain.people_changes import PersonAdded, PersonChanged
from app.ledger.sealing import MasterKey
from app.services.people.managing import Register
from tests.clock import START, Clock
from tests.kept import Died, Kept, dying_at, kept
from tests.recordings import change, index, recording
from tests.store.test_recording import in_threads

LATER = START + timedelta(days=366 * 10)


@pytest.fixture
def one(tmp_path: Path, both_urls: tuple[str, str]) -> Iterator[Kept]:
    """A store of either kind that knows one policy."""
    with kept(tmp_path, both_urls) as opened:
        opened.store.record(change())
        yield opened


def clear_of(one: Kept, kind: EntryKind) -> list[dict[str, object]]:
    """What the log says in the clear of every entry of a kind."""
    return [json.loads(entry.leaf)["clear"] for entry in one.store.decisions.entries(kind)]


def test_a_hold_is_placed_once_and_released_with_its_reasons(one: Kept) -> None:
    assert one.keep.holds.standing("C-1").event is None
    with pytest.raises(NotFound):
        one.keep.holds.release("C-1", "none stands", by=None)
    placed = one.keep.holds.place("C-1", "a lawsuit", by=None)
    assert one.keep.holds.place("C-1", "another", by=None) == placed
    assert one.keep.holds.standing("C-1") == placed
    released = one.keep.holds.release("C-1", "settled", by=None)
    assert (released.held, released.reason) == (False, "settled")
    states = [clear["state"] for clear in clear_of(one, EntryKind.HOLD)]
    assert states == ["held", "released"]
    assert not any(b"C-1" in entry.leaf for entry in one.store.decisions.entries(EntryKind.HOLD))


def test_of_a_hold_and_an_erasure_at_once_exactly_one_wins(one: Kept) -> None:
    for number in range(6):
        customer = f"C-{number}"
        id = one.decide(customer)
        subject = one.vault.pseudonyms.subject(of_customer(customer))
        keys = one.vault.keys_of([of_customer(customer)])
        one.keep.erasing.retire(keys)

        def attempt(which: int, subject: bytes = subject, keys: object = keys) -> object:
            state = (State.HELD, State.ERASED)[which]
            made = recording(decision=None, subject=None, kind=EntryKind.HOLD)
            event = SubjectEvent(made.id, subject, state, made.at, "legal-1")
            dying = keys if state is State.ERASED else ()
            return one.recorder.record(
                recording(
                    made.at,
                    id=made.id,
                    decision=None,
                    subject=None,
                    kind=EntryKind.HOLD,
                    changes=(SubjectChange(event, dying),),  # type: ignore[arg-type]
                )
            )

        outcomes = in_threads(attempt, 2)
        assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
        latest = one.store.keeping.latest(subject)
        assert latest is not None
        one.keep.erasing.finish()
        assert one.is_erased(id) is (latest.state is State.ERASED)


def test_an_erasure_is_never_written_after_a_hold_even_past_the_service(one: Kept) -> None:
    one.decide()
    held = one.keep.holds.place("C-1", "a lawsuit", by=None).event
    assert held is not None
    made = recording(decision=None, subject=None)
    event = SubjectEvent(made.id, held.subject, State.ERASED, made.at, "intruder", held.id)
    with pytest.raises(Refused, match="came first"):
        one.recorder.record(
            recording(made.at, id=made.id, decision=None, subject=None, changes=(SubjectChange(event),))
        )


def test_a_keep_time_has_a_history_and_nothing_is_ever_taken_out_of_it(one: Kept) -> None:
    table = one.keep.retention
    table.set("payment-terms", 120, "law", by=None)
    table.set("payment-terms", 60, "another law", by=None)
    table.set("*", 12, "house rule", by=None)
    assert [(rule.policy, rule.months) for rule in table.rules()] == [("*", 12), ("payment-terms", 60)]
    table.set("*", None, "we keep all", by=None)
    assert [rule.policy for rule in table.rules()] == ["payment-terms"]
    found = [(rule.policy, rule.months, rule.source) for rule in table.history()]
    assert sorted(found, key=str) == sorted(
        [
            ("*", 12, "house rule"),
            ("*", None, "we keep all"),
            ("payment-terms", 120, "law"),
            ("payment-terms", 60, "another law"),
        ],
        key=str,
    )
    with pytest.raises(NotFound, match="no policy"):
        table.set("payment-term", 1, "law", by=None)
    with pytest.raises(Invalid, match="keep time"):
        table.set("payment-terms", 0, "law", by=None)


def test_nothing_goes_without_a_row(one: Kept) -> None:
    id = one.decide()
    one.clock.at = LATER
    assert one.keep.applying.apply().erased == 0
    assert not one.is_erased(id)


def test_a_customer_goes_when_the_time_of_all_its_decisions_has_run_out(one: Kept) -> None:
    table, apply = one.keep.retention, one.keep.applying.apply
    old = one.decide()
    also = one.decide("C-2")
    held = one.decide("C-3")
    one.keep.holds.place("C-3", "a lawsuit", by=None)
    nobodys = one.decide(None)
    table.set("payment-terms", 12, "law", by=None)
    one.clock.at = START.replace(year=START.year + 1) - timedelta(days=1)
    assert apply().erased == 0
    one.clock.forward(timedelta(days=1))
    later = one.decide("C-2")
    plan = one.keep.applying.plan()
    assert (plan.looked_at, len(plan.due), plan.held) == (5, 1, 1)
    report = apply()
    assert (report.erased, report.decisions, report.held) == (1, 1, 1)
    assert one.is_erased(old)
    assert not any(map(one.is_erased, (also, later, held, nobodys)))
    assert apply().erased == 0
    (erased,) = clear_of(one, EntryKind.ERASURE)
    assert (erased["reason"], erased["decisions"]) == ("retention", 1)
    one.keep.holds.release("C-3", "settled", by=None)
    one.clock.forward(timedelta(days=400))
    assert apply().erased == 2
    assert one.is_erased(held)
    assert not one.is_erased(nobodys)  # its month seals more than decisions, and of that nobody spoke
    table.set("*", 12, "house rule", by=None)
    apply()
    assert one.is_erased(nobodys)


def test_a_customer_of_two_policies_stays_for_the_longer_one(one: Kept) -> None:
    one.store.record(change(digest="sha256:" + "b" * 64, text=b"other", policy="credit-approval"))
    one.decide()
    other = recording(one.clock(), decision=index(customer="C-1", policy="credit-approval"))
    one.recorder.record(other)
    one.keep.retention.set("payment-terms", 12, "law", by=None)
    one.clock.at = LATER
    assert one.keep.applying.apply().erased == 0  # of the second policy nobody said anything
    one.keep.retention.set("credit-approval", 240, "law", by=None)
    assert one.keep.applying.apply().erased == 0
    one.clock.at = LATER.replace(year=LATER.year + 20)
    assert one.keep.applying.apply().erased == 1


def test_a_plan_may_look_ahead_and_a_run_may_not(one: Kept) -> None:
    id = one.decide()
    one.keep.retention.set("payment-terms", 12, "law", by=None)
    ahead = date(2040, 1, 1)
    assert len(one.keep.applying.plan(ahead).due) == 1
    with pytest.raises(Invalid, match="still to come"):
        one.keep.applying.apply(ahead)
    assert not one.is_erased(id)


def test_a_run_that_died_at_any_step_is_gone_on_with(tmp_path: Path, both_urls: tuple[str, str]) -> None:
    clock = Clock()
    with kept(tmp_path, both_urls, clock) as one:
        one.store.record(change())
        one.keep.retention.set("payment-terms", 12, "law", by=None)
    for step in range(6):
        with kept(tmp_path, both_urls, clock) as one:
            ids = [one.decide(f"C-{step}-{number}") for number in range(3)]
            clock.at += timedelta(days=400)
            with dying_at(step), pytest.raises((Died, Unavailable)):
                one.keep.applying.apply()
        with kept(tmp_path, both_urls, clock) as one:
            one.keep.applying.apply()
            assert all(map(one.is_erased, ids))
            assert one.keep.applying.apply().erased == 0


def test_old_data_keys_are_renewed_and_nothing_becomes_unreadable(one: Kept) -> None:
    old = one.decide()
    one.clock.forward(timedelta(days=100))
    young = one.decide("C-2")
    hashed = one.recorder.customer_hash("C-1")
    assert one.keep.renewing.renew(timedelta(days=50), by=None) == 1
    assert one.keep.renewing.renew(timedelta(days=50), by=None) == 0
    new = one.decide()
    keys = [one.store.decisions.entry(id).key_id for id in (old, young, new)]
    assert len(set(keys)) == 3
    assert not any(map(one.is_erased, (old, young, new)))
    assert one.recorder.customer_hash("C-1") == hashed
    assert [clear["retired"] for clear in clear_of(one, EntryKind.DATA_KEYS)] == [1, 0]
    assert one.erase().decisions == 2
    assert (one.is_erased(old), one.is_erased(new), one.is_erased(young)) == (True, True, False)


def test_another_master_key_opens_everything_and_the_old_one_nothing(
    tmp_path: Path, both_urls: tuple[str, str]
) -> None:
    with kept(tmp_path, both_urls) as one:
        ids, hashed = [one.decide(f"C-{number}") for number in range(5)], one.recorder.customer_hash("C-1")
        old = one.settings.master_key()
        done = one.keep.mastering.rotate(by=None)
        assert done.before == MasterKey(old).fingerprint
        assert one.store.keys.wrapped_under(done.before, 1) == []
        assert not any(map(one.is_erased, ids))  # the process that was open reads the new one by itself
        assert not one.is_erased(one.decide("C-new"))
    with kept(tmp_path, both_urls) as one:
        assert not any(map(one.is_erased, ids))
        assert one.recorder.customer_hash("C-1") == hashed
        (clear,) = clear_of(one, EntryKind.MASTER_KEY)
        assert (clear["from"], clear["to"]) == (done.before, done.after)
    (tmp_path / "master.key").write_bytes(old)
    with pytest.raises(Unavailable, match="belongs to the master key"), kept(tmp_path, both_urls):
        pass


def test_a_rotation_that_died_at_any_step_loses_nothing_and_is_gone_on_with(
    tmp_path: Path, both_urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.keeping.mastering.AT_ONCE", 2)
    with kept(tmp_path, both_urls) as one:
        ids = [one.decide(f"C-{number}") for number in range(3)]
    for step in count():
        with kept(tmp_path, both_urls) as one:
            finished = _goes_on(one, step)
        with kept(tmp_path, both_urls) as one:
            assert not any(map(one.is_erased, ids))
            ids.append(one.decide("C-0"))
            if finished:
                break
            following = MasterKey(one.settings.master_keys()[-1]).fingerprint
            assert one.keep.mastering.rotate(by=None).after == following
            assert not one.keep.mastering.is_prepared
            assert one.store.keys.masters() == (following,)
            assert not any(map(one.is_erased, ids))
            assert len(clear_of(one, EntryKind.MASTER_KEY)) == step + 1
    assert step == 7  # the entry, the acceptance, five keys by twos, the dismissal, and the file


def _goes_on(one: Kept, step: int) -> bool:
    """Whether a rotation that dies at that step, the last of them being the file's, comes to its end."""
    with dying_at(step) as committed, pytest.MonkeyPatch.context() as patch:
        if step == 6:
            patch.setattr("app.services.keeping.mastering.put_in_place", _die)
        try:
            one.keep.mastering.rotate(by=None)
        except (Died, Unavailable):
            assert committed == [step]
            return False
        return True


def _die(*_: object) -> None:
    raise Died


@pytest.mark.parametrize("both_urls", ["postgresql"], indirect=True)
def test_a_process_beside_a_rotation_goes_on_deciding_and_reading(
    tmp_path: Path, both_urls: tuple[str, str]
) -> None:
    with kept(tmp_path, both_urls) as here, kept(tmp_path, both_urls) as there:
        before = there.decide()
        here.keep.mastering.rotate(by=None)
        there.vault.forget(of_customer("C-1"))
        after = [there.decide(), there.decide("C-new")]
        assert not any(map(there.is_erased, (before, *after)))
        assert not any(map(here.is_erased, (before, *after)))


def test_a_person_who_left_is_erased_and_what_they_did_stays(one: Kept) -> None:
    register = Register(one.recorder, now=one.clock, new_id=lambda at: recording(at).id)
    at = one.clock()
    person = Person(recording(at).id, "rep", "Somebody Special", Role.SALES)
    named = {"login": "rep", "name": "Somebody Special"}
    register.record(
        EntryKind.PERSON_STATE,
        at,
        None,
        {"person": str(person.id)},
        named,
        PersonAdded(person, "$"),
        person=person.id,
    )
    (entry,) = one.store.decisions.entries(EntryKind.PERSON_STATE)
    with pytest.raises(Refused, match="still active"):
        one.keep.erasing.erase_person(person, Reason.SUBJECT_REQUEST, None, by=None)
    left = replace(person, active=False, revision=2)
    register.record(
        EntryKind.PERSON_STATE, at, None, {}, {}, PersonChanged(left, leaves=True), person=person.id
    )
    made = one.keep.erasing.erase_person(left, Reason.SUBJECT_REQUEST, None, by=None)
    assert len(made.keys) == 1
    assert one.is_erased(entry.id)
    found = one.store.people.get(person.id)
    assert (found.name, found.active) == ("(erased)", False)
    assert found.login.startswith("erased-")
    assert one.store.people.by_login("rep") is None
