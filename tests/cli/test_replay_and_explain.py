"""``termwise replay`` and ``termwise explain``, also beside a process that writes."""

from __future__ import annotations

import json

import pytest

FACTS = {"due_date": "2026-01-01", "open_amount": "250.00", "rungs_done": ["FIRST"]}


@pytest.fixture
def decision(shell) -> str:
    written = json.dumps(FACTS)
    body = shell.run("decide", "reminders", "-", "--json", "--as-of", "2026-01-15", stdin=written).json
    return str(body["id"])


def test_a_recorded_decision_replays_identically_beside_a_writer(shell, decision) -> None:
    with shell.services(writing=True):
        done = shell.run("replay", decision)
    assert (done.code, done.out) == (0, "1 identical, 0 different\n")
    assert shell.run("replay", "--all", "--json").json == {"identical": 1, "different": {}, "erased": 0}


def test_every_rule_and_formula_is_explained_in_either_language(shell, decision) -> None:
    with shell.services(writing=True):
        done = shell.run("explain", decision)
    assert done.code == 0
    assert "days_late: Days late = 14" in done.out
    assert "days_between(due_date, as_of)   [due_date 2026-01-01, as_of 2026-01-15]" in done.out
    assert "+  second-reminder" in done.out
    assert (
        "First reminder does not apply: Days late is 14, and the rule asks for [1..second_day)." in done.out
    )
    assert "first_done: First done = yes" in done.out
    assert "不适用：首次提醒" in shell.run("explain", decision, "--lang", "zh").out
    assert shell.run("explain", decision, "--json").json["outcome"] == "act"


def test_what_is_not_there_is_told(shell) -> None:
    nobody = "01a20065-ca08-710c-bae3-5abe1998e660"
    for command in ("replay", "explain"):
        done = shell.run(command, nobody)
        assert (done.code, done.err) == (2, f"There is no decision {nobody}.\n")
        assert shell.run(command, "17").code == 2
    assert "name one decision, or give --all" in shell.run("replay").err


def test_without_a_store_it_says_where_none_is(empty_shell) -> None:
    done = empty_shell.run("replay", "--all")
    assert done.code == 2
    assert f"there is no database at {empty_shell.folder}/termwise.db" in done.err
