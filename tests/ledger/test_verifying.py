"""The verifier: what is whole is whole, and of what was changed it names the first bad entry."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.ledger import verifying
from app.ledger.checkpoint import Head as SignedHead
from app.ledger.leaf import leaf_hash
from app.ledger.verifying import Fault, Key, Part, conclude, heads, held, verify
from tests.ledger import naive
from tests.ledger.exports import DIGEST, KEYS, LOG, RULESET, START, entry, head_line, line, log, text_line

SIZE = 30
FRAME = "the first lines are not the log's name and rulesets, or the last is no head"
WHOLE = log(SIZE)
KEY = Key(str(KEYS[0].verifying))


@pytest.fixture
def judge(tmp_path):
    """Says of an export's bytes how many entries it holds, or raises the fault."""

    def judged(export: bytes, outside: str = "", key: Key = KEY) -> int:
        path = tmp_path / "export.ndjson"
        path.write_bytes(export)
        return verify(str(path), key, heads(outside) if outside else [])

    return judged


def lines(count: int = SIZE) -> list[bytes]:
    return list(WHOLE.lines[:count])


def other(index: int, shown_as: int | None = None, seed: int = 1) -> bytes:
    """A line of our own making: an entry that its own hashes fit, but that was never signed."""
    leaf, sealed, decision = entry(index, seed)
    return line(index if shown_as is None else shown_as, leaf, sealed, decision)


def half_an_id(leaf: bytes) -> bytes:
    """The leaf with an id that looks like one and is no whole number of bytes."""
    return re.sub(rb'"id":"[^"]{36}"', b'"id":"' + b"a" + 35 * b"-" + b'"', leaf)


def renumbered(entries: list[bytes]) -> list[bytes]:
    return [b'{"index":%d,' % place + one.partition(b",")[2] for place, one in enumerate(entries)]


def test_a_log_is_whole(judge):
    assert judge(WHOLE.export()) == SIZE


def test_every_earlier_checkpoint_is_one_of_it(judge):
    assert judge(WHOLE.export(), "".join(WHOLE.notes.values())) == SIZE
    assert judge(WHOLE.export(), WHOLE.notes[7] + "\n— torn off") == SIZE


@pytest.mark.parametrize("piece", [1, 900, 5_000, 10**9])
def test_pieces_of_any_size_make_one_log(judge, monkeypatch, piece):
    monkeypatch.setattr(verifying, "PIECE_BYTES", piece)
    assert judge(WHOLE.export()) == SIZE
    for place in (0, 13, SIZE - 1):
        with pytest.raises(Fault) as fault:
            judge(
                WHOLE.export(renumbered([*lines(place), other(place), *lines()[place + 1 :]])),
                WHOLE.notes[place] if place else "",
            )
        assert (fault.value.index, fault.value.end) == (place, SIZE)


@pytest.mark.parametrize("place", [0, 1, 11, SIZE - 1])
@pytest.mark.parametrize(
    ("told", "spoil"),
    [
        ("another hash", lambda at: line(at, *entry(at), hash=leaf_hash(b"another"))),
        ("sealed part is not the leaf's", lambda at: line(at, entry(at)[0], b"other", entry(at)[2])),
        ("differ on whether it is one", lambda at: line(at, *entry(at)[:2], not entry(at)[2])),
        ("not of the form", lambda at: WHOLE.lines[at].replace(b'"hash"', b'"HASH"')),
        ("not of the form", lambda at: WHOLE.lines[at].replace(b",", b", ", 1)),
        ("not of the form", lambda at: b"\n"),
        ("not of the form", lambda at: WHOLE.lines[at][:100] + b"\n"),
        ("not of the form", lambda at: line(at, half_an_id(entry(at)[0]), *entry(at)[1:])),
    ],
)  # fmt: skip
def test_a_bad_line_is_named(judge, place, told, spoil):
    with pytest.raises(Fault, match=told) as fault:
        judge(WHOLE.export([*lines(place), spoil(place), *lines()[place + 1 :]]))
    assert fault.value.index == place


