"""``termwise batch``."""

from __future__ import annotations

import gzip
import json

import pytest

from app.services.recording import Wanted
from tests.cli.portfolios import MAPPING, foreign, plain, read, without_ids, written

ON = ("--as-of", "2026-01-15")
FOREIGN = [
    ("I-1", "X", "1/14/2026", "10050", "No", "?", "0"),
    ("I-2", "Y", "1/2/2026", "99", "Yes", "", "1"),
    ("I-3", "X", "12/31/2025", "5000", "No", "1/10/2026", "0"),
    ("I-4", "Z", "1/2/2026", "7", "?", "2/1/2026", "1"),
]


def decided(shell):
    with shell.services() as services:
        return len(services.auditing.search(Wanted(), after=None, limit=1000).decisions)


def test_every_row_is_decided_once_in_order_and_summed_up(shell) -> None:
    plain(shell.folder / "in.csv", 30)
    done = shell.run("batch", "reminders", "in.csv", "--out", "out.csv", *ON, "--by", "rung")
    assert done.code == 0
    rows = read(shell.folder / "out.csv")
    assert [row["reference"] for row in rows] == [f"R-{n}" for n in range(1, 31)]
    assert rows[0] | {"decision": ""} == {
        "row": "2", "as_of": "2026-01-15", "customer": "C-1", "reference": "R-1", "decision": "",
        "outcome": "act", "reasons": "LATE", "rung": "FIRST", "class": "A",
    }  # fmt: skip
    assert rows[6]["outcome"] == "refer"
    assert rows[10]["rung"] == "SECOND"
    assert "30 rows, 30 decided, 0 refused" in done.out
    assert "act        24  80.0 %" in done.out
    assert decided(shell) == 30
    assert not list(shell.folder.glob("*.part")) + list(shell.folder.glob("*.refused.csv"))


def test_the_same_command_again_decides_nothing_anew(shell) -> None:
    plain(shell.folder / "in.csv", 12)
    shell.run("batch", "reminders", "in.csv", "--out", "out.csv", *ON)
    before = (shell.folder / "out.csv").read_text()
    done = shell.run("batch", "reminders", "in.csv", "--out", "out.csv", *ON)
    assert "12 decided (12 of them earlier)" in done.out
    assert (shell.folder / "out.csv").read_text() == before
    assert decided(shell) == 12


def test_another_day_another_file_or_another_run_is_decided_anew(shell) -> None:
    plain(shell.folder / "in.csv", 3)
    plain(shell.folder / "more.csv", 4)
    shell.run("batch", "reminders", "in.csv", "--out", "out.csv", *ON)
    for words in (["in.csv", "--as-of", "2026-01-16"], ["more.csv", *ON], ["in.csv", *ON, "--run", "again"]):
        done = shell.run("batch", "reminders", *words, "--out", "out.csv")
        assert "earlier" not in done.out
    assert decided(shell) == 3 + 3 + 4 + 3


def test_refused_rows_are_listed_with_number_and_reason_and_harm_no_neighbour(shell) -> None:
    rows = [
        ("R-1", "2026-01-14", "10.00", ""),
        ("R-2", "14.01.2026", "10.001", ""),
        ("R-3", "2026-01-14", "2000000.00", "NORTH"),
        ("R-4", "", "10.00", "WEST"),
        ("R-5", "2026-01-14", "10.00"),
        ("R-6", "2026-01-14", "10.00", ""),
    ]
    written(shell.folder / "in.csv", ("reference", "due_date", "open_amount", "region"), rows)
    done = shell.run("batch", "reminders", "in.csv", "--out", "out.csv", *ON)
    assert done.code == 1
    assert "6 rows, 2 decided, 4 refused" in done.out
    assert "refused rows in out.refused.csv" in done.err
    assert [row["row"] for row in read(shell.folder / "out.csv")] == ["2", "7"]
    refused = {row["row"]: row["problem"] for row in read(shell.folder / "out.refused.csv")}
    assert list(refused) == ["3", "4", "5", "6"]
    assert "`14.01.2026` is not a date; write year-month-day" in refused["3"]
    assert "open_amount: round(raw, 2)" in refused["3"]
    assert "the most it may be is 1,000,000.00" in refused["4"]
    assert "`WEST` is not one of NORTH, SOUTH" in refused["5"]
    assert "the row has more or fewer cells than the header" in refused["6"]


