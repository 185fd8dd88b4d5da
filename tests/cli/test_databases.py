"""The shell on SQLite and on PostgreSQL: where a server process may write beside it."""

from __future__ import annotations

import shutil

import pytest

from tests.cli.portfolios import plain, read, without_ids
from tests.cli.shell import RULESETS, Shell, environment

ON = ("--as-of", "2026-01-15")


@pytest.fixture
def either(tmp_path, database_url, keys_url) -> Shell:
    shutil.copytree(RULESETS, tmp_path / "rulesets")
    given = {"TERMWISE_DATABASE_URL": database_url, "TERMWISE_KEYS_URL": keys_url}
    shell = Shell(tmp_path, {**environment(tmp_path, tmp_path / "rulesets"), **given})
    assert shell.run("rulesets", "publish-list").code == 0
    assert shell.run("rulesets", "sync", "--bootstrap").code == 0
    return shell


def test_a_batch_is_decided_gone_on_with_and_replayed(either) -> None:
    plain(either.folder / "in.csv", 40)
    words = ("batch", "reminders", "in.csv", "--out", "out.csv", *ON)
    assert either.run(*words).code == 0
    first = without_ids(either.folder / "out.csv")
    assert "40 decided (40 of them earlier)" in either.run(*words).out
    assert without_ids(either.folder / "out.csv") == first
    decision = read(either.folder / "out.csv")[10]["decision"]
    assert either.run("replay", "--all").out == "40 identical, 0 different\n"
    assert "second-reminder" in either.run("explain", decision).out


def test_days_in_order_recall_what_was_done_before(either) -> None:
    plain(either.folder / "in.csv", 3)
    words = ("--every-day", "2026-01-14", "2026-01-30", "--out", "out.csv")
    assert either.run("batch", "reminders", "in.csv", *words).code == 0
    rungs = [(row["reference"], row["rung"]) for row in read(either.folder / "out.csv") if row["rung"]]
    assert sorted(rungs) == sorted((f"R-{n}", rung) for n in (1, 2, 3) for rung in ("FIRST", "SECOND"))
