"""A leaf is exact bytes with a known hash."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from app.ledger.canonical import NotCanonical
from app.ledger.leaf import leaf_bytes, leaf_hash

ID = UUID("01a1fdfa-4600-7745-ae29-13933c97b0f9")


def leaf(**changes: Any) -> bytes:
    given: dict[str, Any] = {
        "origin": "termwise.test/log",
        "id": ID,
        "kind": "decision",
        "at": datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC),
        "clear": {"outcome": "counter", "held": ["safeguards/prepayment-low"]},
        "engine": "termwise 0.1.0",
        "not_held": 12,
        "sealed": b"sealed",
    }
    return leaf_bytes(**{**given, **changes})


def test_its_bytes_are_these_and_may_never_change():
    assert leaf() == (
        b'{"at":"2026-11-21T10:00:00.123456Z","clear":{"held":["safeguards/prepayment-low"],"outcome":"counter"},'
        b'"engine":"termwise 0.1.0","format":1,"id":"01a1fdfa-4600-7745-ae29-13933c97b0f9","kind":"decision",'
        b'"log":"termwise.test/log","not_held":12,'
        b'"sealed_sha256":"' + sha256(b"sealed").hexdigest().encode() + b'"}'
    )


def test_its_hash_is_that_of_rfc_9162_for_a_leaf():
    # The hash of an empty leaf, from the test vectors of Certificate Transparency.
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(leaf()) == sha256(b"\x00" + leaf()).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "another/log"},
        {"id": UUID("01a1fdfa-4600-7745-ae29-13933c97b0fa")},
        {"kind": "simulation"},
        {"at": datetime(2026, 11, 21, 10, 0, 0, 123457, tzinfo=UTC)},
        {"clear": {"outcome": "offer"}},
        {"engine": "termwise 0.1.1"},
        {"not_held": 13},
        {"sealed": b"sealed otherwise"},
    ],
)
def test_whatever_changes_changes_its_hash(change):
    assert leaf_hash(leaf(**change)) != leaf_hash(leaf())


def test_the_sealed_bytes_themselves_do_not_stand_in_it():
    assert b"secret" not in leaf(sealed=b"secret")
    assert set(json.loads(leaf())) == {
        "at", "clear", "engine", "format", "id", "kind", "log", "not_held", "sealed_sha256",
    }  # fmt: skip


def test_a_float_in_the_clear_part_is_refused():
    with pytest.raises(NotCanonical, match="float"):
        leaf(clear={"score": 71.5})


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="UTC"):
        leaf(at=datetime(2026, 11, 21, 10))  # noqa: DTZ001
