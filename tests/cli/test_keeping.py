"""``termwise customers``, ``retention`` and ``vault``."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import Shell

FACTS = {"due_date": "2026-01-01", "open_amount": "250.00", "rungs_done": ["FIRST"]}


def decide(shell: Shell, customer: str) -> str:
    asked = ("decide", "reminders", "-", "--json", "--as-of", "2026-01-15", "--customer", customer)
    done = shell.run(*asked, stdin=json.dumps(FACTS))
    assert done.code == 0, done.err
    id: str = done.json["id"]
    return id


def test_erase_a_customer_unless_it_is_held_and_replay_counts_what_is_gone(shell: Shell) -> None:
    gone, stays = decide(shell, "C-1"), decide(shell, "C-2")
    assert shell.run("customers", "hold", "C-1", "--reason", "a lawsuit").code == 0
    assert "held since" in shell.run("customers", "show", "C-1").out
    refused = shell.run("customers", "erase", "C-1", "--reason", "ordered")
    assert (refused.code, "legal hold" in refused.err) == (2, True)
    assert shell.run("customers", "release", "C-1", "--reason", "settled").code == 0
    done = shell.run("customers", "erase", "C-1", "--reason", "ordered", "--note", "file 7")
    assert done.code == 0
    assert "1 data key, 1 decisions" in done.out
    assert shell.run("customers", "erase", "C-1", "--reason", "ordered").out == done.out
    assert shell.run("customers", "show", "C-1", "--json").json["last"] == "erased"
    assert shell.run("replay", "--all", "--json").json == {"identical": 1, "different": {}, "erased": 1}
    assert shell.run("replay", gone).code == 2
    assert shell.run("replay", stays).code == 0
    assert shell.run("audit", "verify", "--replay").code == 0
    assert shell.run("vault", "sweep").out == "0 data keys destroyed again\n"


def test_keep_times_let_go_what_has_been_kept_long_enough(shell: Shell) -> None:
    id = decide(shell, "C-1")
    done = shell.run("retention", "apply", "--dry-run", "--as-of", "2099-01-01", "--json").json
    assert (done["looked_at"], done["due"]) == (0, 0)
    assert shell.run("retention", "set", "reminders", "--months", "120", "--source", "a law").code == 0
    assert "120" in shell.run("retention", "list").out
    tried = shell.run("retention", "apply", "--dry-run", "--as-of", "2099-01-01", "--json").json
    assert (tried["due"], tried["decisions"], tried["erased"]) == (1, 1, 0)
    assert shell.run("replay", id).code == 0
    applied = shell.run("retention", "apply", "--json").json
    assert (applied["erased"], applied["kept"]) == (0, applied["looked_at"])
    assert "erased" in shell.run("retention", "apply").out
    assert shell.run("retention", "apply", "--as-of", "2099-01-01").code == 2
    assert shell.run("retention", "set", "reminders", "--none", "--source", "no law").code == 0
    assert shell.run("retention", "list", "--json").json == []
    assert len(shell.run("retention", "list", "--history", "--json").json) == 2


def test_another_master_key_and_other_data_keys_open_what_was_sealed(shell: Shell) -> None:
    before = decide(shell, "C-1")
    old = (shell.folder / "master.key").read_bytes()
    done = shell.run("vault", "rotate")
    assert done.code == 0, done.err
    assert "data keys wrapped anew" in done.out
    assert (shell.folder / "master.key").read_bytes() != old
    assert not (shell.folder / "master.key.next").exists()
    assert shell.run("vault", "renew", "--older-than", "1").out == "0 data keys retired\n"
    after = decide(shell, "C-1")
    assert [shell.run("replay", id).code for id in (before, after)] == [0, 0]
    assert shell.run("audit", "verify", "--replay").code == 0


def test_refuse_while_a_server_has_the_file_open(shell: Shell) -> None:
    decide(shell, "C-1")
    with shell.services(writing=True):
        for words in (
            ("customers", "erase", "C-1", "--reason", "ordered"),
            ("vault", "rotate"),
            ("vault", "renew", "--older-than", "1"),
            ("retention", "apply"),
        ):
            refused = shell.run(*words)
            assert (refused.code, "is in use" in refused.err) == (2, True), words
        assert shell.run("retention", "apply", "--dry-run").code == 0
        assert shell.run("customers", "show", "C-1").out == "neither held nor erased\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("customers", "erase", "C-1"), "Missing option '--reason'"),
        (("customers", "erase", "C-1", "--reason", "retention"), "'retention' is not one of"),
        (("customers", "erase", "C-9", "--reason", "ordered"), "Nothing is kept"),
        (("customers", "release", "C-9", "--reason", "none"), "No legal hold stands"),
        (("retention", "set", "reminders", "--source", "x"), "give --months, or --none"),
        (("retention", "set", "nothing", "--months", "1", "--source", "x"), "no policy"),
        (("people", "erase", "nobody", "--reason", "ordered"), "nobody"),
    ],
)
def test_say_what_cannot_be_done(shell: Shell, words: tuple[str, ...], said: str) -> None:
    done = shell.run(*words)
    assert done.code == 2
    assert said in done.err


def test_a_person_who_left_is_erased(shell: Shell) -> None:
    created = ("people", "create", "rep", "--name", "Somebody", "--role", "sales", "--generate")
    assert shell.run(*created).code == 0
    refused = shell.run("people", "erase", "rep", "--reason", "subject-request")
    assert (refused.code, "still active" in refused.err) == (2, True)
    assert shell.run("people", "change", "rep", "--inactive").code == 0
    assert shell.run("people", "erase", "rep", "--reason", "subject-request").out.startswith(
        "erased: erased-"
    )
    listed = shell.run("people", "list").out
    assert "Somebody" not in listed
    assert "(erased)" in listed
