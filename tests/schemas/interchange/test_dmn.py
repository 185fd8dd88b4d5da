"""A DMN model holds the tables of a ruleset, and comes back as somebody edited it in a DMN editor."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.domain.errors import Invalid
from schemas.interchange.dmn.reading import read_tables
from schemas.interchange.dmn.writing import model
from schemas.interchange.merging import merge
from schemas.interchange.sheets import sheets_of
from schemas.ruleset import load
from tests.small_rulesets import text

SHIPPED = sorted(Path("rulesets").glob("*/1.0.0.yaml"))
STEPS = """
- table: terms
  hit_policy: FIRST
  inputs: [grade, share, due, paper, wishes, sure]
  outputs: [days, marks, parts, outcome]
  rows:
  - id: one
    when: ["A, unknown", "[0%..12.5%)", "> 2026-01-31", "yes", "fast, cheap", "not(A)"]
    then: [limit, [X, Y], "", refuse]
    source: s
  - id: two
    when: [not(A), "< most", known, unknown, "all(fast, cheap)", B]
    then: [1_000, [], {share: 30%, day: limit}, counter]
    source: s
    label: {en: Two, zh: 二}
  - {id: three, when: [-, -, -, -, "not(fast)", -], then: ["", "", "", ""], source: s}
"""
RAW = text(
    STEPS,
    facts="""
    grade: {type: choice, values: [A, B, C], unknown: allowed}
    share: {type: percent}
    due: {type: date, unknown: allowed}
    paper: {type: yes_no, unknown: allowed}
    wishes: {type: list of choice, values: {fast: {en: Fast, zh: 快}, cheap: {en: Cheap, zh: 便宜}}}
    sure: {type: choice, values: [A, B]}
    """,
    outputs="""
    days: {type: number, combine: smallest}
    marks: {type: list of choice, values: [X, Y], combine: union}
    parts: {type: list of record, combine: append, label: {en: P, zh: 份}, fields: {share: SHARE, day: DAY}}
    """.replace("SHARE", "{type: percent, label: {en: S, zh: 份}}").replace(
        "DAY", "{type: number, label: {en: D, zh: 天}}"
    ),
    parameters="""
    limit: {type: number, value: 30}
    most: {type: percent, value: 50%}
    """,
    baseline="{share: 0%, wishes: [], sure: B}",
).encode()
RULESET, TERMS = load(RAW), sheets_of(RAW)[0]
MODEL = model(RULESET, [TERMS]).decode()


def cells(written: str, row: str) -> list[str]:
    rule = re.search(rf'<rule id="{row}">(.*?)</rule>', written, re.DOTALL)
    assert rule is not None
    return [one.text or "" for one in ElementTree.fromstring(f"<r>{rule[1]}</r>").iter("text")]


def back(written: str) -> tuple[str, ...]:
    """The first row's cells after the model was edited."""
    found = read_tables(written.encode(), RULESET, [TERMS]).sheets[0].lines[0]
    return (*found.when, *found.then)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_shipped_table_means_the_same_in_feel_as_in_the_text(path: Path) -> None:
    raw = path.read_bytes()
    ruleset, sheets = load(raw), sheets_of(raw)
    written = model(ruleset, sheets)
    assert read_tables(written, ruleset, sheets).sheets == sheets
    unknown_rows = [replace(one, lines=tuple(replace(row, id=f"{row.id}-new") for row in one.lines))
                    for one in sheets]  # fmt: skip
    anew = merge(raw, read_tables(written, ruleset, unknown_rows).sheets)
    assert [one.when for step in load(anew.text).match_steps for one in step.rules] == [
        one.when for step in ruleset.match_steps for one in step.rules
    ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_id_of_a_model_stands_once_and_every_reference_leads_somewhere(path: Path) -> None:
    raw = path.read_bytes()
    root = ElementTree.fromstring(model(load(raw), sheets_of(raw)))
    ids = Counter(one.attrib["id"] for one in root.iter() if "id" in one.attrib)
    assert max(ids.values()) == 1
    led = {one.attrib["href"].removeprefix("#") for one in root.iter() if "href" in one.attrib}
    led |= {one.attrib["dmnElementRef"] for one in root.iter() if "dmnElementRef" in one.attrib}
    assert led <= ids.keys()


def test_cells_are_said_in_feel() -> None:
    assert cells(MODEL, "one")[:10] == [
        '"A", null',
        "[0..0.125)",
        '> date("2026-01-31")',
        "true",
        'list contains(?, "fast"), list contains(?, "cheap")',
        'not("A", null)',
        "limit",
        '["X", "Y"]',
        "null",
        '"refuse"',
    ]
    assert cells(MODEL, "two")[:10] == [
        'not("A", null)',
        "< most",
        "not(null)",
        "null",
        '(list contains(?, "fast") and list contains(?, "cheap"))',
        '"B"',
        "1000",
        "[]",
        "{share: 0.3, day: limit}",
        '"counter"',
    ]


@pytest.mark.parametrize(
    ("place", "before", "typed", "cell"),
    [
        (0, '"A", null', '"B" , "C"', "B, C"),
        (0, '"A", null', 'not("A")', "B, C, unknown"),  # in DMN it holds on null
        (1, "[0..0.125)", "]0..0.255]", "(0%..25.5%]"),
        (1, "[0..0.125)", "&lt;= most", "<= most"),
        (2, '&gt; date("2026-01-31")', '@"2026-02-01"', "2026-02-01"),
        (2, '&gt; date("2026-01-31")', 'not(&gt; @"2026-02-01")', "not(> 2026-02-01)"),  # null in DMN on null
        (3, "true", "not(null)", "known"),
        (4, 'list contains(?, "fast"), list contains(?, "cheap")', 'list contains(?, "cheap")', "cheap"),
        (5, 'not("A", null)', 'not("B")', "not(B)"),  # never unknown, so it is the same
        (6, "limit", "45.5", "45.5"),
        (7, '["X", "Y"]', '["Y"]', "[Y]"),
        (8, "null", "{share: 0.1, day: 5}", "{share: 10%, day: 5}"),
        (9, '"refuse"', '"refer"', "refer"),
    ],
)
def test_an_edited_cell_comes_back_in_our_words_and_no_other_cell_changes(
    place: int, before: str, typed: str, cell: str
) -> None:
    old = f"<text>{before}</text>"
    start = MODEL.index('<rule id="one">')
    assert old in MODEL[start:]
    found = back(MODEL[:start] + MODEL[start:].replace(old, f"<text>{typed}</text>", 1))
    standing = (*TERMS.lines[0].when, *TERMS.lines[0].then)
    assert found == (*standing[:place], cell, *standing[place + 1 :])


@pytest.mark.parametrize(
    ("before", "typed", "message"),
    [
        ("[0..0.125)", "&gt; grade + 1", "row `one`, `share`: `grade + 1` cannot be said in a cell"),
        ('&gt; date("2026-01-31")', 'not(@"2026-02-01")', "holds on null in DMN; write `not(@"),
        ("true", 'starts with(?, "a")', 'row `one`, `paper`: `starts with(?, "a")` cannot be said'),
        ('list contains(?, "fast"), list contains(?, "cheap")', "count(?) &gt; 1", "row `one`, `wishes`: "),
        ('name="terms"', 'name="prices"', "no table `prices`"),
    ],
)
def test_what_a_ruleset_cannot_say_is_named_by_row_and_column(before: str, typed: str, message: str) -> None:
    start = 0 if before.startswith("name") else MODEL.index('<rule id="one">')
    edited = MODEL[:start] + MODEL[start:].replace(before, typed, 1)
    with pytest.raises(Invalid) as refused:
        back(edited)
    assert message in " ".join(one.message for one in refused.value.problems)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a>",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 60 + b"</a>" * 60,
        b"\xff\xfe<",
    ],
)
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="model cannot be read"):
        read_tables(content, RULESET, [TERMS])