@pytest.mark.parametrize("place", [0, 1, 11, SIZE - 2])
def test_deleting_inserting_swapping_and_doubling_name_the_place(judge, place):
    entries = lines()
    deleted = [*entries[:place], *entries[place + 1 :]]
    inserted = [*entries[:place], other(place, seed=2), *entries[place:]]
    swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
    for changed, first in ((deleted, place), (inserted, place + 1), (swapped, place)):
        with pytest.raises(Fault, match="stands in its place") as fault:
            judge(WHOLE.export(changed))
        assert fault.value.index == first


@pytest.mark.parametrize("place", [0, 1, 11, SIZE - 2])
def test_the_same_with_new_numbers_lies_between_two_checkpoints(judge, place):
    entries = lines()
    outside = "".join(WHOLE.notes[size] for size in range(5, SIZE, 5))
    deleted = [*entries[:place], *entries[place + 1 :], other(SIZE)]
    inserted = [*entries[:place], other(place, seed=2), *entries[place : SIZE - 1]]
    swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
    for changed in (deleted, inserted, swapped):
        with pytest.raises(Fault, match="is not what was signed") as fault:
            judge(WHOLE.export(renumbered(changed)), outside)
        assert (fault.value.index, fault.value.end) == (place - place % 5, place - place % 5 + 5)


@pytest.mark.parametrize("left", [0, 1, 17, SIZE - 1])
def test_what_was_cut_off_is_missing_from_there(judge, left):
    with pytest.raises(Fault, match="are missing") as fault:
        judge(WHOLE.export(lines(left)))
    assert (fault.value.index, fault.value.end) == (left, SIZE)


@pytest.mark.parametrize("left", [1, 17, SIZE - 1])
def test_cut_lines_under_an_older_genuine_head_are_told_by_a_newer_checkpoint(tmp_path, left):
    """It is what an honest export of that time looks like, so it passes, and says how much came later."""
    (tmp_path / "older").write_bytes(WHOLE.export(lines(left), left))
    outside = heads("".join(WHOLE.notes.values()))
    assert verify(str(tmp_path / "older"), KEY, outside) == left
    assert held(outside, left).split("\n") == [
        f"held against {left} checkpoints kept outside, newest: {left} entries",
        f"older than the newest one given: {SIZE - left} entries came later",
    ]


@pytest.mark.parametrize("left", [0, 1, 17, SIZE - 1])
def test_a_later_checkpoint_excuses_no_line_below_the_head(judge, left):
    with pytest.raises(Fault, match="are missing") as fault:
        judge(WHOLE.export(lines(left), SIZE - 1 if left < SIZE - 1 else SIZE), WHOLE.notes[SIZE])
    assert fault.value.index == left


def test_a_head_made_smaller_for_cut_lines_is_not_signed(judge):
    smaller = WHOLE.export(lines(17)).replace(b"\\n30\\n", b"\\n17\\n")
    with pytest.raises(Fault, match="is not signed for"):
        judge(smaller, WHOLE.notes[SIZE])


@pytest.mark.parametrize("first", [b"[" * 100_000, b'{"export":1,"log":5}\n'])
def test_what_cannot_be_parsed_is_refused(judge, first):
    for export in (first, first + b"".join(WHOLE.lines) + b'{"checkpoint":5}\n'):
        with pytest.raises(Fault, match=FRAME):
            judge(export)


@pytest.mark.parametrize("name", ["hash", "leaf", "sealed"])
@pytest.mark.parametrize("digits", [b"zz", b"AA", b" 1", b"_0", b"1"])
def test_what_is_not_hexadecimal_in_small_letters_is_not_of_the_form(judge, name, digits):
    spoilt = re.sub(b'"%s":"..' % name.encode(), b'"%s":"%s' % (name.encode(), digits), WHOLE.lines[4])
    with pytest.raises(Fault, match="entry 4: its line is not of the form of an entry"):
        judge(WHOLE.export([*lines(4), spoilt, *lines()[5:]]))


def test_without_a_head_at_its_end_nothing_is_signed(judge):
    with pytest.raises(Fault, match="under no signed head") as fault:
        judge(b"".join((*START, *WHOLE.lines)), WHOLE.notes[20])
    assert (fault.value.index, fault.value.end) == (20, SIZE)


