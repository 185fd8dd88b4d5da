"""What is no YAML is told in the same plain words by both parsers, with the line to look at."""

from __future__ import annotations

import pytest
import yaml

from app.domain.errors import Invalid
from schemas import text as reader
from schemas.text import read

CASES = [
    ("a:\n\t- b\n", 2, "a tab stands here"),
    ("a: 1\nb:\n  c: d\n\te: f\n", 4, "a tab stands here"),
    ("a: b: c\n", 1, "a second colon stands in this line"),
    ("language: 1\npolicy\nversion: 1\n", 2, "a key without a colon stands here"),
    ('a: 1\nb: "c\nd: e\n', 2, "the quotation mark that opens here is never closed"),
    ("a: 'b\nc: d\n", 1, "the quotation mark that opens here is never closed"),
    ("a: [b, c\nd: e\n", 2, "the `[` of line 1 is not closed"),
    ("a: {b: c\nd: e\n", 2, "the `{` of line 1 is not closed"),
    ("a: {b: 'c'd}\n", 1, "the `{` of line 1 is not closed"),
    ("a: ]\n", 1, "a value is missing here, or a bracket or comma is one too many"),
    ("a:\n  b: c\n d: e\n", 3, "check its indentation"),
    ("a:\n - b\n  - c\n- d\n", 4, "check its indentation"),
    ('a: "b" c\n', 1, "check its indentation and quotes"),
    ("a: -\n", 1, "a dash stands where a value belongs"),
    ("a: - b\n", 1, "a dash stands where a value belongs"),
    ("a: @b\n", 1, "a value that starts with @ is put in quotes"),
    ("a: `b`\n", 1, "a value that starts with ` is put in quotes"),
    ("a: {b: > 30}\n", 1, "a value that starts with > is put in quotes"),
    ("a: > 30\n", 1, 'a value that starts with > or | is put in quotes, such as "> 30"'),
    ("a: *\n", 1, "a value that starts with & * or ! is put in quotes"),
    ("a: !<\n", 1, "a value that starts with & * or ! is put in quotes"),
    ('a: "\\q"\n', 1, "after \\ only certain letters may stand"),
    ("a: {b: c, , d: e}\n", 1, "a value is missing here"),
]


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader], ids=["libyaml", "PyYAML"])
@pytest.mark.parametrize(("text", "line", "words"), CASES, ids=[text for text, *_ in CASES])
def test_it_is_told_in_plain_words(
    text: str, line: int, words: str, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LOADER", loader)
    with pytest.raises(Invalid) as refused:
        read(text)
    (problem,) = refused.value.problems
    assert problem.line == line
    assert problem.message.startswith("this is not YAML: ")
    assert words in problem.message
