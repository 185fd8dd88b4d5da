"""A short campaign of changes; the long one is ``make tampering``."""

from __future__ import annotations

from tests.ledger import tampering


def test_every_bit_of_a_short_log_is_found_at_its_entry():
    assert tampering.bits(12) == 0


def test_random_changes_are_found_where_they_are():
    made, wrong = tampering.run(3_200, 1, 60, whole=10)
    assert wrong == []
    assert len(made) == 9