def test_a_list_of_refused_rows_goes_when_nothing_is_refused_any_more(shell) -> None:
    written(shell.folder / "in.csv", ("due_date", "open_amount"), [("never", "1")])
    assert shell.run("batch", "reminders", "in.csv", "--out", "out.csv").code == 1
    written(shell.folder / "in.csv", ("due_date", "open_amount"), [("2026-01-01", "1")])
    assert shell.run("batch", "reminders", "in.csv", "--out", "out.csv").code == 0
    assert not (shell.folder / "out.refused.csv").exists()


def test_a_run_whose_rows_changed_refuses_them_instead_of_answering_for_others(shell) -> None:
    written(shell.folder / "in.csv", ("due_date", "open_amount"), [("2026-01-14", "1"), ("2026-01-14", "2")])
    shell.run("batch", "reminders", "in.csv", "--out", "out.csv", *ON, "--run", "mine")
    written(shell.folder / "in.csv", ("due_date", "open_amount"), [("2026-01-14", "1"), ("2026-01-14", "3")])
    done = shell.run("batch", "reminders", "in.csv", "--out", "out.csv", *ON, "--run", "mine")
    assert done.code == 1
    assert [row["row"] for row in read(shell.folder / "out.refused.csv")] == ["3"]
    assert decided(shell) == 2


def test_a_mapping_reads_a_foreign_file(shell) -> None:
    foreign(shell.folder / "in.csv", FOREIGN)
    shell.write("map.yaml", MAPPING)
    done = shell.run("batch", "reminders", "in.csv", "--mapping", "map.yaml", "--out", "out.ndjson", *ON)
    assert done.code == 0
    assert "4 rows, 3 decided, 1 left out by keep_if, 0 refused" in done.out
    lines = [json.loads(line) for line in (shell.folder / "out.ndjson").read_text().splitlines()]
    assert [line["row"] for line in lines] == [2, 3, 5]
    first, second, fourth = (line["decision"] for line in lines)
    assert first["facts"] | {"rungs_done": None} == {
        "due_date": "2026-01-14", "open_amount": "100.50", "disputed": False, "share_paid": None,
        "region": "NORTH", "rungs_done": None,
    }  # fmt: skip
    assert (first["customer"], first["reference"]) == ("X", "I-1")
    assert second["outcome"] == "refer"
    assert fourth["facts"]["disputed"] is None


