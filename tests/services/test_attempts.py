"""Attempts to sign in ..."""

from __future__ import annotations

import pytest

from app.domain.errors import TooManyAttempts
from app.services.people import attempts
from app.services.people.attempts import Attempts, network_of

HERE, THERE = "192.0.2.1", "192.0.2.2"


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def counted(seconds: Seconds) -> Attempts:
    return Attempts(seconds)


def failed(counted: Attempts, login: str, source: str, times: int, device: str | None = None) -> int:
    """How many of so many attempts were let through, all of which fail."""
    through = 0
    for _ in range(times):
        try:
            counted.begin(login, source, device)
            through += 1
        except TooManyAttempts:
            continue
    return through


def test_that_fail_shut_out_the_place_and_not_the_person(counted: Attempts) -> None:
    assert failed(counted, "someone", HERE, 1000) == attempts.MOST_PER_LOGIN
    assert failed(counted, "someone", THERE, 1000) == attempts.MOST_PER_LOGIN
    counted.begin("another", HERE, None)


def test_on_many_logins_shut_out_their_address(counted: Attempts) -> None:
    assert sum(failed(counted, f"login-{n}", HERE, 1) for n in range(1000)) == attempts.MOST_PER_SOURCE
    counted.begin("login-999", THERE, None)


def test_are_let_through_again_when_a_quarter_of_an_hour_has_passed(
    counted: Attempts, seconds: Seconds
) -> None:
    failed(counted, "someone", HERE, 1)
    seconds.now += 60
    failed(counted, "someone", HERE, 4)
    with pytest.raises(TooManyAttempts) as caught:
        counted.begin("someone", HERE, None)
    assert caught.value.retry_after == attempts.WINDOW_SECONDS - 60
    seconds.now += caught.value.retry_after - 1
    assert failed(counted, "someone", HERE, 1) == 0
    seconds.now += 1
    assert failed(counted, "someone", HERE, 3) == 1


def test_from_a_known_device_have_a_count_that_no_stranger_uses_up(counted: Attempts) -> None:
    failed(counted, "someone", HERE, 1000)
    assert failed(counted, "someone", HERE, 1000, device="known") == attempts.MOST_PER_DEVICE
    counted.begin("someone", HERE, "another device of theirs")


def test_from_a_device_that_failed_too_often_count_like_a_strangers(counted: Attempts) -> None:
    failed(counted, "someone", HERE, attempts.MOST_PER_DEVICE, device="known")
    assert failed(counted, "someone", HERE, 1000, device="known") == attempts.MOST_PER_LOGIN


def test_that_succeed_wipe_their_own_count_and_not_that_of_the_address(counted: Attempts) -> None:
    failed(counted, "mallory", HERE, attempts.MOST_PER_LOGIN - 1)
    counted.succeeded(counted.begin("mallory", HERE, None))
    assert failed(counted, "mallory", HERE, 1) == 1
    left = attempts.MOST_PER_SOURCE - attempts.MOST_PER_LOGIN
    assert sum(failed(counted, f"victim-{n}", HERE, 1) for n in range(1000)) == left


def test_in_great_numbers_at_once_get_no_further_than_one_by_one(counted: Attempts) -> None:
    begun = [counted.begin("someone", HERE, None) for _ in range(attempts.MOST_PER_LOGIN)]
    with pytest.raises(TooManyAttempts):
        counted.begin("someone", HERE, None)
    counted.withdrawn(begun[0])
    counted.begin("someone", HERE, None)


def test_are_remembered_up_to_a_number_however_many_there_are(
    counted: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_REMEMBERED", 100)
    for number in range(1000):
        counted.begin("someone", network_of(f"2001:db8:{number:x}::1"), None)
    assert len(counted._failures) <= 100


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("", "unknown", False),
    ],
)
def test_come_from_one_source_where_one_customer_has_the_whole_network(
    one: str, other: str, same: bool
) -> None:
    assert (network_of(one) == network_of(other)) is same
