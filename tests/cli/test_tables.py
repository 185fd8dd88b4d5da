"""``termwise rulesets tables``: out to a workbook and back into the file."""

from __future__ import annotations

from openpyxl import load_workbook

from tests.cli.shell import RULESETS

TEXT = (RULESETS / "reminders" / "1.0.0.yaml").read_text("utf-8")


def test_a_file_goes_out_and_what_was_edited_comes_back(empty_shell) -> None:
    file = empty_shell.write("mine.yaml", TEXT)
    assert empty_shell.run("rulesets", "tables", "export", file, "mine.xlsx").code == 0
    book = load_workbook(empty_shell.folder / "mine.xlsx")
    page = book[book.sheetnames[1]]
    before, page["C5"] = page["C5"].value, "other"
    book.save(empty_shell.folder / "edited.xlsx")
    done = empty_shell.run("rulesets", "tables", "import", "edited.xlsx", file, "--out", "new.yaml", "--json")
    assert [(one["before"], one["after"]) for one in done.json] == [(before, "other")]
    changed = (empty_shell.folder / "new.yaml").read_text("utf-8")
    assert len([1 for old, new in zip(TEXT.split("\n"), changed.split("\n"), strict=True) if old != new]) == 1
    assert file.read_text("utf-8") == TEXT


def test_a_file_of_an_unknown_kind_is_refused_by_its_ending(empty_shell) -> None:
    file = empty_shell.write("mine.yaml", TEXT)
    done = empty_shell.run("rulesets", "tables", "export", file, "mine.ods")
    assert done.code == 2
    assert "a file of tables ends in .xlsx or .dmn" in done.err
