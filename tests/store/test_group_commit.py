"""Group commit: callers share commits, and each hears of its own items only."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from app.domain.errors import Invalid, Unavailable
from app.store.group_commit import MOST_IN_A_COMMIT, GroupCommit


class Gate:
    """A commit that waits to be let through, and remembers what each commit held."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Semaphore(0)
        self.commits: list[list[int]] = []

    def __call__(self, items: Sequence[int]) -> Sequence[Exception | None]:
        self.commits.append(list(items))
        self.entered.release()
        self.open.wait()
        return [Invalid(f"{item} is odd") if item % 2 else None for item in items]


@contextmanager
def grouped(gate: Gate, most_waiting: int = 512, patience: float = 30.0) -> Iterator[GroupCommit[int]]:
    """A group commit that is let through and closed at the end."""
    group = GroupCommit(gate, most_waiting=most_waiting, name="test", patience=patience)
    try:
        yield group
    finally:
        gate.open.set()
        group.close()


class Caller(threading.Thread):
    """Hands items in, in a thread, and keeps what came back."""

    def __init__(self, group: GroupCommit[int], *items: int) -> None:
        super().__init__()
        self.group, self.items = group, items
        self.outcomes: Sequence[Exception | None] = ()
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.outcomes = self.group.submit(self.items)
        except Exception as error:
            self.error = error


def wait_until(group: GroupCommit[int], waiting: int) -> None:
    """Until so many items wait."""
    end = time.monotonic() + 10
    while group.waiting != waiting:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_what_arrives_during_a_commit_shares_the_next():
    gate = Gate()
    with grouped(gate) as group:
        first = Caller(group, 0)
        gate.entered.acquire()
        others = [Caller(group, 2 * number) for number in range(1, 8)]
        wait_until(group, 7)
        gate.open.set()
        for caller in (first, *others):
            caller.join()
    assert [sorted(items) for items in gate.commits] == [[0], [2, 4, 6, 8, 10, 12, 14]]


def test_each_caller_gets_the_outcomes_of_its_own_items_in_order():
    gate = Gate()
    with grouped(gate) as group:
        callers = [Caller(group, 10 * n, 10 * n + 1, 10 * n + 2) for n in range(6)]
        gate.open.set()
        for caller in callers:
            caller.join()
    for number, caller in enumerate(callers):
        told = [None if outcome is None else str(outcome) for outcome in caller.outcomes]
        assert told == [None, f"{10 * number + 1} is odd", None]


def test_a_commit_holds_a_bounded_number_of_items_and_whole_calls():
    gate = Gate()
    with grouped(gate, most_waiting=10_000) as group:
        first = Caller(group, 0)
        gate.entered.acquire()
        callers = [Caller(group, *range(0, 400, 4)) for _ in range(6)]
        wait_until(group, 600)
        gate.open.set()
        for caller in (first, *callers):
            caller.join()
    assert [len(items) for items in gate.commits] == [1, 200, 200, 200]
    assert MOST_IN_A_COMMIT < 300


def test_beyond_the_most_that_may_wait_a_caller_is_sent_away_at_once():
    gate = Gate()
    with grouped(gate, most_waiting=2) as group:
        busy = Caller(group, 0)
        gate.entered.acquire()
        waiting = [Caller(group, 2), Caller(group, 4)]
        wait_until(group, 2)
        with pytest.raises(Unavailable, match="Too many requests wait") as refused:
            group.submit([6])
        assert refused.value.retry_after >= 1
        gate.open.set()
        for caller in (busy, *waiting):
            caller.join()
    assert 6 not in [item for items in gate.commits for item in items]


def test_one_call_that_is_larger_than_the_queue_is_still_served():
    gate = Gate()
    gate.open.set()
    with grouped(gate, most_waiting=2) as group:
        assert group.submit([0, 2, 4]) == [None, None, None]


def test_a_failed_commit_is_told_to_every_caller_of_it_and_to_nobody_else():
    fail = threading.Event()

    def commit(items: Sequence[int]) -> Sequence[None]:
        if fail.is_set():
            raise Unavailable("The disk is gone.")
        return [None] * len(items)

    group = GroupCommit(commit, most_waiting=100, name="test")
    assert group.submit([1]) == [None]
    fail.set()
    callers = [Caller(group, number) for number in range(5)]
    for caller in callers:
        caller.join()
    assert {str(caller.error) for caller in callers} == {"The disk is gone."}
    assert len({id(caller.error) for caller in callers}) == 5
    fail.clear()
    assert group.submit([1]) == [None]
    group.close()


def test_a_fault_of_our_own_is_no_acknowledgement_and_does_not_end_the_thread():
    faults = iter([ZeroDivisionError("ours"), SystemExit(), None])

    def commit(items: Sequence[int]) -> Sequence[None]:
        fault = next(faults)
        if fault is not None:
            raise fault
        return [None] * len(items)

    group = GroupCommit(commit, most_waiting=100, name="test")
    for _ in range(2):
        with pytest.raises(Unavailable, match="Nothing was recorded"):
            group.submit([1])
    assert group.submit([1]) == [None]
    group.close()


def test_a_caller_who_has_waited_long_enough_leaves_and_its_items_with_it():
    gate = Gate()
    with grouped(gate, patience=0.2) as group:
        first = Caller(group, 0)
        gate.entered.acquire()
        with pytest.raises(Unavailable, match="Nothing was recorded"):
            group.submit([2])
        assert group.waiting == 0
        first.join()
        assert "not known whether" in str(first.error)
    assert gate.commits == [[0]]


def test_closing_commits_what_waits_and_refuses_what_comes_later():
    gate = Gate()
    with grouped(gate) as group:
        first = Caller(group, 0)
        gate.entered.acquire()
        second = Caller(group, 2)
        wait_until(group, 1)
        closer = threading.Thread(target=group.close)
        closer.start()
        gate.open.set()
        for thread in (first, second, closer):
            thread.join()
        assert (first.error, second.error) == (None, None)
        with pytest.raises(Unavailable, match="closed"):
            group.submit([4])
    assert gate.commits == [[0], [2]]


def test_a_child_of_a_fork_is_refused_instead_of_waiting_for_ever():
    gate = Gate()
    gate.open.set()
    with grouped(gate) as group:
        group._process = os.getppid()
        with pytest.raises(Unavailable, match="another process"):
            group.submit([0])
        group._process = os.getpid()
