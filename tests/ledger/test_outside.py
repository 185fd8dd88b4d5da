"""Checkpoints outside the database: every one is kept, and a power cut costs at most the last."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta

import pytest

from app.ledger.checkpoint import Head
from app.ledger.notes import SigningKey
from app.ledger.outside import Outside, without_torn_end
from app.ledger.verifying import heads
from tests.store.test_failed_commit import files_no_larger_than

LOG = "termwise.test/log"
KEY = SigningKey(LOG, bytes(32))
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def note(size: int) -> str:
    return Head(LOG, size, bytes([size]) * 32).signed(KEY)


def head(size: int) -> Head:
    return Head(LOG, size, bytes([size]) * 32)


@pytest.fixture
def outside(tmp_path):
    return Outside(tmp_path / "checkpoints")


def written(outside):
    """The sizes in the newest file."""
    return [one.size for one in heads(outside.files()[-1].read_text(encoding="utf-8"))]


def test_of_an_empty_folder_there_is_no_last(outside):
    assert outside.last() is None
    assert outside.key() is None


def test_the_last_is_the_newest_of_the_newest_day(outside):
    for days, size in ((0, 1), (0, 2), (1, 3)):
        outside.write(note(size), NOON + timedelta(days=days))
        assert outside.last() == head(size)
    assert [path.name for path in outside.files()] == ["2026-11-21", "2026-11-22"]
    text = outside.files()[0].read_text(encoding="utf-8")
    assert [one.note for one in heads(text)] == [note(1), note(2)]


def test_the_last_is_not_written_twice(outside):
    outside.write(note(1), NOON)
    outside.write(note(1), NOON)
    outside.write(note(1), NOON + timedelta(days=1))
    assert [path.name for path in outside.files()] == ["2026-11-21"]
    assert written(outside) == [1]


def test_the_first_key_stays(outside):
    outside.write_key("first")
    outside.write_key("second")
    assert outside.key() == "first"


def test_an_end_that_was_torn_off_is_passed_over_and_then_cut_away(outside):
    whole = (note(1) + note(2)).encode()
    for end in (len(note(1).encode()), *range(len(whole) - 170, len(whole), 4), len(whole) - 1):
        outside.write(note(1), NOON)
        path = outside.files()[0]
        path.write_bytes(whole[:end])
        assert outside.last() == head(1)
        outside.write(note(3), NOON)
        assert written(outside) == [1, 3]
        path.unlink()


def test_zeros_in_place_of_any_part_of_the_last_are_a_torn_end_too(outside):
    first, whole = len(note(1).encode()), (note(1) + note(2)).encode()
    for start in range(first, len(whole), 9):
        for end in range(start + 1, len(whole) + 1, 9):
            outside.write(note(1), NOON)
            path = outside.files()[0]
            path.write_bytes(whole[:start] + bytes(end - start) + whole[end:])
            assert outside.last() == head(1)
            assert without_torn_end(path.read_bytes()) == note(1).encode()
            outside.write(note(3), NOON)
            assert written(outside) == [1, 3]
            path.unlink()


def test_a_disk_that_fills_up_in_the_middle_of_one_leaves_those_before(outside):
    outside.write(note(1), NOON)
    for room in range(0, len(note(2).encode()), 20):
        limit = len(note(1).encode()) + room
        with files_no_larger_than(limit), pytest.raises(OSError, match="File too large"):
            outside.write(note(2), NOON)
        assert written(outside) == [1]
    outside.write(note(2), NOON)
    assert written(outside) == [1, 2]


def test_one_that_could_not_be_synced_is_taken_back_and_written_again(outside, monkeypatch):
    outside.write(note(1), NOON)
    sync = os.fsync

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        outside.write(note(2), NOON)
    assert written(outside) == [1]
    monkeypatch.setattr(os, "fsync", sync)
    outside.write(note(2), NOON)
    assert written(outside) == [1, 2]
