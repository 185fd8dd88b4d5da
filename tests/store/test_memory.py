"""A memory ..."""

from __future__ import annotations

from app.store import memory
from app.store.memory import Memory


def test_reads_once_until_it_is_told_to_forget() -> None:
    known: Memory[str, int] = Memory(keeps=True)
    reads = iter(range(10))
    assert [known.get("a", lambda: next(reads)) for _ in range(3)] == [0, 0, 0]
    known.forget()
    assert known.get("a", lambda: next(reads)) == 1


def test_that_keeps_nothing_reads_each_time() -> None:
    known: Memory[str, int] = Memory(keeps=False)
    reads = iter(range(10))
    assert [known.get("a", lambda: next(reads)) for _ in range(3)] == [0, 1, 2]


def test_does_not_remember_what_is_not_there() -> None:
    known: Memory[str, int] = Memory(keeps=True)
    found = iter([None, 1])
    assert known.get("a", lambda: next(found)) is None
    assert known.get("a", lambda: next(found)) == 1


def test_does_not_keep_what_was_read_before_a_change() -> None:
    known: Memory[str, str] = Memory(keeps=True)

    def read_while_it_changes() -> str:
        known.forget()
        return "as it was"

    assert known.get("a", read_while_it_changes) == "as it was"
    assert known.get("a", lambda: "as it is") == "as it is"


def test_has_an_end() -> None:
    known: Memory[int, int] = Memory(keeps=True)
    for number in range(memory.MOST + 1):
        known.get(number, lambda number=number: number)  # type: ignore[misc]
    assert len(known._things) <= memory.MOST