def test_what_stands_behind_the_head_is_not_signed(judge):
    with pytest.raises(Fault, match="under no signed head") as fault:
        judge(WHOLE.export(size=20))
    assert (fault.value.index, fault.value.end) == (20, SIZE)


def test_an_entry_twice_is_one_too_many(judge):
    """Signed as it is, so the log itself is at fault."""
    twice = log(12, made=lambda index, **clear: entry(4 if index == 9 else index, **clear))
    with pytest.raises(Fault, match="id is that of an earlier one") as fault:
        judge(twice.export())
    assert fault.value.index == 9


def test_a_head_that_another_key_signed_is_none(judge):
    root = naive.root([leaf_hash(entry(at)[0]) for at in range(SIZE)])
    forged = SignedHead(LOG, SIZE, root).signed(KEYS[1])
    with pytest.raises(Fault, match="is not signed for"):
        judge(b"".join((*START, *WHOLE.lines, head_line(forged))))


def test_a_log_of_another_name_is_another_log(judge):
    with pytest.raises(Fault, match="not of the form of one of this log"):
        judge(WHOLE.export().replace(LOG.encode(), b"another.test/log", 1))


@pytest.mark.parametrize(
    "first", [b"", b"{}\n", b'{"export":2,"log":"x"}\n', b'{"export": 1,"log":"x"}\n', b"\xff\n"]
)
def test_what_is_no_export_is_refused(judge, first):
    with pytest.raises(Fault, match=FRAME):
        judge(first + WHOLE.export().partition(b"\n")[2])


MORE = b"language: 2\n"


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ([], f"ruleset {DIGEST}: an entry names it, and its text is not there"),
        ([text_line(RULESET)] * 2, FRAME),
        ([text_line(MORE, DIGEST)], FRAME),
        ([text_line(MORE)], f"ruleset {DIGEST}: an entry names it, and its text is not there"),
        ([text_line(RULESET), text_line(MORE)], "no entry names it"),
        ([text_line(RULESET).replace(b":", b": ", 1)], FRAME),
        ([text_line(RULESET).replace(b'"6', b'"7')], FRAME),
    ],
)
def test_each_ruleset_that_an_entry_names_has_one_text_and_no_other_has(judge, texts, told):
    with pytest.raises(Fault, match=re.escape(told)) as fault:
        judge(b"".join((START[0], *texts, *WHOLE.lines, head_line(WHOLE.notes[SIZE]))))
    assert fault.value.index == (0 if "an entry" in told else None)


@pytest.mark.parametrize("place", [1, 11, SIZE])
def test_a_ruleset_s_text_stands_before_the_entries(judge, place):
    moved = [*lines(place), START[1], *lines()[place:]]
    for start in (START, START[:1]):
        with pytest.raises(Fault, match=f"entry {place}: its line is not of the form of an entry"):
            judge(b"".join((*start, *moved, head_line(WHOLE.notes[SIZE]))))


@pytest.mark.parametrize(
    "note", [WHOLE.notes[SIZE] * 2, "words\n" + WHOLE.notes[SIZE], WHOLE.notes[SIZE] + "words", ""]
)
def test_the_last_line_holds_one_checkpoint_and_nothing_else(judge, note):
    with pytest.raises(Fault, match=FRAME):
        judge(b"".join((*START, *WHOLE.lines, head_line(note))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "the log is whole, believe me\n",
        KEY.line,
        WHOLE.notes[7][:-20],
        WHOLE.notes[7].replace("\n7\n", "\n-7\n"),
        WHOLE.notes[7].replace("\n7\n", "\n0\n"),
        WHOLE.notes[7].replace("\n7\n", "\n07\n"),
        WHOLE.notes[7].replace("\n7\n", "\n1_0\n"),
        WHOLE.notes[7].replace("\n7\n", "\nreceipt\n"),
        WHOLE.notes[7].replace("\n7\n", f"\n{'9' * 5_000}\n"),
        "x" * 200_000,
    ],
)
def test_a_text_without_a_checkpoint_is_no_file_of_them(text):
    with pytest.raises(Fault, match="kept is not a file of checkpoints"):
        heads(text, "kept")


