"""``termwise audit``: the log is signed, proven, exported and verified, and no change slips by."""

from __future__ import annotations

import json
import sqlite3
import stat
from base64 import b64decode

import pytest

from app.ledger.checkpoint import checked
from app.ledger.leaf import leaf_hash
from app.ledger.notes import VerifyingKey
from app.ledger.receipt import promised
from app.ledger.tree import check_consistency, check_inclusion
from app.services.sealing import ROOT
from tests.cli.shell import copied

FACTS = {"due_date": "2026-01-01", "open_amount": "250.00", "rungs_done": ["FIRST"]}


def decide(shell):
    return shell.run(
        "decide", "reminders", "-", "--json", "--as-of", "2026-01-15", stdin=json.dumps(FACTS)
    ).json


@pytest.fixture(scope="module")
def log(prepared, tmp_path_factory):
    """A folder with three decisions to be copied, and the decisions."""
    shell = copied(prepared, tmp_path_factory.mktemp("log") / "shell")
    return shell.folder, [decide(shell) for _ in range(3)]


@pytest.fixture
def shell(log, tmp_path):
    """A shell of the test's own in which three decisions were made."""
    return copied(log[0], tmp_path / "shell")


@pytest.fixture
def decisions(shell, log):
    """The three decisions, each under the signed head when its command ended."""
    return log[1]


@pytest.fixture
def logged(shell):
    """A shell with three decisions."""
    return shell


def changed(shell, table, *statements):
    """Change the database as somebody does who knows it well."""
    with sqlite3.connect(shell.folder / "termwise.db") as connection:
        for event in ("update", "delete", "replace"):
            connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def blob(decision):
    """A decision's id as SQLite keeps it."""
    return f"x'{decision['id'].replace('-', '')}'"


def verified(shell, *words):
    done = shell.run("audit", "verify", *words, "--json")
    return done.code, done.json


def against(shell, size):
    """What is said of the checkpoints that were kept."""
    found = verified(shell)[1]
    assert (found["newest"], found["checkpoints"] > 1) == (size, True)
    return f"held against {found['checkpoints']} checkpoints kept outside, newest: {size} entries\n"


def not_held(shell):
    """The line on what no verification looks at."""
    return f"not looked at: {verified(shell, '--replay')[1]['not_looked_at'][0]}\n"


def key(shell):
    return VerifyingKey.parse(shell.run("audit", "init").out)


def test_a_verification_is_noted_in_the_log_where_that_is_asked_for(logged):
    size = verified(logged)[1]["entries"]
    assert verified(logged, "--note")[0] == 0
    (noted,) = logged.run("audit", "search", "--kind", "verification", "--json").out.splitlines()
    clear = json.loads(noted)["clear"]
    assert (clear["from"], clear["entries"], clear["whole"]) == (0, size, True)
    refused = logged.run("audit", "verify", "log.ndjson", "--note")
    assert refused.code == 2


def test_the_log_is_whole_in_the_database_and_as_an_export_and_replays(logged):
    size = verified(logged)[1]["entries"]
    assert size >= 3
    assert logged.run("audit", "export", "log.ndjson", "--keys", "keys.ndjson").code == 0
    for name in ("log.ndjson", "keys.ndjson"):
        assert stat.S_IMODE((logged.folder / name).stat().st_mode) == 0o600
    for words in ((), ("log.ndjson",)):
        keys = ("--keys", "keys.ndjson") if words else ()
        done = logged.run("audit", "verify", *words, "--replay", *keys)
        assert (done.code, done.out) == (
            0,
            f"{size} entries, all as they were signed\n{against(logged, size)}"
            f"3 decisions replayed, all identical\n{'' if words else not_held(logged)}",
        )
    out = logged.run("audit", "verify").out
    assert "not looked at: that each decision comes out again" in out


