"""``termwise audit search``: entries are found, shown as a table or as lines, facts only where asked."""

from __future__ import annotations

import json

import pytest

from app.domain.keeping import Reason

FACTS = {"due_date": "2026-01-01", "open_amount": "250.00", "rungs_done": ["FIRST"]}
DAY = ("--as-of", "2026-01-15", "--json")


@pytest.fixture
def searched(shell):
    """A shell with three decisions, two of them about a customer."""
    for more in ((), ("--customer", "C-1"), ("--customer", "C-1", "--reference", "INV-7")):
        assert shell.run("decide", "reminders", "-", *DAY, *more, stdin=json.dumps(FACTS)).code == 0
    return shell


def lines(shell, *words):
    done = shell.run("audit", "search", *words, "--json")
    assert done.code == 0
    return [json.loads(line) for line in done.out.splitlines()], done.err


def test_entries_come_newest_first_a_limit_at_a_time(searched):
    every, _ = lines(searched, "--oldest")
    assert [one["index"] for one in every] == list(range(len(every)))
    newest, said = lines(searched, "--limit", 2)
    assert newest == every[:-3:-1]
    assert f"--after {newest[-1]['index']}" in said
    rest, said = lines(searched, "--after", newest[-1]["index"])
    assert (rest, said) == (every[-3::-1], "")


def test_filters_narrow_and_each_must_hold(searched):
    decisions, _ = lines(searched, "--kind", "decision", "--oldest")
    assert len(decisions) == 3
    assert lines(searched, "--customer", "C-1", "--oldest")[0] == decisions[1:]
    assert lines(searched, "--reference", "INV-7")[0] == decisions[2:]
    assert lines(searched, "--id", decisions[1]["id"])[0] == [decisions[1]]
    rule = decisions[0]["clear"]["held"][0]
    held, _ = lines(searched, "--policy", "reminders", "--rule", rule, "--person", "operator", "--oldest")
    assert held == decisions
    none, said = lines(searched, "--customer", "C-9")
    assert (none, said) == ([], "No entry fits.\n")


def test_a_table_tells_what_happened_and_facts_only_where_asked(searched):
    told = searched.run("audit", "search", "--customer", "C-1").out
    assert all(word in told for word in ("index", "decision", "reminders 1.0.0", "operator"))
    assert "250.00" not in told
    assert "C-1" not in told
    told = searched.run("audit", "search", "--customer", "C-1", "--facts").out
    assert ("250.00" in told, "C-1" in told) == (True, True)
    (one, *_), _ = lines(searched, "--customer", "C-1", "--facts")
    assert one["sealed"]["facts"]["open_amount"] == "250.00"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--outcome", "x"), "`outcome` alone would read the whole log"),
        (("--kind", "x"), "`kind` is one of decision"),
        (("--since", "x"), "`since` is a day"),
        (("--person", "x"), "`person`: nobody has the login"),
        (("--limit", "0"), "limit"),
    ],
)
def test_what_cannot_be_searched_names_the_filter(shell, words, told):
    done = shell.run("audit", "search", *words)
    assert (done.code, told in done.err) == (2, True)


def test_an_erased_customer_s_entries_verify_replay_and_are_counted(searched):
    with searched.services(writing=True) as services:
        services.keeping.erasing.erase("C-1", Reason.SUBJECT_REQUEST, None, by=None)
        services.sequencer.drain()
    (one, *_), _ = lines(searched, "--customer", "C-1", "--facts")
    assert one["sealed"] is None
    assert "(erased)" in searched.run("audit", "search", "--customer", "C-1", "--facts").out
    assert searched.run("audit", "export", "log.ndjson", "--keys", "keys.ndjson").code == 0
    for words in ((), ("log.ndjson", "--keys", "keys.ndjson")):
        done = searched.run("audit", "verify", *words, "--replay")
        assert done.code == 0
        assert "1 decision replayed, all identical, 2 erased" in done.out.splitlines()
