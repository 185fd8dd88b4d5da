"""``termwise rulesets compare`` and ``rehearse``."""

from __future__ import annotations

import json

import pytest

from app.domain.audit import EntryKind
from tests.cli import portfolios
from tests.cli.shell import RULESETS

TEXT = (RULESETS / "reminders" / "1.0.0.yaml").read_text("utf-8")
LATER = TEXT.replace("second_day: {type: days, value: 10", "second_day: {type: days, value: 12").replace(
    "version: 1.0.0", "version: 1.1.0"
)


@pytest.fixture
def later(shell):
    return shell.write("later.yaml", LATER)


@pytest.fixture
def decided(shell):
    """Twelve recorded decisions: invoice ``n`` is ``n`` days late."""
    file = portfolios.plain(shell.folder / "invoices.csv", 12)
    words = ("--as-of", portfolios.DAY.isoformat(), "--out", "out.csv")
    assert shell.run("batch", "reminders", file, *words).code == 0
    return shell


def test_compare_says_in_words_what_changes_and_follows(shell, later):
    done = shell.run("rulesets", "compare", "reminders", "1.0.0", later)
    assert done.code == 0
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[0] == "reminders 1.0.0 -> 1.1.0"
    assert "Parameter `second_day` 10 -> 12" in lines
    assert (
        "`second_day`: rule `second-reminder` now fires from 12 in `days_late` (before: from 10)"
    ) in lines
    assert any(line.startswith("+  second_day: {type: days, value: 12") for line in done.out.splitlines())
    assert (
        "参数 `second_day` 10 -> 12"
        in shell.run("rulesets", "compare", "reminders", "1.0.0", later, "--lang", "zh").out
    )
    assert shell.run("rulesets", "compare", "reminders", "1.0.0", later, "--json").json["identical"] is False
    assert "identical" in shell.run("rulesets", "compare", "reminders", "1.0.0", "1.0.0").out


def test_compare_proves_what_two_versions_mean(shell, later) -> None:
    done = shell.run("rulesets", "compare", "reminders", "1.0.0", later, "--proof")
    assert "and in no other: proven." in done.out
    assert "; for example on the baseline with " in done.out
    assert (
        "已证明"
        in shell.run("rulesets", "compare", "reminders", "1.0.0", later, "--proof", "--lang", "zh").out
    )
    told = shell.run("rulesets", "compare", "reminders", "1.0.0", later, "--proof", "--json").json
    assert (told["verdict"], told["recorded"]) == ("differs", None)
    same = shell.run("rulesets", "compare", "reminders", "1.0.0", "1.0.0", "--proof")
    assert "Equal, proven" in same.out


def test_compare_of_two_files_needs_no_database(empty_shell) -> None:
    files = [empty_shell.write("before.yaml", TEXT), empty_shell.write("after.yaml", LATER)]
    assert (
        "Parameter `second_day` 10 -> 12" in empty_shell.run("rulesets", "compare", "reminders", *files).out
    )
    assert "proven" in empty_shell.run("rulesets", "compare", "reminders", *files, "--proof").out
    refused = empty_shell.run("rulesets", "compare", "reminders", "1.0.0", files[1])
    assert (refused.code, "there is no database" in refused.err) == (2, True)


def test_compare_counts_what_was_recorded_in_each_way_and_leaves_one_entry(decided, later):
    words = ("rulesets", "compare", "reminders", "1.0.0", later, "--recorded")
    assert decided.run(*words).code == 2
    done = decided.run(*words, "--proof")
    (way,) = (line for line in done.out.splitlines() if "`rung` SECOND -> FIRST" in line)
    assert way.endswith("; 2 of 12 recorded decisions")
    assert "；已记录的 12 项决定中有 2 项" in decided.run(*words, "--proof", "--lang", "zh").out
    with decided.services() as services:
        assert len(services.store.decisions.entries(EntryKind.REHEARSAL)) == 2


def test_compare_refuses_a_file_of_another_policy(shell):
    other = shell.write("other.yaml", TEXT.replace("policy: reminders", "policy: invoices"))
    done = shell.run("rulesets", "compare", "reminders", "1.0.0", other)
    assert (done.code, done.err) == (2, f"Error: {other} is a ruleset of invoices, not of reminders\n")


def test_rehearse_runs_a_file_over_what_was_decided(decided, later):
    done = decided.run(
        "rulesets", "rehearse", "reminders", "later.yaml", "--by", "region", "--out", "list.csv"
    )
    assert done.code == 0
    assert done.out.startswith(
        "reminders 1.1.0 against what was recorded: 12 decisions read, 0 flip, 2 change"
    )
    rows = portfolios.read(decided.folder / "list.csv")
    assert [(row["reference"], row["rung_from"], row["rung_to"]) for row in rows] == [
        ("R-11", "SECOND", "FIRST"),
        ("R-10", "SECOND", "FIRST"),
    ]


def test_rehearse_decides_nothing_and_leaves_one_entry(decided, later):
    with decided.services() as services:
        before = len(services.store.decisions.entries(EntryKind.DECISION, limit=1000))
    assert decided.run("rulesets", "rehearse", "reminders", later, "--json").json["counts"]["changed"] == 2
    with decided.services() as services:
        assert len(services.store.decisions.entries(EntryKind.DECISION, limit=1000)) == before
        (entry,) = services.store.decisions.entries(EntryKind.REHEARSAL)
    clear = json.loads(entry.leaf)["clear"]
    assert (clear["version"], clear["read"], clear["changed"]) == ("1.1.0", 12, 2)


def test_rehearse_takes_a_portfolio_with_a_mapping_and_counts_what_it_leaves_out(shell, later):
    rows = [
        *(
            ("R-1", "C-1", "01/04/2026", "10000", "No", "", ""),
            ("R-2", "C-2", "01/14/2026", "500", "?", "", ""),
        ),
        ("R-3", "C-3", "01/01/2026", "500", "No", "01/02/2026", ""),
        ("R-4", "C-4", "01/01/2026", "-1", "No", "", ""),
    ]
    file = portfolios.foreign(shell.folder / "foreign.csv", rows)
    mapping = shell.write("map.yaml", portfolios.MAPPING)
    words = ("--portfolio", file, "--mapping", mapping, "--as-of", "2026-01-15", "--json")
    made = shell.run("rulesets", "rehearse", "reminders", later, *words).json
    assert made["source"] == "portfolio"
    assert (made["counts"]["read"], made["counts"]["left_out"]) == (4, 1)
    assert [one["id"] for one in made["unlike"]] == ["5"]
    (flow,) = [one for one in made["differing"] if one["reference"] == "R-1"]
    assert flow["outputs"] == [{"name": "rung", "from": "SECOND", "to": "FIRST"}]


def test_rehearse_says_what_does_not_go_together(shell, later):
    for words in (
        ("--mapping", "m.yaml"),
        ("--portfolio", "x.csv", "--since", "2026-01-01"),
        ("--where", "region"),
        ("--by", "open_amount"),
    ):
        done = shell.run("rulesets", "rehearse", "reminders", later, *words)
        assert done.code == 2, words
        assert done.err, words
