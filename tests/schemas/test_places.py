"""Values of a text that are written anew where they stand ..."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.errors import Invalid
from schemas.interchange.outline import Outline
from schemas.interchange.outline_parts import Value
from schemas.interchange.places import rewritten, with_item
from schemas.ruleset import load
from tests.shipped import BY_POLICY

TEXTS = [pytest.param(one.text, id=policy) for policy, one in BY_POLICY.items()]
SMALL = b"""# above
a: {b: [x, "y z"], "c/d": 1}   # beside
cases:
  - name: one
    given: {}
  # at the end
"""


def values(text: bytes) -> Iterator[Value]:
    """Every value that the editor shows."""
    outline = Outline(text)
    for parameter in outline.parameters():
        yield from (parameter.value, parameter.source)
    for case in outline.cases:
        yield from (*case.given, *case.expect)
    for step in outline.steps:
        for _name, several in step.values:
            yield from several
        for rule in step.rules:
            yield from (*rule.label.values(), *rule.when, *rule.then, rule.source)


@pytest.mark.parametrize("text", TEXTS)
def test_leave_a_text_to_the_byte_where_nothing_is_another(text: bytes) -> None:
    assert rewritten(text, {one.place: one.written for one in values(text)}) == text


@pytest.mark.parametrize("policy", ["insurance-advice", "collections-s4"])
def test_are_read_back_as_they_were_written(policy: str) -> None:
    text = BY_POLICY[policy].text
    odd = 'with "quotes", a: colon, # and \\ more'
    places = {one.place for one in values(text) if one.place.endswith("/source")}
    after = rewritten(text, dict.fromkeys(places, odd))
    assert {one.written for one in values(after) if one.place in places} == ({odd} if places else set())
    load(after)


def test_are_found_by_pointers_of_names_and_numbers() -> None:
    after = rewritten(SMALL, {"/a/b/1": "other: words", "/a/c~1d": "2"})
    assert after == SMALL.replace(b'"y z"', b'"other: words"').replace(b'"c/d": 1', b'"c/d": 2')


@pytest.mark.parametrize("place", ["/a/x", "/a/b/2", "/a/b/-1", "/b", "/a/c~1d/0"])
def test_are_refused_where_nothing_stands(place: str) -> None:
    with pytest.raises(Invalid):
        rewritten(SMALL, {place: "x"})


def test_get_another_item_below_the_last() -> None:
    after = with_item(SMALL, "cases", "- name: two\n  given: {}\n")
    assert after == SMALL.replace(b"  # at", b"  - name: two\n    given: {}\n  # at")
    without_end = SMALL[: SMALL.index(b"\n  # at")]
    assert with_item(without_end, "cases", "- name: two\n").endswith(b"given: {}\n  - name: two\n")


SAMPLES = b"""given: {x: 1, y: 2}   # one
expect:
  x: 1 # beside
  y: 2
fires_on: {}
"""


def test_grow_and_shrink_where_they_are_samples() -> None:
    wanted = {"/given/x": "", "/given/z": "[1, 2]", "/expect/z": "a: b", "/fires_on/n": "3", "/expect/w": ""}
    after = rewritten(SAMPLES, wanted)
    grown = (
        b'given: {y: 2, z: [1, 2]}   # one\nexpect:\n  x: 1 # beside\n  y: 2\n  z: "a: b"\nfires_on: {n: 3}\n'
    )
    assert after == grown
    assert rewritten(after, {"/given/y": "", "/given/z": "", "/expect/z": "", "/fires_on/n": ""}) == (
        SAMPLES.replace(b"x: 1, y: 2}", b"}")
    )