def test_compressed_files_and_byte_order_marks_are_read(shell) -> None:
    plain(shell.folder / "in.csv", 5)
    text = (shell.folder / "in.csv").read_bytes()
    (shell.folder / "in.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + text))
    assert shell.run("batch", "reminders", "in.csv.gz", "--out", "out.csv", *ON).code == 0
    assert len(read(shell.folder / "out.csv")) == 5


def test_days_in_order_give_each_invoice_each_rung_once(shell) -> None:
    plain(shell.folder / "in.csv", 13)
    words = ("batch", "reminders", "in.csv", "--every-day", "2026-01-10", "2026-02-05", "--by", "rung")
    done = shell.run(*words, "--out", "out.csv", "--json")
    assert done.code == 0
    rungs = [(row["reference"], row["rung"]) for row in read(shell.folder / "out.csv") if row["rung"]]
    assert len(rungs) == len(set(rungs))
    seconds = {reference for reference, rung in rungs if rung == "SECOND"}
    assert seconds == {f"R-{n}" for n in range(1, 14) if n % 7}
    assert done.json["decided"] == 13 * 27
    assert [row["as_of"] for row in read(shell.folder / "out.csv")][:14] == ["2026-01-10"] * 13 + [
        "2026-01-11"
    ]


def test_hindsight_counts_failures_by_class_and_how_well_a_score_tells(shell) -> None:
    foreign(shell.folder / "in.csv", FOREIGN)
    shell.write("map.yaml", MAPPING)
    words = (
        "batch",
        "reminders",
        "in.csv",
        "--mapping",
        "map.yaml",
        "--out",
        "out.csv",
        *ON,
        "--by",
        "class",
    )
    done = shell.run(*words, "--against", "bad", "--score", "points", "--json")
    assert done.json["hindsight"] == {
        "against": "bad",
        "rows": 3,
        "failures": 2,
        "by": {"class": [{"value": "A", "rows": 1, "failures": 0}, {"value": "B", "rows": 2, "failures": 2}]},
        "scores": {"points": {"auc": "1.0000", "rows": 3, "failures": 2, "unknown": 0}},
    }
    table = shell.run(*words, "--against", "bad", "--score", "points").out
    assert "Against column bad: 3 rows, 2 failures" in table
    assert "100.0 %" in table
    assert "1.000" in table
    last = shell.run(*words, "--against", "bad", "--last-per", "Client", "--json").json["hindsight"]
    assert last["rows"] == 3


def test_only_the_last_row_of_each_firm_counts_where_that_is_asked(shell) -> None:
    rows = [("A", "2026-01-14", "1", "0"), ("A", "2026-01-01", "1", "1"), ("B", "2026-01-14", "1", "0")]
    written(shell.folder / "in.csv", ("firm", "due_date", "open_amount", "failed"), rows)
    shell.write("map.yaml", "columns: {due_date: due_date, open_amount: open_amount}\n")
    words = (
        "batch",
        "reminders",
        "in.csv",
        "--mapping",
        "map.yaml",
        "--out",
        "out.csv",
        *ON,
        "--by",
        "class",
    )
    counted = shell.run(*words, "--against", "failed", "--last-per", "firm", "--json").json["hindsight"]
    assert counted["by"]["class"] == [
        {"value": "A", "rows": 1, "failures": 0},
        {"value": "B", "rows": 1, "failures": 1},
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.csv", "--out", "out.csv"], "nowhere.csv: No such file or directory"),
        (["in.csv", "--out", "in.csv"], "--out in.csv is the file that is read"),
        (["in.csv", "--out", "no/out.csv"], "there is no folder no"),
        (["strange.csv", "--out", "out.csv"], "column `due` is no fact of reminders"),
        (["twice.csv", "--out", "out.csv"], "several columns are named 'due_date'"),
        (["bytes.csv", "--out", "out.csv"], "it is not UTF-8"),
        (["empty.csv", "--out", "out.csv"], "has no header"),
        (["in.csv", "--out", "o.csv", "--as-of", "2026-01-32"], "does not match the format"),
        (["in.csv", "--out", "o.csv", *ON, "--every-day", "2026-01-01", "2026-01-02"], "give one of them"),
        (
            ["in.csv", "--out", "o.csv", "--every-day", "2026-01-02", "2026-01-01"],
            "the first and the last day",
        ),
        (["dated.csv", "--out", "o.csv", *ON], "the rows bring their own as_of"),
        (["in.csv", "--out", "o.csv", "--by", "rungs"], "has no choice of that name; did you mean `rung`?"),
        (["in.csv", "--out", "o.csv", "--score", "points"], "need --against"),
        (["in.csv", "--out", "o.csv", "--against", "bad"], "the file has no such column"),
        (["in.csv", "--out", "o.csv", "--against", "reference"], "row 2 has `R-1`; it takes 1"),
        (["in.csv", "--out", "o.csv", "--run", "a b"], "an id has letters"),
        (["in.csv", "--out", "o.csv", "--mapping", "no.yaml"], "no.yaml: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_decided(shell, words, told) -> None:
    plain(shell.folder / "in.csv", 3)
    written(shell.folder / "strange.csv", ("due", "open_amount"), [("2026-01-01", "1")])
    written(shell.folder / "twice.csv", ("due_date", "due_date"), [("2026-01-01", "1")])
    written(
        shell.folder / "dated.csv", ("due_date", "open_amount", "as_of"), [("2026-01-01", "1", "2026-01-02")]
    )
    (shell.folder / "bytes.csv").write_bytes(b"due_date\n\xff\xfe\n")
    shell.write("empty.csv", "")
    done = shell.run("batch", "reminders", *words)
    assert done.code == 2
    assert told in done.err
    assert decided(shell) == 0
    assert not (shell.folder / "o.csv").exists()


def test_rows_may_bring_their_own_day(shell) -> None:
    rows = [("2026-01-01", "1", "2026-01-02"), ("2026-01-01", "1", "2026-02-01")]
    written(shell.folder / "in.csv", ("due_date", "open_amount", "as_of"), rows)
    shell.run("batch", "reminders", "in.csv", "--out", "out.csv")
    assert [(row["as_of"], row["rung"]) for row in read(shell.folder / "out.csv")] == [
        ("2026-01-02", "FIRST"),
        ("2026-02-01", "SECOND"),
    ]


def test_decisions_of_a_run_are_found_by_it_and_replay(shell) -> None:
    plain(shell.folder / "in.csv", 6)
    shell.run("batch", "reminders", "in.csv", "--out", "out.csv", *ON, "--run", "january")
    with shell.services() as services:
        found = services.auditing.search(Wanted(requested_by="batch:january"), after=None, limit=10)
    assert len(found.decisions) == 6
    done = shell.run("replay", "--all")
    assert (done.code, done.out) == (0, "6 identical, 0 different\n")
    assert without_ids(shell.folder / "out.csv")
