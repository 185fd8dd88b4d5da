"""Tables that come back are merged into the text by row, and nothing else of the text changes."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Invalid
from schemas.interchange.changes import ChangeKind
from schemas.interchange.merging import merge
from schemas.interchange.sheets import Line, Sheet, sheets_of
from tests.small_rulesets import text

SHIPPED = sorted(Path("rulesets").glob("*/1.0.0.yaml"))
STEPS = """
# Which term
- table: terms
  hit_policy: FIRST
  inputs: [amount]
  outputs: [days]
  rows:
  # The small ones.
  - {id: small,  when: ["< 10"],  then: [limit], source: "A"}
  - id: middle
    when: ["[10..20)"]   # up to twenty
    then: [20]
    source: "B: with a colon"
    label: {en: Middle, zh: 中}
  - {id: large,  when: [-],  then: [10],  source: C}

"""
TEXT = text(
    STEPS,
    facts="amount: {type: money}",
    outputs="days: {type: days, combine: smallest}",
    parameters="limit: {type: days, value: 30}",
    baseline="amount: 5",
).encode()
TERMS = sheets_of(TEXT)[0]
SMALL, MIDDLE, LARGE = TERMS.lines


def shaped(*lines: Line) -> Sheet:
    return replace(TERMS, lines=lines)


def said(error: Invalid) -> str:
    return " ".join(one.message for one in error.problems)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_what_comes_back_as_it_went_changes_nothing_of_a_shipped_text(path: Path) -> None:
    raw = path.read_bytes()
    done = merge(raw, sheets_of(raw))
    assert (done.text, done.changes) == (raw, ())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_any_edit_of_a_shipped_table_is_in_the_text_and_can_be_undone_to_the_byte(path: Path) -> None:
    raw, chance = path.read_bytes(), random.Random(7)
    for place, table in enumerate(sheets_of(raw)):
        lines = list(table.lines)
        chance.shuffle(lines)
        lines[0] = replace(lines[0], source='other: a "quoted" # source, with 中文', label=("a: b", "中，文"))
        lines.insert(1, replace(lines[-1], id="one-row-more"))
        edited = replace(table, lines=tuple(lines))
        done = merge(raw, [edited])
        assert sheets_of(done.text)[place] == edited
        assert sheets_of(merge(done.text, [table]).text)[place] == table


def test_one_edited_cell_changes_that_cell_alone() -> None:
    done = merge(TEXT, [shaped(SMALL, replace(MIDDLE, then=("21",)), LARGE)])
    assert done.text == TEXT.replace(b"then: [20]", b"then: [21]")
    (change,) = done.changes
    assert (change.kind, change.table, change.row, change.column) == (
        ChangeKind.CELL,
        "terms",
        "middle",
        "days",
    )
    assert (change.before, change.after) == ("20", "21")


def test_a_row_that_moves_takes_the_comment_above_it_along() -> None:
    done = merge(TEXT, [shaped(MIDDLE, LARGE, SMALL)])
    assert [(one.kind, one.row) for one in done.changes] == [(ChangeKind.MOVED, "small")]
    moved = done.text.decode()
    assert moved.index("id: large") < moved.index("# The small ones.") < moved.index("id: small")
    assert "# up to twenty" in moved
    assert sheets_of(done.text)[0].lines == (MIDDLE, LARGE, SMALL)


def test_rows_are_added_and_removed_as_lines_of_their_own() -> None:
    new = Line("tiny", ("< 1",), ("limit",), "D", ("Tiny", "很小"))
    done = merge(TEXT, [shaped(new, SMALL, LARGE)])
    assert {(one.kind, one.row) for one in done.changes} == {
        (ChangeKind.ADDED, "tiny"),
        (ChangeKind.REMOVED, "middle"),
    }
    assert b'- {id: tiny, when: ["< 1"], then: [limit], source: D, label: {en: Tiny, zh: ' in done.text
    assert b"twenty" not in done.text


def test_a_label_comes_and_goes_in_rows_of_either_shape() -> None:
    done = merge(TEXT, [shaped(replace(SMALL, label=("Small", "小")), replace(MIDDLE, label=None), LARGE)])
    small, middle, _ = sheets_of(done.text)[0].lines
    assert (small.label, middle.label) == (("Small", "小"), None)


def test_a_table_that_was_changed_in_the_meantime_is_refused_unless_the_sheet_wins() -> None:
    made_from = {"terms": TERMS.digest}
    meanwhile = merge(TEXT, [shaped(SMALL, MIDDLE, replace(LARGE, then=("11",)))]).text
    edited = shaped(replace(SMALL, then=("29",)), MIDDLE, LARGE)
    with pytest.raises(Invalid) as refused:
        merge(meanwhile, [edited], made_from)
    assert "`terms` was changed since the sheet was made" in said(refused.value)
    assert sheets_of(merge(meanwhile, [edited]).text)[0] == edited


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        (replace(TERMS, table="term"), "no table `term`; did you mean `terms`?"),
        (replace(TERMS, inputs=("grade",)), "the inputs of `terms` are amount, and the sheet has grade"),
        (shaped(SMALL, SMALL), "the row `small` stands 2 times"),
        (shaped(replace(SMALL, id="Small Row")), "`Small Row` cannot name a row"),
        (shaped(), "`terms` has no rows"),
    ],
)
def test_a_sheet_that_does_not_fit_is_refused_with_what_would(sheet: Sheet, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        merge(TEXT, [sheet])
    assert message in said(refused.value)


@pytest.mark.parametrize(
    "word", ["[A, B", "a: b", "#", "-", "", '"', "{", "]", "x, y", "\\", "- -", "* x", "是"]
)
def test_whatever_is_typed_into_a_cell_the_text_stays_readable(word: str) -> None:
    for line in (replace(MIDDLE, when=(word or "-",)), replace(MIDDLE, then=(word,))):
        for lines in ((SMALL, line, LARGE), (SMALL, replace(line, id="another"))):
            done = merge(TEXT, [shaped(*lines)])
            assert sheets_of(done.text)[0].lines == lines
