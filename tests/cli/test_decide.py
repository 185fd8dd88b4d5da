"""``termwise decide``."""

from __future__ import annotations

import json

from app.services.recording import Wanted

LATE = {"due_date": "2026-01-01", "open_amount": "250.00"}


def test_a_decision_is_recorded_and_printed_with_its_rules_and_sources(shell) -> None:
    shell.write("facts.json", json.dumps(LATE))
    done = shell.run("decide", "reminders", "facts.json", "--as-of", "2026-01-15", "--reference", "R-1")
    assert done.code == 0
    for part in (
        "Act [act]",
        "R-1",
        "VERY_LATE",
        "very late, 14 days",
        "rungs/second-reminder",
        "S1:L4",
        "decisive",
    ):
        assert part in done.out
    with shell.services() as services:
        (recorded,) = services.auditing.search(Wanted(reference="R-1"), after=None, limit=9).decisions
    assert recorded["id"] in done.out


def test_standard_input_is_read_and_json_is_printed_whole(shell) -> None:
    done = shell.run("decide", "reminders", "-", "--json", "--as-of", "2026-01-15", stdin=json.dumps(LATE))
    assert done.json["outputs"] == {"rung": "SECOND", "class": "B"}
    assert done.json["id"]


def test_a_whole_request_is_read_as_http_takes_it_and_options_stand_above_it(shell) -> None:
    request = {"facts": LATE, "customer": "C-1", "reference": "R-1", "as_of": "2026-01-15"}
    written = json.dumps(request)
    body = shell.run("decide", "reminders", "-", "--json", "--reference", "R-2", stdin=written).json
    assert (body["customer"], body["reference"], body["as_of"]) == ("C-1", "R-2", "2026-01-15")


def test_chinese_is_printed_in_chinese(shell) -> None:
    done = shell.run(
        "decide", "reminders", "-", "--lang", "zh", "--as-of", "2026-01-15", stdin=json.dumps(LATE)
    )
    assert "严重逾期" in done.out
    assert "规则集" in done.out


def test_wrong_facts_are_told_one_by_one_and_nothing_is_recorded(shell) -> None:
    written = json.dumps({"due_dat": "2026-01-01", "open_amount": 1.5})
    done = shell.run("decide", "reminders", "-", stdin=written)
    assert done.code == 2
    assert done.out == ""
    assert "`due_dat` is no fact of this policy; did you mean `due_date`?" in done.err
    assert "`open_amount` came as the float 1.5" in done.err


def test_a_file_that_is_not_there_is_one_clear_line(shell) -> None:
    done = shell.run("decide", "reminders", "nowhere.json")
    assert (done.code, done.err) == (2, "Error: nowhere.json: No such file or directory\n")


def test_a_text_that_is_not_json_is_one_clear_line(shell) -> None:
    done = shell.run("decide", "reminders", "-", stdin="{")
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert "not JSON" in done.err


def test_an_unknown_policy_is_told_with_the_nearest(shell) -> None:
    done = shell.run("decide", "reminder", "-", stdin=json.dumps(LATE))
    assert done.code == 2
    assert "There is no policy reminder; did you mean reminders?" in done.err


def test_an_empty_store_says_what_to_do(empty_shell) -> None:
    done = empty_shell.run("decide", "reminders", "-", stdin=json.dumps(LATE))
    assert done.code == 2
    assert "There is no policy reminders" in done.err


def test_while_another_process_writes_the_command_names_it_and_the_remedy(shell) -> None:
    with shell.services(writing=True):
        done = shell.run("decide", "reminders", "-", stdin=json.dumps(LATE))
        listed = shell.run("rulesets", "list")
    assert done.code == 2
    assert "is in use: process " in done.err
    assert "End that command" in done.err
    assert listed.code == 0
    assert "reminders" in listed.out
