"""A batch that is stopped half-way, by Ctrl-C and by kill -9, goes on: no row twice, none missing."""

from __future__ import annotations

import re
import shlex
import signal
import sqlite3

from tests.cli.portfolios import plain, read, without_ids
from tests.cli.shell import end, eventually

ROWS = 1200
WORDS = ("batch", "reminders", "in.csv", "--out", "out.csv", "--as-of", "2026-01-15")


def recorded(shell) -> int:
    """How many decisions are durable, seen from outside while the batch runs."""
    with sqlite3.connect(f"file:{shell.folder}/termwise.db?mode=ro", uri=True) as database:
        count: int = database.execute("SELECT count(*) FROM decision").fetchone()[0]
    return count


def stopped(shell, words, number) -> int:
    """Start a batch, stop it by a signal as soon as it has recorded something more; its exit code."""
    before = recorded(shell)
    process = shell.start(*words)
    try:
        eventually(lambda: recorded(shell) > before or process.poll() is not None)
        process.send_signal(number)
        code: int = process.wait(30)
        return code
    finally:
        end(process)


def test_interrupted_twice_it_ends_as_if_it_had_never_been(shell) -> None:
    plain(shell.folder / "in.csv", ROWS)
    assert stopped(shell, WORDS, signal.SIGINT) == 130
    first = recorded(shell)
    assert 0 < first < ROWS
    told = shell.printed()
    assert "Traceback" not in told
    assert f"of {ROWS:,} rows" in told
    assert not (shell.folder / "out.csv").exists()
    assert not list(shell.folder.glob("*.part"))

    assert stopped(shell, WORDS, signal.SIGKILL) == -signal.SIGKILL
    second = recorded(shell)
    assert first < second < ROWS
    assert not (shell.folder / "out.csv").exists()

    (line,) = re.findall(r"^  termwise (.*)$", told, re.MULTILINE)
    done = shell.run(*shlex.split(line))
    assert done.code == 0
    # A commit that reached the disk as the process died may show only once the database is opened to write.
    (earlier,) = re.findall(rf"{ROWS:,} decided \(([\d,]+) of them earlier\)", done.out)
    assert second <= int(earlier.replace(",", "")) < ROWS
    assert recorded(shell) == ROWS
    rows = read(shell.folder / "out.csv")
    assert [row["row"] for row in rows] == [str(number) for number in range(2, ROWS + 2)]
    assert len({row["decision"] for row in rows}) == ROWS
    assert not list(shell.folder.glob("*.part"))

    assert shell.run(*WORDS[:4], "whole.csv", *WORDS[5:], "--run", "never-stopped").code == 0
    assert without_ids(shell.folder / "out.csv") == without_ids(shell.folder / "whole.csv")
