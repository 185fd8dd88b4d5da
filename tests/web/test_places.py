"""Places for requests ..."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.settings.rooms import Room
from app.web.places import Places

LONG = 60.0
SHORT = 0.01


def until(condition) -> None:
    """Wait until something is so; it comes about without us."""
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_are_taken_and_given_back() -> None:
    places = Places(Room(2, 0), LONG)
    assert places.take()
    assert places.take()
    assert not places.take()
    assert (places.inside, places.waiting, places.turned_away) == (2, 0, 1)
    places.give()
    assert places.take()
    assert places.inside == 2


def test_go_to_whoever_has_waited_longest() -> None:
    places = Places(Room(1, 3), LONG)
    assert places.take()
    came: list[int] = []

    def wait(number: int) -> None:
        assert places.take()
        came.append(number)
        places.give()

    with ThreadPoolExecutor(3) as pool:
        for number in range(3):
            pool.submit(wait, number)
            until(lambda number=number: places.waiting == number + 1)
        assert not places.take()  # no room to wait
        places.give()
    assert came == [0, 1, 2]
    assert (places.inside, places.waiting, places.turned_away) == (0, 0, 1)


def test_are_waited_for_a_moment_only() -> None:
    places = Places(Room(1, 5), SHORT)
    assert places.take()
    assert not places.take()
    assert (places.inside, places.waiting, places.turned_away) == (1, 0, 1)
    places.give()
    assert places.take()


@pytest.mark.parametrize("patience", [LONG, 0.001])
def test_are_never_more_than_there_are_and_none_is_lost(patience) -> None:
    places = Places(Room(3, 4), patience)
    inside: set[int] = set()
    most: list[int] = []

    def come_and_go(who: int) -> int:
        served = 0
        for _ in range(500):
            if places.take():
                inside.add(who)
                most.append(len(inside))
                time.sleep(0.0005)  # about as long as the others have patience
                inside.remove(who)
                served += 1
                places.give()
        return served

    with ThreadPoolExecutor(12) as pool:
        served = sum(pool.map(come_and_go, range(12)))
    assert max(most) <= 3
    assert served + places.turned_away == 12 * 500
    assert (places.inside, places.waiting) == (0, 0)