def test_an_export_is_whole_when_the_log_has_grown_since(logged):
    size = verified(logged)[1]["entries"]
    assert logged.run("audit", "export", "log.ndjson").code == 0
    held = verified(logged, "log.ndjson")[1]["entries"]
    decide(logged)
    later = verified(logged)[1]["entries"] - held
    code, found = verified(logged, "log.ndjson")
    assert (code, found["whole"], found["entries"], later > 0) == (0, True, held, held >= size)
    assert found["older"] == f"older than the newest one given: {later} entries came later"
    assert (found["newest"], "not_looked_at" in found) == (held, False)
    assert found["older"] in logged.run("audit", "verify", "log.ndjson").out
    lines = (logged.folder / "log.ndjson").read_bytes().splitlines(keepends=True)
    (logged.folder / "log.ndjson").write_bytes(b"".join((*lines[:-2], lines[-1])))
    code, found = verified(logged, "log.ndjson")
    assert (code, found["first"], found["end"]) == (1, held - 1, held)


def test_a_decision_s_receipt_is_kept_and_its_proof_leads_to_the_signed_head(logged, decisions):
    decision = decisions[1]
    proof = logged.run("audit", "proof", decision["id"]).json
    head = checked(proof["checkpoint"], key(logged))
    leaf = b64decode(proof["leaf"])
    assert promised(decision["receipt"], key(logged)) == leaf_hash(leaf) == bytes.fromhex(proof["leaf_hash"])
    assert json.loads(leaf)["id"] == proof["id"] == decision["id"]
    check_inclusion(proof["index"], head.size, leaf_hash(leaf), [*map(b64decode, proof["path"])], head.root)


def test_an_earlier_checkpoint_is_continued(logged):
    before = checked(logged.run("audit", "checkpoint").out, key(logged))
    decide(logged)
    now = checked(logged.run("audit", "checkpoint").out, key(logged))
    proof = logged.run("audit", "proof", "--from", str(before.size)).json
    assert (proof["from"], proof["to"]) == (before.size, now.size)
    path = [*map(b64decode, proof["path"])]
    check_consistency(before.size, now.size, before.root, now.root, path)


@pytest.mark.parametrize(
    ("table", "statement", "told"),
    [
        (
            "entry",
            "UPDATE entry SET leaf = CAST(replace(leaf, 'sales', 'SALES') || ' ' AS BLOB)",
            "its leaf|bytes",
        ),
        ("entry", "UPDATE entry SET sealed = CAST(sealed || x'00' AS BLOB)", "sealed part"),
        ("entry", "UPDATE entry SET sealed = CAST(x'c0ff' AS TEXT)", "cannot be read"),
        ("entry", "UPDATE entry SET at = '2020-01-01T00:00:00.000000Z'", "another id, kind or time"),
        ("entry", "UPDATE entry SET kind = 'simulation'", "another id, kind or time"),
        ("entry", "DELETE FROM entry", "row is gone"),
        ("decision", "UPDATE decision SET outcome = 'other'", "columns by which the decision is found"),
        ("decision", "UPDATE decision SET rules = ''", "columns by which the decision is found"),
        (
            "decision",
            "UPDATE decision SET requester = zeroblob(16)",
            "columns by which the decision is found",
        ),
        ("decision", "UPDATE decision SET asked_by = zeroblob(16)", "columns by which the decision is found"),
        ("decision", "UPDATE decision SET decided_at = '2020-01-01T00:00:00.000000Z'", "columns by which"),
        ("decision", "DELETE FROM decision", "leaf and decisions differ"),
        ("place", "UPDATE place SET hash = x'00'", "another hash"),
        ("place", "DELETE FROM place", "stands in its place"),
    ],
)
def test_a_change_in_the_database_is_found_at_its_entry(logged, decisions, table, statement, told):
    index = logged.run("audit", "proof", decisions[1]["id"]).json["index"]
    where = f"id = x'{decisions[1]['id'].replace('-', '')}'"
    changed(logged, table, f"{statement} WHERE {where}")
    code, found = verified(logged)
    assert (code, found["whole"], found["first"]) == (1, False, index)
    assert any(one in found["fault"] for one in told.split("|"))


