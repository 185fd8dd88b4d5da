"""A recording that cannot be meant is refused when it is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.domain.audit import IdempotencyClaim
from tests.recordings import NOON, claim, recording


def test_its_id_is_of_version_7():
    with pytest.raises(ValueError, match="UUIDv7"):
        replace(recording(), id=uuid4())


def test_its_id_and_its_time_agree():
    with pytest.raises(ValueError, match="an hour apart"):
        replace(recording(NOON), at=NOON + timedelta(hours=2))


def test_an_idempotency_key_is_claimed_for_a_decision_only():
    with pytest.raises(ValueError, match="only be claimed for a decision"):
        recording(decision=None, idempotency=claim())


def test_a_body_is_given_as_the_bytes_of_its_digest():
    with pytest.raises(ValueError, match="32 bytes"):
        IdempotencyClaim("sales-7", "payment-terms", "key-1", b"deadbeef")
