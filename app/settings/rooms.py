"""How much room there is for requests of each kind, and how many threads that takes.

Decisions and everything short have the places that ``TERMWISE_THREADS`` names. What takes long (a batch, a
rehearsal, an export) and what merely waits (followers of events) have a few of their own beside them, so
that neither takes a decision's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

USUAL, LONG, FOLLOWING = "usual", "long", "following"
SPARE_THREADS = 8
"""For whoever has no place: they are told so, and health is answered, while every place is taken."""


class Room(NamedTuple):
    """So many requests inside at a time, so many more waiting for a place."""

    inside: int
    waiting: int


def rooms(threads: int, queue: int) -> Mapping[str, Room]:
    """The room of each kind of request."""
    few = followers(threads)
    return {USUAL: Room(threads, queue), LONG: Room(few, few), FOLLOWING: Room(2 * few, few)}


def followers(threads: int) -> int:
    """How many may wait for an event at a time; as many more read events and are answered at once."""
    return max(1, threads // 4)


def threads_for(rooms: Mapping[str, Room]) -> int:
    """How many threads a server needs, so that waiting happens where it is counted and nowhere before."""
    return SPARE_THREADS + sum(room.inside + room.waiting for room in rooms.values())
