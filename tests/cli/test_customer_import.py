"""``termwise customers import`` ..."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.shell import Shell

RULES = """
facts_from_decisions:
- policy: reminders
  outcome_kinds: [conditional]
  facts: {last_action: rung, last_open: open_amount, contacted: as_of}
"""


@pytest.fixture
def filing(shell: Shell) -> Shell:
    """A shell whose decisions write facts, so that these can be filed, too."""
    rules = shell.write("rules.yaml", RULES)
    return replace(shell, environment={**shell.environment, "TERMWISE_CUSTOMER_RULES": str(rules)})


def table(shell: Shell, *rows: str) -> Path:
    return shell.write("customers.csv", "\n".join(["customer,last_action", *rows, ""]))


def test_files_rows_tells_the_refused_and_changes_nothing_when_given_again(filing: Shell) -> None:
    choice = "FIRST"
    rows = table(filing, f"C-1,{choice}", "C-2,nothing", "C-3", f"C-4,{choice}")
    words = ("customers", "import", rows, "--source", "erp", "--as-of", "2026-01-01", "--json")
    tried = filing.run(*words, "--dry-run", "--report", "refused.csv")
    assert tried.code == 1, tried.err
    assert (tried.json["import"], tried.json["read"], tried.json["refused"]) == (None, 4, 2)
    with (filing.folder / "refused.csv").open(newline="") as file:
        refused = list(csv.DictReader(file))
    assert [one["row"] for one in refused] == ["3", "4"]
    assert "is not one of" in refused[0]["problem"]
    done = filing.run(*words)
    assert (done.code, done.json["written"], done.json["unchanged"]) == (1, 2, 0)
    assert "row 3: column last_action" in done.err
    again = filing.run(*words)
    assert (again.json["written"], again.json["unchanged"]) == (0, 2)
    held = filing.run("customers", "file", "C-1", "--json").json["facts"]
    assert [(one["name"], one["value"], one["source"]) for one in held] == [("last_action", choice, "erp")]
    assert choice in filing.run("customers", "file", "C-4").out
    assert filing.run("audit", "verify").code == 0


def test_refuses_what_cannot_be_meant(filing: Shell) -> None:
    rows = table(filing, "C-1,FIRST")
    assert "`source` stands in no column" in filing.run("customers", "import", rows).err
    late = filing.run("customers", "import", rows, "--source", "erp", "--as-of", "2999-01-01")
    assert (late.code, "still to come" in late.err) == (2, True)
    strange = filing.write("strange.csv", "customer,shoe\nC-1,7\n")
    told = filing.run("customers", "import", strange, "--source", "erp")
    assert (told.code, "`shoe` is no fact of the customer file" in told.err) == (2, True)
    assert filing.run("customers", "import", "none.csv", "--source", "erp").code == 2


def test_signals_are_filed_from_a_table_and_listed_among_the_imports(filing: Shell) -> None:
    kinds = filing.write("kinds.yaml", "signals:\n  lawsuit: {en: Lawsuit, zh: 涉诉}\n")
    shell = replace(filing, environment={**filing.environment, "TERMWISE_CUSTOMER_RULES": str(kinds)})
    rows = "customer,kind,date\nC-1,lawsuit,2026-01-02\nC-2,else,2026-01-02\n"
    words = ("customers", "signals", shell.write("signals.csv", rows), "--source", "court", "--json")
    assert shell.run(*words, "--dry-run").json["import"] is None
    done = shell.run(*words)
    assert (done.code, done.json["written"], done.json["refused"]) == (1, 1, 1)
    assert shell.run(*words).json["unchanged"] == 1
    with shell.services() as services:
        (first, second) = services.store.customers.imports.page("customer-signals", None, 10)
        assert str(second.id) == done.json["import"]
        assert (first.written, first.unchanged) == (0, 1)
        assert [one.customer for one in services.store.customers.imports.refused(second.id)] == [None]
