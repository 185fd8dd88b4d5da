"""Instants are written in UTC, in one form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instants import from_utc_text, utc_text

instants = st.datetimes(timezones=st.just(UTC))


def test_six_decimals_and_a_z_always_stand():
    assert utc_text(datetime(2026, 11, 21, 10, tzinfo=UTC)) == "2026-11-21T10:00:00.000000Z"


@given(instants)
def test_reading_gives_back_what_was_written(instant):
    assert from_utc_text(utc_text(instant)) == instant


@given(instants, instants)
def test_texts_sort_as_the_instants_do(one, other):
    assert (utc_text(one) < utc_text(other)) == (one < other)


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=8))])
def test_an_instant_outside_utc_is_refused(zone):
    with pytest.raises(ValueError, match="UTC"):
        utc_text(datetime(2026, 11, 21, 10, tzinfo=zone))


@pytest.mark.parametrize(
    "text", ["2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000000+00:00", "", "yesterday"]
)
def test_another_form_is_refused(text):
    with pytest.raises(ValueError, match="does not match"):
        from_utc_text(text)
