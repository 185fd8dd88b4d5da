"""``termwise rulesets``: check, list, show, export, sync, publish-list."""

from __future__ import annotations

import re
from hashlib import sha256

from tests.cli.shell import RULESETS

TEXT = (RULESETS / "reminders" / "1.0.0.yaml").read_text("utf-8")


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_sound_text_is_counted_and_gives_no_finding(empty_shell) -> None:
    done = empty_shell.run("rulesets", "check", "--all", "--samples", "50")
    assert done.code == 0
    assert re.search(r"reminders 1.0.0 +5 +5 +2 +[0-9]+ +10, 1 refuted +0\n", done.out)
    assert "no example or case stands at 1 of its 1 thresholds" in done.out
    assert "1 file, 0 findings" in done.out


def test_one_number_changed_in_a_copy_names_the_rule_threshold_and_line(empty_shell) -> None:
    text = TEXT.replace("second_day: {type: days, value: 10", "second_day: {type: days, value: 20")
    copy = empty_shell.write("copy.yaml", text)
    done = empty_shell.run("rulesets", "check", copy, "--samples", "0")
    assert done.code == 1
    rule, parameter = line_of(text, "- id: second-reminder"), line_of(text, "second_day: {")
    finding = next(line for line in done.out.splitlines() if "`fires_on` does not hold" in line)
    assert finding.startswith(
        f"{copy}:{rule}: rule `second-reminder` (line {rule}): `fires_on` does not hold"
    )
    assert (
        f"days_late is 10, and the test is `>= second_day` with second_day = 20 (line {parameter})" in finding
    )
    case = next(line for line in done.out.splitlines() if "case `A late second reminder`" in line)
    assert case.startswith(f"{copy}:{line_of(text, 'name: A late second')}: ")


def test_a_text_that_does_not_load_is_told_fault_by_fault(empty_shell) -> None:
    text = TEXT.replace("when: {days_late: ", "when: {days_lat: ").replace("value: 10", "value: ten")
    copy = empty_shell.write("copy.yaml", text)
    done = empty_shell.run("rulesets", "check", copy)
    assert done.code == 1
    for part in ("days_lat: ", "value: ten"):
        assert any(line.startswith(f"{copy}:{line_of(text, part)}: ") for line in done.out.splitlines()), part


def test_a_rule_and_an_outcome_that_nothing_shows_are_findings(empty_shell) -> None:
    text = TEXT.replace('    fires_on: {disputed: "yes"}\n    not_on: {disputed: "no"}\n', "")
    text = text.replace("otherwise:", "- {id: sue, kind: adverse, label: {en: Sue, zh: 起诉}}\notherwise:", 1)
    copy = empty_shell.write("copy.yaml", text)
    done = empty_shell.run("rulesets", "check", copy, "--samples", "0")
    assert done.code == 1
    rule = line_of(text, "- id: in-dispute")
    assert f"{copy}:{rule}: rule `in-dispute` is effective in no example or case" in done.out
    assert f"{copy}:1: no rule sets the outcome sue" in done.out
    assert "1 file, 2 findings" in done.out


def test_a_gap_of_a_table_is_a_finding_with_its_line(empty_shell) -> None:
    text = TEXT.replace('when: ["< 95"]', 'when: ["< 90"]')
    copy = empty_shell.write("copy.yaml", text)
    done = empty_shell.run("rulesets", "check", copy, "--samples", "0")
    assert done.code == 1
    assert any(
        line.startswith(f"{copy}:{line_of(text, 'table: classes')}: ") for line in done.out.splitlines()
    )


def test_rules_that_conflict_on_made_up_facts_are_a_finding_with_the_facts(empty_shell) -> None:
    text = TEXT.replace('when: [">= 95"]', 'when: [">= 94"]')
    copy = empty_shell.write("copy.yaml", text)
    done = empty_shell.run("rulesets", "check", copy, "--samples", "400")
    assert done.code == 1
    assert (
        f"{copy}:{line_of(text, 'id: class-good')}: RULES_CONFLICT: rules class-good, class-weak" in done.out
    )
    assert "for example, on the baseline with due_date " in done.out


def test_a_file_under_a_wrong_name_and_edited_history_are_findings(empty_shell) -> None:
    folder = empty_shell.folder / "rulesets" / "reminders"
    (folder / "1.1.0.yaml").write_text(TEXT, "utf-8")
    (folder / "1.0.0.yaml").write_text(TEXT + "# edited\n", "utf-8")
    done = empty_shell.run("rulesets", "check", "--all", "--samples", "0")
    assert done.code == 1
    assert "1.1.0.yaml:1: the text says reminders 1.0.0, and the file is reminders/1.1.0.yaml" in done.out
    assert "1.0.0.yaml: differs from PUBLISHED" in done.out


