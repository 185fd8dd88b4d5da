"""A text is read as plain structure: every scalar a string, every part with its line, by whichever parser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.domain.errors import Invalid
from schemas import text as reader
from schemas.text import MAX_BYTES, Block, Items, line_of, read

ROOT = Path(__file__).resolve().parents[2]


def refusal(text: str | bytes) -> list[tuple[int | None, str]]:
    with pytest.raises(Invalid) as refused:
        read(text)
    return [(problem.line, problem.message) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "written",
    [
        "NO",
        "0.10",
        "1e3",
        "2026-01-31",
        "yes",
        "true",
        "null",
        "~",
        "0o17",
        "1_000.00",
        "12:30:45",
        "=",
        "30%",
        ".inf",
    ],
)
def test_no_scalar_is_anything_but_what_was_written(written: str) -> None:
    (value,) = read(f"key: {written}\n").values()
    assert value == written
    assert isinstance(value, str)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"quoted: text"', "quoted: text"),
        ("'it''s'", "it's"),
        ('"\\u4e2d"', "中"),
        ("", ""),
        ('""', ""),
        ("信用", "信用"),
    ],
)
def test_quotes_are_for_yaml_alone(written: str, value: str) -> None:
    assert read(f"key: {written}\n") == {"key": value}


def test_every_part_knows_its_line() -> None:
    block = read("first: 1\n# a comment\nsecond:\n- a\n- {b: c,\n   d: e}\nthird: |\n  some\n  words\n")
    assert [line_of(key) for key in block] == [1, 3, 7]
    second = block["second"]
    assert isinstance(second, Items)
    assert [line_of(part) for part in (second, *second)] == [4, 4, 5]
    assert [line_of(key) for key in second[1]] == [5, 6]
    assert line_of(block["third"]) == 7
    assert block["third"] == "some\nwords\n"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(ending: str) -> None:
    block = read(ending.join(["first: 1", "second: 2", "third: 3", ""]))
    assert [line_of(value) for value in block.values()] == [1, 2, 3]


def test_a_byte_order_mark_at_the_start_is_left_out() -> None:
    assert read(b"\xef\xbb\xbflanguage: 1\n") == {"language": "1"}
    assert refusal("language: 1\ntitle: \ufeffa\n") == [
        (2, "the character U+FEFF cannot stand in a text; remove it")
    ]


def test_bytes_that_are_no_utf_8_are_told_by_their_line() -> None:
    assert (
        refusal("语言: 1\n政策: 二\n".encode("gb18030"))[0][1] == "this is not UTF-8; save the file as UTF-8"
    )
    assert refusal(b"language: 1\npolicy: \xff\n") == [(2, "this is not UTF-8; save the file as UTF-8")]
    assert refusal("language: 1\n".encode("utf-16"))[0][1] == "this is not UTF-8; save the file as UTF-8"


def test_half_a_character_is_refused() -> None:
    assert refusal("language: 1\ntitle: \ud800\n") == [
        (2, "the character U+D800 cannot stand in a text; remove it")
    ]


@pytest.mark.parametrize(
    "text", ["a: " + "x" * MAX_BYTES, b"a: " + b"x" * MAX_BYTES, b"\xff" * (5 * MAX_BYTES)]
)
def test_more_than_two_mebibytes_are_not_looked_at(text: str | bytes) -> None:
    assert refusal(text) == [(1, "a ruleset has at most 2 MiB of text")]


def test_the_limit_itself_is_read() -> None:
    longest = "a: " + "x" * (MAX_BYTES - 3)
    assert read(longest)["a"] == longest[3:]


@pytest.mark.parametrize("depth", [16, 17, 100_000])
def test_nesting_ends_at_sixteen_levels(depth: int) -> None:
    text = "a: " + "[" * (depth - 1) + "]" * (depth - 1)
    if depth > 16:
        assert refusal(text) == [(1, "this is nested deeper than 16 levels")]
    else:
        assert isinstance(read(text), Block)


def test_many_faults_of_form_are_shown_up_to_twenty() -> None:
    assert len(refusal("a:\n" + "- &x y\n" * 500)) == 20


def test_a_key_twice_tells_where_the_first_stands() -> None:
    assert refusal("a: 1\nb: 2\na: 3\n") == [(3, "`a` stands twice, first on line 1; keep one of them")]


@pytest.mark.parametrize(
    "path",
    [*ROOT.glob("rulesets/*/*.yaml"), *ROOT.glob("tests/rulesets/*.yaml")],
    ids=lambda path: path.parent.name,
)
def test_both_parsers_of_yaml_read_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text(encoding="utf-8")
    fast = lines(read(text))
    monkeypatch.setattr(reader, "LOADER", yaml.SafeLoader)
    assert lines(read(text)) == fast


def lines(part: Any) -> Any:
    """The structure with the line of every part."""
    if isinstance(part, Block):
        return {(str(key), line_of(key)): lines(value) for key, value in part.items()}
    if isinstance(part, Items):
        return (line_of(part), [lines(one) for one in part])
    return (line_of(part), str(part))


def test_the_fast_parser_is_the_one_in_use() -> None:
    assert yaml.CSafeLoader is reader.LOADER
