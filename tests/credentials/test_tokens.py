"""A token or key ..."""

from __future__ import annotations

from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from app.credentials import tokens

ID = UUID("01a200de-81d4-701f-8e8d-bb9af3355604")
SECRET = "x" * 43
DEVICE_KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def test_has_256_random_bits_and_stands_in_a_header_as_it_is() -> None:
    made = {tokens.new_secret() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(one) == 43 and tokens.is_session(one) for one in made)


def test_says_which_it_is_and_keeps_its_secret() -> None:
    text = tokens.key_text(ID, SECRET)
    assert text == f"termwise_{ID.hex}_{SECRET}"
    assert tokens.key_parts(text) == tokens.KeyParts(ID, tokens.digest(SECRET))
    assert not tokens.is_session(text)


@given(st.text() | st.from_regex(r"termwise_[0-9a-f]{30,34}_[A-Za-z0-9_-]{40,45}\n?", fullmatch=True))
@example(tokens.key_text(ID, SECRET) + "\n")
@example("termwise_" + "٠" * 32 + "_" + SECRET)
def test_that_is_rubbish_is_nobodys_and_raises_nothing(text: str) -> None:
    parts = tokens.key_parts(text)
    if parts is not None:
        assert len(text) == len(tokens.KEY_PREFIX) + 32 + 1 + 43
        assert text.startswith(f"{tokens.KEY_PREFIX}{parts.id.hex}_")
    assert tokens.device_parts(DEVICE_KEY, "someone", text) is None


def test_of_a_device_stands_for_one_login_under_one_key() -> None:
    text = tokens.device_text(DEVICE_KEY, "someone", 1_800_000_000)
    device = tokens.device_parts(DEVICE_KEY, "someone", text)
    assert device is not None
    assert device.issued == 1_800_000_000
    assert tokens.device_parts(DEVICE_KEY, "someone-else", text) is None
    assert tokens.device_parts(OTHER_KEY, "someone", text) is None
    number, issued, code = text.split(".")
    assert tokens.device_parts(DEVICE_KEY, "someone", f"{number}.{int(issued) + 1}.{code}") is None
    assert tokens.device_text(DEVICE_KEY, "someone", 1_800_000_000) != text


def test_against_forgery_belongs_to_its_session() -> None:
    one, other = tokens.new_secret(), tokens.new_secret()
    assert tokens.csrf_matches(one, tokens.csrf(one))
    assert not tokens.csrf_matches(one, tokens.csrf(other))
    assert not tokens.csrf_matches(one, "")
    assert not tokens.csrf_matches(one, "ä")
    assert tokens.csrf(one) != one
