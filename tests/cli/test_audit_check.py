"""``termwise audit check``: what the log gave to somebody is checked offline, with its key alone."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import copied

FACTS = {"due_date": "2026-01-01", "open_amount": "250.00", "rungs_done": ["FIRST"]}


@pytest.fixture(scope="module")
def handed(prepared, tmp_path_factory):
    """A folder to be copied with what was handed to somebody: files; what they say, and the key."""
    shell = copied(prepared, tmp_path_factory.mktemp("handed") / "shell")
    decide = ("decide", "reminders", "-", "--json", "--as-of", "2026-01-15")
    decision = shell.run(*decide, stdin=json.dumps(FACTS)).json
    earlier = shell.run("audit", "checkpoint").out
    size = int(earlier.split("\n")[1])
    shell.run(*decide, stdin=json.dumps(FACTS))
    documents = {
        "decision.json": decision,
        "proof.json": shell.run("audit", "proof", decision["id"]).json,
        "continues.json": shell.run("audit", "proof", "--from", str(size)).json,
    }
    for name, document in documents.items():
        shell.write(name, json.dumps(document))
    shell.write("earlier", earlier)
    shell.write("later", shell.run("audit", "checkpoint").out)
    key = shell.run("audit", "init").out.strip()
    return shell.folder, documents, key


@pytest.fixture
def given(handed, tmp_path):
    """A shell in another place than the service, and what was handed to somebody: files, and the key."""
    folder, documents, key = handed
    return copied(folder, tmp_path / "shell"), documents, key


def checked(shell, key, *words):
    done = shell.run("audit", "check", *words, "--key", key)
    return done.code, done.out + done.err


def test_what_the_log_gave_shows_what_it_says(given):
    shell, documents, key = given
    kept = ("--checkpoint", "earlier", "--checkpoint", "later")
    code, told = checked(shell, key, "decision.json", "proof.json", "continues.json", *kept)
    proof = documents["proof.json"]
    assert code == 0
    assert f"is entry {proof['index']} of the {proof['size']} that" in told
    assert f"promised the leaf {proof['leaf_hash']}" in told
    assert "the rules that fired, are those of the leaf that is proven" in told
    assert "Facts, names, amounts and texts are sealed" in told
    assert "nothing before was changed" in told


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("proof.json", {"index": 0}),
        ("proof.json", {"size": 1}),
        ("proof.json", {"leaf_hash": "00" * 32}),
        ("proof.json", {"path": []}),
        ("proof.json", {"id": "01a1fdfa-4600-7745-ae29-13933c97b0f9"}),
        ("decision.json", {"outcome": "other"}),
        ("decision.json", {"decided_at": "2026-01-01T00:00:00.000000Z"}),
        ("decision.json", {"fired": []}),
        ("continues.json", {"path": []}),
    ],
)
def test_what_was_changed_does_not(given, name, change):
    shell, documents, key = given
    shell.write(name, json.dumps({**documents[name], **change}))
    code, told = checked(shell, key, *documents, "--checkpoint", "earlier", "--checkpoint", "later")
    assert (code, "NOT SHOWN" in told) == (1, True)


def test_what_another_key_signed_does_not(given):
    shell, *_ = given
    other = "termwise.local/log+2b3e8f5a+AW9uZSBrZXkgb2YgMzIgYnl0ZXMgYW5kIG5vdCBtb3Jl"
    assert checked(shell, other, "proof.json")[0] == 2
    shell.run("audit", "rotate")
    following = shell.run("audit", "rotate").out.strip()
    for name in ("proof.json", "decision.json"):
        code, told = checked(shell, following, name)
        assert (code, "not signed by" in told) == (1, True)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"leaf": 1, "path": 2}', "[" * 10_000, '{"receipt": 1}']
)
def test_what_is_none_of_it_is_not_judged(given, content):
    shell, _, key = given
    shell.write("other.json", content)
    code, told = checked(shell, key, "other.json")
    assert (code, "other.json" in told) == (2, True)


def test_a_consistency_proof_needs_both_checkpoints(given):
    shell, _, key = given
    code, told = checked(shell, key, "continues.json", "--checkpoint", "later")
    assert (code, "give the checkpoint of" in told) == (2, True)
