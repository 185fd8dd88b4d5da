"""The version in force follows from the events, and from nothing else."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from app.domain.identifiers import Identifiers
from app.domain.lifecycle import RulesetEvent, State, in_force, latest, timeline

START = datetime(2026, 11, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def event(on: int, version: str, state: State, effective: int | None = None) -> RulesetEvent:
    """An event recorded on a day, taking effect on another."""
    at = day(on)
    id = Identifiers(lambda: at, secrets.randbits).new()
    starts = None if effective is None else day(effective)
    return RulesetEvent(
        id, "payment-terms", version, f"sha256:{version}", state, at, "officer-1", None, starts
    )


def version_on(events: list[RulesetEvent], number: int) -> str | None:
    found = in_force(timeline(events), day(number))
    return None if found is None else found.version


def test_nothing_is_in_force_before_the_first_activation():
    events = [event(1, "1", State.DRAFT), event(5, "1", State.ACTIVE)]
    assert [version_on(events, on) for on in (0, 1, 4, 5, 9)] == [None, None, None, "1", "1"]


def test_the_activation_that_took_effect_last_holds_and_an_old_version_can_come_back():
    events = [event(1, "1", State.ACTIVE), event(3, "2", State.ACTIVE), event(6, "1", State.ACTIVE)]
    assert [version_on(events, on) for on in (2, 4, 7)] == ["1", "2", "1"]


def test_a_planned_activation_waits_for_its_day():
    events = [event(1, "1", State.ACTIVE), event(2, "2", State.ACTIVE, effective=8)]
    assert [version_on(events, on) for on in (2, 7, 8)] == ["1", "1", "2"]


def test_a_planned_activation_is_void_once_a_later_event_of_its_version_stands():
    plan = [event(1, "1", State.ACTIVE), event(2, "2", State.ACTIVE, effective=8)]
    assert version_on([*plan, event(4, "2", State.APPROVED)], 9) == "1"
    assert version_on([*plan, event(4, "2", State.RETIRED)], 9) == "1"
    moved = [*plan, event(4, "2", State.ACTIVE, effective=12)]
    assert [version_on(moved, on) for on in (9, 12)] == ["1", "2"]


def test_an_activation_in_effect_is_not_undone_by_a_plan_for_the_same_version():
    events = [event(1, "1", State.ACTIVE), event(3, "1", State.ACTIVE, effective=8)]
    assert [version_on(events, on) for on in (2, 5, 9)] == ["1", "1", "1"]


def test_retiring_ends_a_version_and_brings_none_back():
    events = [event(1, "1", State.ACTIVE), event(2, "2", State.ACTIVE), event(4, "2", State.RETIRED)]
    assert [version_on(events, on) for on in (3, 4, 5)] == ["2", None, None]


def test_retiring_an_older_version_leaves_the_one_in_force():
    events = [event(1, "1", State.ACTIVE), event(2, "2", State.ACTIVE), event(4, "1", State.RETIRED)]
    assert version_on(events, 5) == "2"


def test_the_order_in_which_events_are_given_does_not_matter():
    events = [event(1, "1", State.ACTIVE), event(2, "2", State.ACTIVE, 5), event(3, "2", State.ACTIVE, 7)]
    for order in permutations(events):
        assert [version_on(list(order), on) for on in (1, 5, 6, 7)] == ["1", "1", "1", "2"]


def test_where_each_version_stands_is_its_last_event():
    events = [event(1, "1", State.DRAFT), event(2, "2", State.DRAFT), event(3, "1", State.ACTIVE)]
    assert [(one, found.state) for one, found in latest(events).items()] == [
        ("1", State.ACTIVE),
        ("2", State.DRAFT),
    ]


def test_an_event_may_not_take_effect_before_it_was_recorded():
    with pytest.raises(ValueError, match="before the change itself"):
        event(5, "1", State.ACTIVE, effective=4)


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.APPROVED])
def test_only_activation_and_retirement_take_a_date(state):
    with pytest.raises(ValueError, match="takes no date"):
        event(1, "1", state, effective=3)
