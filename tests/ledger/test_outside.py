"""Checkpoints outside the database: every one is kept, and a power cut costs at most the last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.ledger.checkpoint import Head
from app.ledger.notes import SigningKey
from app.ledger.outside import Outside, divided_notes

LOG = "termwise.test/log"
KEY = SigningKey(LOG, bytes(32))
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def note(size: int) -> str:
    return Head(LOG, size, bytes([size]) * 32).signed(KEY)


@pytest.fixture
def outside(tmp_path):
    return Outside(tmp_path / "checkpoints")


def test_of_an_empty_folder_there_is_no_last(outside):
    assert outside.last() is None
    assert outside.key() is None


def test_the_last_is_the_newest_of_the_newest_day(outside):
    for days, size in ((0, 1), (0, 2), (1, 3)):
        outside.write(note(size), NOON + timedelta(days=days))
        assert outside.last() == Head(LOG, size, bytes([size]) * 32)
    assert [path.name for path in outside.files()] == ["2026-11-21", "2026-11-22"]
    text = outside.files()[0].read_text(encoding="utf-8")
    assert list(divided_notes(text)) == [note(1), note(2)]


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
        assert outside.last() == Head(LOG, 1, b"\x01" * 32)
        outside.write(note(3), NOON)
        assert list(divided_notes(path.read_text(encoding="utf-8"))) == [note(1), note(3)]
        path.unlink()