@pytest.mark.parametrize("columns", [0, 1])
def test_of_two_changes_that_of_the_earlier_entry_is_told(logged, decisions, columns):
    index = logged.run("audit", "proof", decisions[0]["id"]).json["index"]
    changed(logged, "decision", f"UPDATE decision SET rules = '' WHERE id = {blob(decisions[columns])}")
    changed(logged, "entry", f"UPDATE entry SET sealed = x'00' WHERE id = {blob(decisions[1 - columns])}")
    code, found = verified(logged)
    told = "its sealed part" if columns else "the columns by which"
    assert (code, found["first"], told in found["fault"]) == (1, index, True)


@pytest.mark.parametrize(
    ("table", "statement", "told"),
    [
        ("decision", "UPDATE decision SET customer = zeroblob(16)", "another `customer`"),
        ("decision", "UPDATE decision SET reference = zeroblob(16)", "another `reference`"),
        ("decision", "UPDATE decision SET reasons = ' OTHER '", "another `reasons`"),
    ],
)
def test_what_no_leaf_tells_is_held_against_the_sealed_part_by_a_replay(
    logged, decisions, table, statement, told
):
    index = logged.run("audit", "proof", decisions[1]["id"]).json["index"]
    changed(logged, table, f"{statement} WHERE id = {blob(decisions[1])}")
    assert verified(logged)[0] == 0
    code, found = verified(logged, "--replay")
    assert (code, found["whole"], found["first"]) == (1, False, index)
    assert told in found["fault"]


@pytest.mark.parametrize(
    ("table", "statement", "told"),
    [
        ("decision", "UPDATE decision SET outcome_kind = 'referral' WHERE id = {}", "another `outcome_kind`"),
        (
            "entry",
            "UPDATE entry SET key_id = zeroblob(16) WHERE id = {}",
            "no entry says that it was destroyed",
        ),
        ("referral", "INSERT INTO referral VALUES ({}, 'reminders', NULL)", "a row of `referral`"),
    ],
)
def test_what_leaf_and_ruleset_say_together_is_found_without_a_replay(
    logged, decisions, table, statement, told
):
    index = logged.run("audit", "proof", decisions[1]["id"]).json["index"]
    changed(logged, table, statement.format(blob(decisions[1])))
    code, found = verified(logged)
    assert (code, found["first"], told in found["fault"]) == (1, index, True)


def test_a_data_key_that_was_lost_is_found_without_a_replay(logged, decisions):
    index = logged.run("audit", "proof", decisions[0]["id"]).json["index"]
    with sqlite3.connect(logged.folder / "keys.db") as connection:
        connection.execute("DELETE FROM wrapped_key WHERE subject <> ?", (ROOT,))
    connection.close()
    code, found = verified(logged)
    assert (code, found["first"] <= index) == (1, True)
    assert "no entry says that it was destroyed" in found["fault"]


def test_what_was_verified_before_is_not_read_again(logged, decisions):
    size = verified(logged)[1]["entries"]
    decide(logged)
    later = verified(logged)[1]["entries"]
    assert later > size
    code, found = verified(logged, "--from", size, "--replay")
    assert (code, found["entries"], found["from"], found["identical"]) == (0, later, size, 1)
    assert f"those before {size} were not read" in logged.run("audit", "verify", "--from", size).out
    assert verified(logged, "--from", later)[0] == 0
    nowhere = logged.run("audit", "verify", "--from", later + 7)
    assert (nowhere.code, "No checkpoint of" in nowhere.err, f"{later}" in nowhere.err) == (2, True, True)
    changed(logged, "entry", f"UPDATE entry SET sealed = x'00' WHERE id = {blob(decisions[0])}")
    assert verified(logged)[0] == 1
    assert verified(logged, "--from", size)[0] == 0
    changed(logged, "place", "UPDATE place SET hash = zeroblob(32) WHERE place = 0")
    code, found = verified(logged, "--from", size)
    assert (code, found["first"]) == (1, None)
    assert f"the stored tree of the first {size} entries is not the one that was signed" in found["fault"]


