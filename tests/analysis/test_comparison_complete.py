"""No difference goes untold: a ruleset is changed in every place there is, one at a time."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.analysis.comparison.changes import Change
from app.analysis.comparison.comparing import changes
from app.analysis.comparison.lines import hunks, unexplained
from app.analysis.comparison.wording import change_said, line_said
from app.domain.errors import Invalid
from schemas.text import Block, Items, Scalar, read

TESTS = Path(__file__).resolve().parents[1]
TOMORROW = "\na_key_of_tomorrow: {deep: [{list: [a, b]}, {of: things}]}\n"
FEATURES = (TESTS / "rulesets" / "every-feature.yaml").read_text("utf-8").rstrip() + TOMORROW
COMMENTED = (TESTS / "rulesets" / "example.yaml").read_text("utf-8")
COLUMNS = ("inputs", "outputs", "when", "then")
HOLDERS = ("rows", "list", "characteristics", "bands", "steps", "hit_policy")
NAMED = ("facts", "parameters", "outputs", "reasons")
NAMES = ("id", "formula", "table", "rules", "scorecard", "fact", "name")
Way = tuple[Any, ...]


def places(part: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Every part of a text with the way to it, the whole first."""
    yield way, part
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inside:
        yield from places(value, (*way, key))


STRUCTURE = read(FEATURES)
PLACES = list(places(STRUCTURE))


def rebuilt(part: Any, way: Way, new: Callable[[Any], Any]) -> Any:
    """The part with what stands at the end of ``way`` made anew; all beside the way is shared."""
    if not way:
        return new(part)
    again = copy.copy(part)
    again[way[0]] = rebuilt(part[way[0]], way[1:], new)
    return again


def mutated(way: Way, new: Callable[[Any], Any]) -> tuple[Change, ...]:
    """What is told when the part at the end of ``way`` is another."""
    return changes(STRUCTURE, rebuilt(STRUCTURE, way, new))


def without(way: Way) -> Any:
    """The text without the part at the end of ``way``."""

    def gone(holder: Any) -> Any:
        rest = copy.copy(holder)
        del rest[way[-1]]
        return rest

    return rebuilt(STRUCTURE, way[:-1], gone)


def words(found: tuple[Change, ...]) -> str:
    return " | ".join(change_said(one, language) for one in found for language in ("en", "zh"))


def is_of_a_column(way: Way) -> bool:
    """Whether it is a cell or the name of a column: without it, no text of a table loads."""
    return len(way) > 1 and isinstance(way[-1], int) and way[-2] in COLUMNS


def test_every_value_that_becomes_another_is_told_with_both_and_its_line():
    for way, part in PLACES:
        if not isinstance(part, Scalar):
            continue
        found = mutated(way, lambda _: Scalar("xyzzy"))
        assert found, way
        if way[-1] in NAMES or (is_of_a_column(way) and way[-2] in ("inputs", "outputs")):
            continue  # a part under another name, or other columns: told as such
        (told,) = [one for one in found if "xyzzy" in change_said(one, "en")]
        assert told.sort == "changed", way
        assert told.lines_before.first <= part.line <= told.lines_before.last, way


def test_every_key_and_item_that_goes_is_told_and_the_same_when_it_comes():
    for way, part in PLACES:
        if way and way[-1] not in (*COLUMNS, *HOLDERS, *NAMES) and not is_of_a_column(way):
            rest = without(way)
            assert words(changes(STRUCTURE, rest)), (way, part)
            assert words(changes(rest, STRUCTURE)), (way, part)


def test_every_key_that_is_new_is_told():
    for way, part in PLACES:
        if isinstance(part, Block) and way[-1:] not in [(one,) for one in NAMED]:
            said = words(mutated(way, lambda one: {**one, Scalar("plugh"): Scalar("xyzzy")}))
            assert "plugh" in said, way
            assert "xyzzy" in said, way


def test_every_two_items_that_change_places_are_told():
    for way, part in PLACES:
        if isinstance(part, Items) and len(part) > 1 and part[0] != part[1] and way[-1] not in COLUMNS:
            assert mutated(way, lambda one: [one[1], one[0], *one[2:]]), way


def touched(text: str, chance: random.Random) -> str:
    """The text with one line gone, added to, moved, or written otherwise."""
    lines = text.split("\n")
    number, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[number]
        case 1:
            lines[number] += chance.choice(["  # a remark", " ", "#"])
        case 2:
            lines[number], lines[other] = lines[other], lines[number]
        case _:
            signs = chance.choice([("1", "2"), ("e", "o"), (" ", "  "), (":", ": ")])
            lines[number] = lines[number].replace(*signs)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_every_line_that_is_touched_is_told(seed):
    chance = random.Random(seed)
    for text in (FEATURES, COMMENTED):
        after = touched(text, chance)
        try:
            found = changes(read(text), read(after))
        except (Invalid, KeyError, ValueError, StopIteration, AttributeError, TypeError):
            continue  # a text that no ruleset is read from
        left = unexplained(hunks(text, after), found)
        assert found or left or after == text, after
        assert all(change_said(one, "en") and change_said(one, "zh") for one in found)
        assert all(line_said(one, "en") for one in left)


def test_a_remark_beside_a_value_that_changed_elsewhere_is_told_as_text():
    after = COMMENTED.replace("value: 90", "value: 60").replace("# mildest to strictest", "# mild to strict")
    found = changes(read(COMMENTED), read(after))
    left = unexplained(hunks(COMMENTED, after), found)
    assert len(found) == 1
    assert [one.text.partition("#")[2].split(";")[0] for one in left] == [
        " mildest to strictest",
        " mild to strict",
    ]