def test_it_says_when_it_was_held_against_nothing():
    assert held([], SIZE) == "held against 0 checkpoints kept outside, newest: 0 entries"


@pytest.mark.parametrize("rotations", [(0,), (5,), (SIZE - 1,), (5, 17)])
def test_keys_follow_one_another_as_the_log_says(judge, rotations):
    rotated = log(SIZE, rotations=rotations)
    every = "".join(rotated.notes.values())
    assert judge(rotated.export(), every) == SIZE
    for size in (rotations[0] + 1, rotations[0] + 2):
        if size in rotated.notes:
            assert judge(rotated.export(rotated.lines[:size], size)) == size


def test_a_key_that_the_one_in_force_did_not_name_is_none(judge):
    rotated = log(SIZE, rotations=(5,))
    with pytest.raises(Fault, match="did not sign the key") as fault:
        judge(rotated.export(), key=Key(str(KEYS[2].verifying)))
    assert fault.value.index == 5
    root = naive.root([leaf_hash(entry(at)[0]) for at in range(SIZE)])
    with pytest.raises(Fault, match="is not signed for"):
        judge(b"".join((*START, *rotated.lines, head_line(SignedHead(LOG, SIZE, root).signed(KEYS[0])))))


def test_every_bit_of_a_line_counts():
    """The long campaign (`make tampering`) does this for each of 200 lines."""
    for at in (1, 3):
        for bit in range(8 * len(WHOLE.lines[at])):
            changed = bytearray(WHOLE.lines[at])
            changed[bit // 8] ^= 1 << bit % 8
            with pytest.raises((Fault, ValueError, LookupError, TypeError)):
                Part(first=at).read(LOG.encode(), bytes(changed))


@pytest.mark.parametrize("part", ["start", "head"])
def test_every_byte_before_and_behind_the_entries_counts(judge, part):
    short = log(2)
    start, whole = b"".join(START), short.export()
    behind = len(start) + sum(map(len, short.lines))
    for place in range(len(start)) if part == "start" else range(behind, len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        with pytest.raises(Fault):
            judge(bytes(changed))


@pytest.mark.parametrize("line", ["", "a+b", f"{KEY.line}x", KEY.line.replace("+", "-"), "x+00000000+AAAA"])
def test_what_is_no_key_is_refused(line):
    with pytest.raises(Fault, match="not the line of a key"):
        Key(line)


def test_nothing_is_concluded_from_nothing():
    with pytest.raises(Fault, match="under no signed head"):
        conclude([], LOG, KEY, [], [])


def test_it_runs_alone_with_the_standard_library_and_cryptography(tmp_path):
    export, checkpoints, alone = tmp_path / "e", tmp_path / "c", tmp_path / "alone.py"
    alone.write_text(Path(verifying.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    checkpoints.write_text(WHOLE.notes[7] + WHOLE.notes[9], encoding="utf-8")

    def said(log: bytes) -> tuple[int, str]:
        export.write_bytes(log)
        command = [sys.executable, "-I", str(alone), str(export), KEY.line, str(checkpoints)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        return done.returncode, done.stdout + done.stderr

    held_against = "held against 2 checkpoints kept outside, newest: 9 entries\n"
    assert said(WHOLE.export()) == (0, f"{SIZE} entries, all as they were signed\n{held_against}")
    changed = WHOLE.export(renumbered([*lines(8), other(8), *lines()[9:]]))
    assert said(changed) == (1, "one of the entries 7 to 8 is not what was signed\n")
    assert said(b"[" * 100_000)[0] == 1
    (tmp_path / "k").write_text(KEY.line, encoding="utf-8")
    given = ("e", KEY.line)
    for words in (
        (),
        ("e",),
        ("none", KEY.line),
        (*given, "none"),
        (*given, "k"),
        ("e", "x"),
        (".", KEY.line),
    ):
        command = [sys.executable, "-I", str(alone), *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_it_imports_nothing_else():
    tree = ast.parse(Path(verifying.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in imported}
    assert tops - sys.stdlib_module_names == {"cryptography"}
