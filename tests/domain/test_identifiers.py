"""Identifiers are UUIDs of version 7 that rise."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.identifiers import Identifiers, milliseconds, unix_milliseconds, uuid7

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
times = st.integers(0, 2**48 - 1)
tails = st.integers(0, 2**74 - 1)


def test_the_example_of_rfc_9562_comes_out():
    # Appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F
    id = uuid7(0x017F22E279B0, 0xCC3 << 62 | 0x18C4DC0C0C07398F)
    assert str(id) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(times, tails)
def test_version_variant_and_time_stand_where_the_rfc_has_them(milliseconds, tail):
    id = uuid7(milliseconds, tail)
    assert (id.version, id.variant, unix_milliseconds(id)) == (7, RFC_4122, milliseconds)


@given(st.tuples(times, tails), st.tuples(times, tails))
def test_ids_sort_as_time_and_tail_do(one, other):
    assert (uuid7(*one) < uuid7(*other)) == (one < other)


@pytest.mark.parametrize(("time", "tail"), [(2**48, 0), (-1, 0), (0, 2**74), (0, -1)])
def test_what_does_not_fit_is_refused(time, tail):
    with pytest.raises(ValueError, match="48 bits"):
        uuid7(time, tail)


def test_milliseconds_are_cut_and_not_rounded():
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 999_999, tzinfo=UTC)) == 1_999


def test_ids_rise_within_a_millisecond_and_when_the_clock_steps_back():
    clock = iter([NOON, NOON, NOON - timedelta(seconds=5), NOON, NOON + timedelta(milliseconds=1)])
    ids = Identifiers(lambda: next(clock), secrets.randbits)
    made = [ids.new() for _ in range(5)]
    assert made == sorted(set(made))
    assert unix_milliseconds(made[2]) == milliseconds(NOON)


def test_a_millisecond_that_is_used_up_borrows_from_the_next():
    ids = Identifiers(lambda: NOON, lambda bits: 2**bits - 1)
    made = [ids.new()]
    ids._tail = 2**74 - 2
    made.append(ids.new())
    assert made[0] < made[1]
    assert unix_milliseconds(made[1]) == milliseconds(NOON) + 1


def test_threads_never_get_the_same_id():
    ids = Identifiers(lambda: NOON, lambda bits: 0)
    made: list[list[object]] = [[] for _ in range(8)]

    def work(mine: list[object]) -> None:
        mine.extend(ids.new() for _ in range(500))

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id for mine in made for id in mine}) == 4000
