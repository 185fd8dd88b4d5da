"""What is shown of a text ..."""

from __future__ import annotations

import pytest

from app.rendering.characters import shown


@pytest.mark.parametrize(
    "text",
    ["SO-881", "张三（上海）有限公司", "Łódź & Søn, GmbH", "<b>{x}</b>", "é", "한국", "شركة", "a\u00a0b"],
)
def test_is_all_of_it_where_all_of_it_can_be_seen(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize("hidden", "\u202e\u202a\u2066\u200b\u200d\u00ad\ufeff\u0007\ue000\U000e0041")
def test_names_what_hides_or_turns_the_line(hidden: str) -> None:
    assert shown(f"a{hidden}b") == f"a‹U+{ord(hidden):04X}›b"


@pytest.mark.parametrize("end", "\t\n\r\u2028\u0085")
def test_is_one_line(end: str) -> None:
    assert shown(f"a{end}b") == "a b"


def test_has_no_more_accents_on_a_character_than_a_language_has() -> None:
    assert shown("ê̄\u0301") == "ê̄\u0301"
    assert shown("a" + "\u0301" * 5) == "a" + "\u0301" * 3 + "‹U+0301›" * 2


def test_names_what_cannot_be_drawn() -> None:
    assert shown("a😀", lambda one: one == "a") == "a‹U+1F600›"