@pytest.mark.parametrize("content", ["", "words\n", "KEY", "NOTE"])
def test_a_file_that_holds_no_checkpoint_is_not_taken_for_evidence(logged, content):
    kept = {"KEY": str(key(logged)), "NOTE": logged.run("audit", "checkpoint").out[:-30]}
    logged.write("kept.txt", kept.get(content, content))
    done = logged.run("audit", "verify", "--checkpoint", "kept.txt")
    assert (done.code, "kept.txt is not a file of checkpoints" in done.err) == (2, True)


def test_a_proof_is_not_given_from_a_damaged_tree(logged, decisions):
    changed(logged, "place", "UPDATE place SET hash = zeroblob(32) WHERE place = 0")
    for words in (
        (decisions[0]["id"],),
        (decisions[2]["id"],),
        ("--from", "1"),
        ("--from", "2", "--to", "3"),
    ):
        done = logged.run("audit", "proof", *words)
        assert (done.code, done.out) == (1, "")
        assert "does not lead to the signed head" in done.err
    changed(logged, "place", "DELETE FROM place WHERE place = 0")
    done = logged.run("audit", "proof", decisions[2]["id"])
    assert (done.code, "rows are missing" in done.err) == (1, True)


def test_what_comes_behind_an_earlier_checkpoint_is_found(logged):
    size = verified(logged)[1]["entries"]
    later = decide(logged)
    index = logged.run("audit", "proof", later["id"]).json["index"]
    changed(logged, "entry", f"UPDATE entry SET sealed = x'00' WHERE id = {blob(later)}")
    code, found = verified(logged, "--from", size)
    assert (code, found["first"]) == (1, index)


def test_keys_that_followed_one_another_before_that_checkpoint_are_known(logged):
    logged.run("audit", "rotate")
    decide(logged)
    size = verified(logged)[1]["entries"]
    logged.run("audit", "rotate")
    last = verified(logged)[1]["entries"]
    decide(logged)
    for start in (size, last):
        assert verified(logged, "--from", start)[0] == 0


def test_what_is_cut_off_or_slipped_in_is_found(logged):
    size = verified(logged)[1]["entries"]
    changed(
        logged,
        "place",
        f"DELETE FROM place WHERE place >= {size - 2}",
        f"UPDATE tree_head SET size = {size - 2}",
    )
    code, found = verified(logged)
    assert (code, found["first"], found["end"]) == (1, size - 2, size)
    assert "do not add up" not in found["fault"]


def test_a_head_that_was_taken_away_is_found(logged):
    changed(logged, "place", "DELETE FROM place", "UPDATE tree_head SET size = 0, note = NULL")
    code, found = verified(logged)
    assert (code, found["first"]) == (1, 0)


def test_a_place_behind_the_head_is_found(logged):
    changed(
        logged, "entry", "INSERT INTO entry SELECT x'00', kind, at, leaf, sealed, key_id FROM entry LIMIT 1"
    )
    changed(logged, "place", "INSERT INTO place SELECT 99, x'00', hash FROM place LIMIT 1")
    code, found = verified(logged)
    assert (code, "behind the head" in found["fault"]) == (1, True)


def test_an_entry_beside_the_tree_is_found(logged):
    changed(
        logged, "entry", "INSERT INTO entry SELECT x'00', kind, at, leaf, sealed, key_id FROM entry LIMIT 1"
    )
    code, found = verified(logged)
    assert (code, found["first"]) == (1, None)
    assert "do not add up" in found["fault"]


