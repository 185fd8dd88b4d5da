"""What cannot be done is said in one clear line, and never by a traceback."""

from __future__ import annotations

import pytest

from tests.cli.shell import Shell, free_port


def elsewhere(shell: Shell, address: str) -> Shell:
    return Shell(shell.folder, {**shell.environment, "TERMWISE_DATABASE_URL": address})


@pytest.mark.parametrize(
    "words", [["rulesets", "list"], ["rulesets", "sync"], ["replay", "--all"], ["serve", "--port", "PORT"]]
)
def test_a_file_that_is_no_database(shell, words) -> None:
    shell.write("no.db", "hello, this is a text and no database at all\n" * 100)
    port = str(free_port())
    done = elsewhere(shell, "sqlite:///no.db").run(*(port if word == "PORT" else word for word in words))
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert "The database cannot be opened (TERMWISE_DATABASE_URL)" in done.err


def test_a_server_that_is_not_there(shell) -> None:
    address = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    given = {**shell.environment, "TERMWISE_DATABASE_URL": address, "TERMWISE_KEYS_URL": "sqlite:///keys.db"}
    done = Shell(shell.folder, given).run("rulesets", "sync")
    assert done.code == 2
    assert "Connection refused" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["decide", "reminders", "/dev/zero"], "/dev/zero has more than"),
        (["batch", "reminders", "/dev/zero", "--out", "out.csv"], "/dev/zero is no ordinary file"),
        (["batch", "reminders", "/", "--out", "out.csv"], "is a directory"),
        (
            ["rulesets", "export", "reminders", "1.0.0", "--out", "no/where.yaml"],
            "no/where.yaml: No such file",
        ),
        (["frobnicate"], "No such command 'frobnicate'"),
        (["decide"], "Missing argument 'POLICY'"),
    ],
)
def test_arguments_that_cannot_be_used(shell, words, told) -> None:
    done = shell.run(*words)
    assert done.code == 2
    assert told in done.err
    assert done.out == ""
