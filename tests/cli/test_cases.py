"""``termwise rulesets cases``: what the cases of a file touch, and cases to be pasted into it."""

from __future__ import annotations

import re

from tests.cli.shell import RULESETS

TEXT = (RULESETS / "reminders" / "1.0.0.yaml").read_text("utf-8")
COVERED = re.compile(r"([0-9]+) of ([0-9]+) rules, ([0-9]+) of ([0-9]+) threshold sides")


def covered(said: str) -> tuple[int, ...]:
    found = COVERED.search(said)
    assert found is not None
    return tuple(map(int, found.groups()))


def test_what_is_printed_can_be_pasted_and_passes_and_covers_all(empty_shell) -> None:
    file = empty_shell.write("mine.yaml", TEXT)
    before = covered(empty_shell.run("rulesets", "cases", file, "--coverage").out)
    assert before[2] < before[3]
    whole = file
    for language in ("en", "zh"):
        done = empty_shell.run("rulesets", "cases", file, "--missing", "--lang", language)
        assert done.code == 0
        assert ("恰好" in done.out) is (language == "zh")
        whole = empty_shell.write("whole.yaml", TEXT.rstrip("\n") + "\n" + done.out)
        checked = empty_shell.run("rulesets", "check", whole, "--samples", "0")
        assert checked.code == 0
        after = covered(checked.out)
        assert after[2] > before[2]
        assert after[3] - after[2] == sum(line.startswith("# ") for line in done.out.splitlines())
    assert "- name" not in empty_shell.run("rulesets", "cases", whole, "--missing").out


def test_a_threshold_that_was_moved_makes_a_pasted_case_fail(empty_shell) -> None:
    file = empty_shell.write("mine.yaml", TEXT)
    printed = empty_shell.run("rulesets", "cases", file).out
    moved = TEXT.rstrip("\n") + "\n" + printed
    moved = moved.replace("second_day: {type: days, value: 10", "second_day: {type: days, value: 11")
    done = empty_shell.run("rulesets", "check", empty_shell.write("moved.yaml", moved), "--samples", "0")
    assert done.code == 1
    failing = [line for line in done.out.splitlines() if "case `first-reminder just" in line]
    assert "rule `second-reminder` should hold" in "".join(failing)


def test_coverage_names_each_threshold_with_the_cases_on_either_side(empty_shell) -> None:
    file = empty_shell.write("mine.yaml", TEXT)
    told = empty_shell.run("rulesets", "cases", file, "--coverage", "--json").json
    sides = [one[side] for one in told["thresholds"] for side in ("below", "above")]
    assert told["sides_covered"] == sum(bool(one) for one in sides)
    assert told["sides"] == sum(one is not None for one in sides)
    assert {name for one in told["by_rule"] for name in one["cases"]} <= {
        "Nothing is done before the day after the due date",
        "A late second reminder",
    }
    table = empty_shell.run("rulesets", "cases", file, "--coverage").out
    assert re.search(r"threshold of +test +line +below +above\n", table)


def test_a_text_that_does_not_load_is_told_and_nothing_printed(empty_shell) -> None:
    file = empty_shell.write("mine.yaml", TEXT.replace("otherwise:", "otherwis:"))
    done = empty_shell.run("rulesets", "cases", file)
    assert done.code == 2
    assert "otherwis" in done.err
    assert done.out == ""
