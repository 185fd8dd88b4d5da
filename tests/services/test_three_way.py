"""Two changes of one text ..."""

from __future__ import annotations

from app.services.rulesets.three_way import difference, merged

BASE = "one\ntwo\nthree\nfour\nfive\nsix\n"


def test_are_put_together_where_they_lie_apart() -> None:
    both = BASE.replace("two", "2").replace("five", "5")
    assert merged(BASE, BASE.replace("two", "2"), BASE.replace("five", "5")) == both
    assert merged(BASE, "zero\n" + BASE, BASE.replace("six\n", "")) == "zero\none\ntwo\nthree\nfour\nfive\n"


def test_are_left_to_people_where_they_meet_or_touch() -> None:
    assert merged(BASE, BASE.replace("two", "2"), BASE.replace("two", "II")) is None
    assert merged(BASE, BASE.replace("two", "2"), BASE.replace("three", "3")) is None
    assert merged(BASE, BASE + "seven\n", BASE + "7\n") is None
    assert merged(BASE, BASE.replace("two\n", ""), BASE.replace("two", "2")) is None


def test_count_once_where_both_made_the_same() -> None:
    same = BASE.replace("two", "2")
    assert merged(BASE, same, same) == same
    assert merged(BASE, same, same.replace("six", "6")) == same.replace("six", "6")
    assert merged(BASE, BASE, same) == same


def test_are_told_with_the_lines_around() -> None:
    told = [(one.sign, one.text) for one in difference(BASE, BASE.replace("three", "3"))]
    assert told[1:] == [(" ", "one"), (" ", "two"), ("-", "three"), ("+", "3"), (" ", "four"), (" ", "five")]
    assert difference(BASE, BASE) == []
