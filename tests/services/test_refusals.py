"""The log of refused sign-ins ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from app.domain.errors import Unavailable
from app.services.people import refusals
from app.services.people.refusals import RefusalLog, Refusals
from tests.clock import Clock

MINUTE = timedelta(minutes=1)


class Written:
    """What was recorded; logins that begin with ``nobody`` are nobody's, and nothing while it is full."""

    def __init__(self) -> None:
        self.sums: list[tuple[str, int]] = []
        self.full = False

    def __call__(self, sums: Refusals, _: datetime) -> bool:
        if self.full:
            raise Unavailable("The disk is full.")
        if sums.login.startswith("nobody"):
            return False
        self.sums.append((sums.login, sums.count))
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written() -> Written:
    return Written()


@pytest.fixture
def log(written: Written, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[RefusalLog]:
    """Flushed by the test alone: its own thread looks so seldom that no test sees it."""
    monkeypatch.setattr(refusals, "SECONDS_BETWEEN_LOOKS", 3600.0)
    made = RefusalLog(written, clock)
    yield made
    made.close()


def test_has_an_entry_at_once_and_then_one_a_minute_with_the_number(
    log: RefusalLog, written: Written, clock: Clock
) -> None:
    log.note("someone", "here", "password")
    log.flush()
    for _ in range(10_000):
        log.note("someone", "here", "locked", looked_at=False)
        log.flush() if _ % 100 == 0 else None
    assert written.sums == [("someone", 1)]
    clock.forward(MINUTE)
    log.flush()
    log.flush()
    assert written.sums == [("someone", 1), ("someone", 10_000)]


def test_counts_what_was_tried_on_logins_of_nobody_and_keeps_nothing_of_it(
    log: RefusalLog, written: Written
) -> None:
    for number in range(100):
        log.note(f"nobody-{number}", "here", "password")
    log.flush()
    assert written.sums == []
    assert log.unknown == 100


def test_begins_no_sum_for_what_cost_its_sender_nothing(log: RefusalLog) -> None:
    for number in range(1000):
        log.note(f"login-{number}", "here", "locked", looked_at=False)
    assert log._waiting == {}
    assert log.dropped == 1000


def test_takes_sixty_entries_a_minute_and_keeps_the_rest_for_later(
    log: RefusalLog, written: Written, clock: Clock
) -> None:
    for number in range(100):
        log.note("someone", f"network {number}", "password")
    log.flush()
    log.flush()
    assert len(written.sums) == refusals.MOST_A_MINUTE
    clock.forward(MINUTE)
    log.flush()
    assert len(written.sums) == 100


def test_loses_nothing_while_it_cannot_be_written(log: RefusalLog, written: Written, clock: Clock) -> None:
    written.full = True
    log.note("someone", "here", "password")
    log.flush()
    log.note("someone", "here", "password")
    written.full = False
    log.flush()
    assert written.sums == [("someone", 2)]


def test_writes_what_waits_when_it_is_closed(log: RefusalLog, written: Written, clock: Clock) -> None:
    log.note("someone", "here", "password")
    log.flush()
    log.note("someone", "here", "password")
    log.close()
    assert written.sums == [("someone", 1), ("someone", 1)]


def test_is_written_without_being_asked(
    written: Written, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "SECONDS_BETWEEN_LOOKS", 0.01)
    log = RefusalLog(written, clock)
    log.note("someone", "here", "password")
    thread = log._thread
    assert thread is not None
    log.close()
    assert not thread.is_alive()
    assert written.sums == [("someone", 1)]


def test_forgets_who_has_not_tried_for_a_while(log: RefusalLog, clock: Clock) -> None:
    log.note("someone", "here", "password")
    log.flush()
    clock.forward(refusals.REMEMBERED)
    log.flush()
    assert log._waiting == {}