def test_files_that_are_not_there_are_one_clear_line(empty_shell) -> None:
    done = empty_shell.run("rulesets", "check", "nowhere.yaml")
    assert (done.code, done.out, done.err) == (2, "", "nowhere.yaml: No such file or directory\n")
    assert empty_shell.run("rulesets", "check").err == "Error: name the files, or give --all\n"


def test_sync_drafts_bootstraps_once_and_refuses_a_changed_version(empty_shell) -> None:
    done = empty_shell.run("rulesets", "sync", "--bootstrap")
    assert done.out == "drafted: reminders 1.0.0\nin force: reminders 1.0.0\n"
    assert empty_shell.run("rulesets", "sync").out == "known before: reminders 1.0.0\n"
    path = empty_shell.folder / "rulesets" / "reminders" / "1.0.0.yaml"
    path.write_text(TEXT + "# edited\n", "utf-8")
    refused = empty_shell.run("rulesets", "sync")
    assert refused.code == 2
    assert "reminders 1.0.0 is already known with another text" in refused.err


def test_list_show_and_export_read_the_store(shell) -> None:
    (listed,) = shell.run("rulesets", "list", "--json").json
    digest = f"sha256:{sha256(TEXT.encode()).hexdigest()}"
    assert (listed["policy"], listed["version"], listed["state"]) == ("reminders", "1.0.0", "active")
    assert listed["digest"] == digest
    shown = shell.run("rulesets", "show", "reminders").out
    for part in (
        digest,
        "Due date",
        "second_day",
        "10",
        "S1:L1",
        "recalled from rung by reference",
        "5 rules, 2 cases",
    ):
        assert part in shown
    assert "到期日" in shell.run("rulesets", "show", "reminders", "1.0.0", "--lang", "zh").out
    assert shell.run("rulesets", "show", "reminders", "--json").json["policy"] == "reminders"
    assert shell.run("rulesets", "export", "reminders", "1.0.0").out == TEXT
    assert shell.run("rulesets", "export", "reminders", "1.0.0", "--out", "text.yaml").code == 0
    assert (shell.folder / "text.yaml").read_bytes() == TEXT.encode()


def test_a_version_that_is_not_there_is_told(shell) -> None:
    done = shell.run("rulesets", "show", "reminders", "2.0.0")
    assert (done.code, done.err) == (2, "reminders has no version 2.0.0; it has 1.0.0.\n")


def test_publish_list_adds_new_texts_and_never_rewrites_history(empty_shell) -> None:
    folder = empty_shell.folder / "rulesets"
    before = (folder / "PUBLISHED").read_text("utf-8")
    assert f"{sha256(TEXT.encode()).hexdigest()}  reminders/1.0.0.yaml\n" in before
    (folder / "reminders" / "1.1.0.yaml").write_text(
        TEXT.replace("version: 1.0.0", "version: 1.1.0"), "utf-8"
    )
    assert "added: reminders/1.1.0.yaml" in empty_shell.run("rulesets", "publish-list").out
    (folder / "reminders" / "1.0.0.yaml").write_text(TEXT + "# edited\n", "utf-8")
    refused = empty_shell.run("rulesets", "publish-list")
    assert refused.code == 2
    assert "reminders/1.0.0.yaml: published, and changed or removed since" in refused.err


def test_a_rule_of_more_alternatives_than_the_engines_carry_is_a_finding(empty_shell) -> None:
    words = ", ".join(f"W{number}" for number in range(8))
    kind = f"type: list of choice, values: [{words}], label: {{en: L, zh: L}}"
    facts = "".join(f"  list_{name}: {{{kind}}}\n" for name in "abc")
    many = f'list_a: "{words}", list_b: "{words}", list_c: "{words}"'
    rule = (
        f"  - id: of-many\n    label: {{en: M, zh: M}}\n    when: {{{many}}}\n"
        '    then: {outcome: refer, reason: IN_DISPUTE}\n    source: "S0:L1"\n'
    )
    text = TEXT.replace("\nparameters:", f"\n{facts}\nparameters:", 1)
    text = text.replace("  - id: in-dispute\n", f"{rule}  - id: in-dispute\n", 1)
    text = text.replace("baseline: {", "baseline: {list_a: [], list_b: [], list_c: [], ", 1)
    copy = empty_shell.write("copy.yaml", text)
    done = empty_shell.run("rulesets", "check", copy, "--samples", "0")
    assert done.code == 1
    line = line_of(text, "- id: of-many")
    assert f"rule `of-many` (line {line}) has 512 disjoint alternatives; split it into several" in done.out