def test_a_log_of_which_places_and_head_were_rewritten_is_found_by_the_checkpoints_outside(logged):
    """All that can be rewritten without the key; the export's own head is what it was."""
    size = verified(logged)[1]["entries"]
    older = (logged.folder / "termwise.db").read_bytes()
    decide(logged)
    (logged.folder / "termwise.db").write_bytes(older)
    for name in ("termwise.db-wal", "termwise.db-shm"):
        (logged.folder / name).unlink(missing_ok=True)
    code, found = verified(logged)
    assert (code, found["first"], found["end"]) == (1, size, size + 1)
    done = logged.run("decide", "reminders", "-", "--as-of", "2026-01-15", stdin=json.dumps(FACTS))
    assert done.code == 0
    assert logged.run("audit", "verify").code == 1


def test_the_first_difference_of_a_replay_is_named(logged):
    """A text that decides otherwise, under the old digest, as if the rules had been bent."""
    folder = logged.folder
    assert logged.run("audit", "export", "log.ndjson", "--keys", "keys.ndjson").code == 0
    lines = (folder / "log.ndjson").read_text("utf-8").splitlines()
    keys = [json.loads(line) for line in (folder / "keys.ndjson").read_text("utf-8").splitlines()]
    for one in keys:
        one["key"] = "00" * 32
    logged.write("others.ndjson", "".join(json.dumps(one) + "\n" for one in keys))
    done = logged.run("audit", "verify", "log.ndjson", "--replay", "--keys", "others.ndjson")
    assert (done.code, "does not open it" in done.err) == (2, True)
    assert len(lines) > 3


def test_a_new_key_signs_from_then_on_and_everything_verifies(logged):
    first = logged.run("audit", "init").out.strip()
    old = (logged.folder / "signing.key").read_bytes()
    second = logged.run("audit", "rotate").out.strip()
    assert second not in ("", first)
    assert (logged.folder / "signing.key").read_bytes() != old
    third = logged.run("audit", "rotate").out.strip()
    decision = decide(logged)
    assert promised(decision["receipt"], VerifyingKey.parse(third))
    checked(logged.run("audit", "checkpoint").out, VerifyingKey.parse(third))
    assert verified(logged)[0] == 0
    assert verified(logged, "--key", first)[0] == 0
    code, found = verified(logged, "--key", third)
    assert (code, "did not sign the key" in found["fault"]) == (1, True)
    assert not [path for path in logged.folder.iterdir() if path.name.endswith(".next")]


def test_an_interrupted_rotation_is_finished_by_the_same_command(logged):
    old = (logged.folder / "signing.key").read_bytes()
    new = logged.run("audit", "rotate").out
    (logged.folder / "signing.key").replace(logged.folder / "signing.key.next")
    (logged.folder / "signing.key").write_bytes(old)
    (logged.folder / "signing.key").chmod(0o600)
    assert logged.run("audit", "rotate").out == new
    decide(logged)
    assert verified(logged)[0] == 0


def test_a_key_is_made_before_the_first_start_and_shown_again(empty_shell):
    made = empty_shell.run("audit", "init")
    assert made.code == 0
    assert "was made" in made.err
    assert VerifyingKey.parse(made.out).name == "termwise.local/log"
    again = empty_shell.run("audit", "init")
    assert (again.out, "was there already" in again.err) == (made.out, True)
    assert (empty_shell.folder / "checkpoints" / "key").read_text("utf-8") == made.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("proof",), "name an entry"),
        (("proof", "01a1fdfa-4600-7745-ae29-13933c97b0f9"), "no entry"),
        (("proof", "--from", "99999"), "no such proof"),
        (("verify", "termwise.db", "--replay"), "needs --keys"),
        (("verify", "nowhere"), "does not exist"),
        (("export", "termwise.db"), "is there already"),
        (("verify", "--key", "x"), "not the line of a key"),
    ],
)
def test_what_cannot_be_done_is_said(logged, words, told):
    done = logged.run("audit", *words)
    assert done.code in (1, 2)
    assert told in done.err + done.out


def test_the_sequencer_is_for_postgresql(shell):
    done = shell.run("sequencer")
    assert (done.code, "On SQLite the server signs" in done.err) == (2, True)
